// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the pieces of a folio do not belong to the working set
//
// One flag of those that each piece inherits is left out.
//
// Breaks: LF-3
// Kills: huge_page_use.split_keeps_what_is_known_of_a_folio: assertion
// In: mm/huge_memory.c: __split_huge_page_tail | __split_folio_to_order

@@
@@
- 1L << PG_workingset
+ 0
