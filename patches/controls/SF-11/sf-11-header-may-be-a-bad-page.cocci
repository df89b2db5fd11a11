// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swapon takes an area whose header is a bad page
//
// The slot of the header is counted twice.
//
// Breaks: SF-11
// Kills: swap_fault_slot.area_with_a_bad_header_is_refused: assertion or report
// In: mm/swapfile.c: setup_swap_map | setup_swap_map_and_extents
// Kernels: before 7.0: 7.1 refuses a slot that is bad twice; not tried on 7.0

@@
expression E;
@@
- page_nr == 0 || page_nr > E
+ page_nr > E
