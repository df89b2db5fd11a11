// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE makes a huge page clean
//
// What has been written to it may be dropped by reclaim.
//
// Breaks: UM-1
// Kills: uffd_move_huge.huge_page_moves_whole: assertion
// In: mm/huge_memory.c: move_pages_huge_pmd

@@
expression E;
@@
- pmd_mkdirty(E)
+ E
