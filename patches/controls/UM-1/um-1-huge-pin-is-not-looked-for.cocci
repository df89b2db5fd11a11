// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE moves a huge page that is pinned
//
// As um-1-pin-is-not-looked-for, for a pmd.
//
// Breaks: UM-1
// Kills: uffd_move_huge.large_folio_in_use_stays: assertion
// In: mm/huge_memory.c: move_pages_huge_pmd
// Matches: 2

@@
expression E;
@@
- folio_maybe_dma_pinned(E)
+ false
