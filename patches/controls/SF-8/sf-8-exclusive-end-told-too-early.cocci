// SPDX-License-Identifier: GPL-2.0
// Subject: mm: end the notification before the exclusive pte is back
//
// The driver hears that the invalidation is over while the device- exclusive entry is
// still in place, and may look at it and take the page for its own again. Whoever
// wants the notifiers out of the way of the ptl would move the call up.
//
// Breaks: SF-8
// Kills: swap_fault_exclusive.end_of_exclusive_access_is_notified: assertion
// In: mm/memory.c: remove_device_exclusive_entry
// Matches: 2

@@
@@
  mmu_notifier_invalidate_range_start(&range);
+ mmu_notifier_invalidate_range_end(&range);

@@
@@
  folio_put(folio);
- mmu_notifier_invalidate_range_end(&range);
