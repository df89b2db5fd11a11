// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE goes on behind the page table of the destination
//
// A batch ends where the page table of the source does, and not where that of
// the destination does. What lies behind is some other page.
//
// Breaks: UM-1
// Kills: uffd_move_range.move_crosses_page_tables: assertion or report
// In: mm/userfaultfd.c: move_present_ptes
// Kernels: from 6.18: each page is moved alone before

@@
@@
- len = pmd_addr_end(dst_addr, dst_addr + len) - dst_addr;
+ ;
