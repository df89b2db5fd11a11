// SPDX-License-Identifier: GPL-2.0
// Subject: mm: an interval notifier is removed while it is in use
//
// Its memory may be free when the invalidation takes it out of the tree.
//
// Breaks: MV-12
// Kills: migrate_vma_notifier.removed_interval_is_called_no_more: assertion
// In: mm/mmu_notifier.c: mmu_interval_notifier_remove

@@
@@
- seq = subscriptions->invalidate_seq;
