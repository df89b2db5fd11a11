// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swapon hands out one type too few
//
// The last area that there is a type for is refused already. Whoever takes
// MAX_SWAPFILES for the highest type, and not for their number, writes this.
//
// Breaks: ME-2
// Kills: migration_entry_swap.swapon_refuses_excess_area: assertion
// In: mm/swapfile.c: alloc_swap_info

@@
@@
- type >= MAX_SWAPFILES
+ type >= MAX_SWAPFILES - 1
