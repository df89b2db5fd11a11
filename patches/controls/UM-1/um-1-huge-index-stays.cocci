// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page that UFFDIO_MOVE has moved keeps its index
//
// The reverse map looks for it at the wrong address.
//
// Breaks: UM-1
// Kills: uffd_move_huge.huge_page_moves_whole: assertion
// In: mm/huge_memory.c: move_pages_huge_pmd

@@
expression E;
@@
- src_folio->index = E;
