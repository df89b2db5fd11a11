// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: take a page back from a device without a word
//
// The device goes on to use it.
//
// Breaks: SF-8, EW-1
// Kills: swap_fault_exclusive.end_of_exclusive_access_is_notified: assertion
// Matches: 2
// In: mm/memory.c: remove_device_exclusive_entry

@@
@@
- mmu_notifier_invalidate_range_start(&range);

@@
@@
- mmu_notifier_invalidate_range_end(&range);
