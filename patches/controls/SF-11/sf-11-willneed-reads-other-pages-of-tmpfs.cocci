// SPDX-License-Identifier: GPL-2.0
// Subject: mm: MADV_WILLNEED forgets where in the file the mapping begins
//
// Pages that nobody has asked for are read.
//
// Breaks: SF-11
// Kills: swap_fault_tmpfs.willneed_reads_what_it_was_given: assertion
// In: mm/madvise.c: shmem_swapin_range

@@
@@
  XA_STATE(xas, &mapping->i_pages,
- linear_page_index(vma, start)
+ (start - vma->vm_start) >> PAGE_SHIFT
  );
