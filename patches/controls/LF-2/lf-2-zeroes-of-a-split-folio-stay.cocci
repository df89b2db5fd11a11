// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the split of an underused huge page frees nothing
//
// Each page of zeroes is mapped again, and not the zero page in its place.
//
// Breaks: LF-2
// Kills: large_folio_shrink.underused_folio_is_split_when_memory_is_short: assertion
// In: mm/huge_memory.c: __split_huge_page | __folio_split

@@
@@
(
- RMP_USE_SHARED_ZEROPAGE
+ 0
|
- TTU_USE_SHARED_ZEROPAGE
+ 0
)
