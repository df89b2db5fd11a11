// SPDX-License-Identifier: GPL-2.0
// Subject: mm: reclaim tells no MMU notifier that a page goes
//
// A device goes on to use a page that is another's by then.
//
// Breaks: SF-11
// Kills: swap_error_lazyfree.lazyfree_page_goes_if_nobody_needs_it: assertion
// In: mm/rmap.c: try_to_unmap_one

@@
@@
- mmu_notifier_invalidate_range_start(&range);
