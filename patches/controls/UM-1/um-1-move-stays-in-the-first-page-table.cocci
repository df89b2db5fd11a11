// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE looks for one page table of the destination
//
// All pages go to the page table of the first of them. Who takes the search out of the loop,
// because a range is rarely as long as that, would do this.
//
// Breaks: UM-1
// Kills: uffd_move_range.move_crosses_page_tables: assertion or report
// In: mm/userfaultfd.c: move_pages

@@
@@
- dst_pmd = mm_alloc_pmd(mm, dst_addr);
+ dst_pmd = mm_alloc_pmd(mm, dst_start);
