// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the first invalidation that ends wakes the readers
//
// Another one is still running.
//
// Breaks: MV-12
// Kills: migrate_vma_notifier.reader_waits_for_the_last_invalidation: assertion
// In: mm/mmu_notifier.c: mn_itree_inv_end

@@
@@
- --subscriptions->active_invalidate_ranges ||
+ (--subscriptions->active_invalidate_ranges, false) ||
  !mn_itree_is_invalidating(subscriptions)
