// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE leaves a batch in the TLB
//
// The pages can be written to in the old place.
//
// Breaks: UM-1
// Kills: uffd_move_page.exclusive_page_moves: assertion
// In: mm/userfaultfd.c: move_present_ptes
// Kernels: from 6.18: each page is flushed alone before

@@
@@
- flush_tlb_range(src_vma, src_start, src_addr);
+ ;
