// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE moves a huge page that is shared
//
// As um-1-shared-page-moves, for a pmd: neither of the two checks is made.
// PAGE_TABLE_CHECK, where it is on, stops the kernel.
//
// Breaks: UM-1
// Kills: uffd_move_huge.large_folio_in_use_stays: assertion or report
// In: mm/huge_memory.c: move_pages_huge_pmd
// Matches: 2

@@
expression E;
@@
- !PageAnonExclusive(E)
+ false
