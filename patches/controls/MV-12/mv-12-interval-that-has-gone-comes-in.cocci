// SPDX-License-Identifier: GPL-2.0
// Subject: mm: an interval notifier that has been removed is put into the tree
//
// It was inserted and removed during the same invalidation.
//
// Breaks: MV-12
// Kills: migrate_vma_notifier.interval_may_come_and_go_during_invalidation: assertion or report
// In: mm/mmu_notifier.c: mmu_interval_notifier_remove

@@
@@
- hlist_del(&interval_sub->deferred_item);
+ ;
