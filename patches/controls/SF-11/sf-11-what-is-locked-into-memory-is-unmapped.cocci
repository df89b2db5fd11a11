// SPDX-License-Identifier: GPL-2.0
// Subject: mm: reclaim takes pages that are locked into memory
//
// The VMA is not asked.
//
// Breaks: SF-11
// Kills: swap_error_lazyfree.lazyfree_page_goes_if_nobody_needs_it: assertion
// In: mm/rmap.c: try_to_unmap_one

@@
@@
- !(flags & TTU_IGNORE_MLOCK)
+ false
