// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: look for swap, and do not read it
//
// MADV_WILLNEED finds the slots and does nothing about them.
//
// Breaks: EW-1
// Kills: walker_advice.madv_willneed_meets_each_entry: assertion
// In: mm/madvise.c: swapin_walk_pmd_entry

@@
expression list ES;
@@
- read_swap_cache_async(ES)
+ NULL
