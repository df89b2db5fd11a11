// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a slot that was one of zeroes stays one
//
// The page has been written to since, and is not read.
//
// Breaks: SF-11
// Kills: swap_fault_slot.slot_has_what_was_written_last: assertion
// In: mm/page_io.c: swap_writepage | swap_writeout

@@
@@
- swap_zeromap_folio_clear(folio);
+ ;
