// SPDX-License-Identifier: GPL-2.0
// Subject: mm: retry swap faults under mmap_lock if a userfaultfd watches
//
// A fault on a swap entry in a VMA that a monitor watches is sent back for mmap_lock,
// although the monitor has no part in it. All faults in such VMAs were handled so for
// a while, and whoever does not trust the conversion would fall back on it.
//
// Breaks: SF-1
// Kills: swap_fault_uffd.swapped_page_needs_no_monitor: assertion
// In: mm/memory.c: do_swap_page

@@
statement S;
@@
  if (!pte_unmap_same(vmf)) S
+ if ((vmf->flags & FAULT_FLAG_VMA_LOCK) && userfaultfd_armed(vma)) {
+ 	vma_end_read(vma);
+ 	ret = VM_FAULT_RETRY;
+ 	goto out;
+ }
