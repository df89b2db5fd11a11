// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page counts as one of zeroes if its first word is not zero
//
// The page is not written, and comes back without that word.
//
// Breaks: SF-11
// Kills: swap_fault_slot.slot_has_what_was_written_last: assertion
// In: mm/page_io.c: is_folio_zero_filled

@@
@@
- pos = 0
+ pos = 1
