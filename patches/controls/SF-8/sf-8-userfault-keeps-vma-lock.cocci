// SPDX-License-Identifier: GPL-2.0
// Subject: userfaultfd: wait for the monitor with the VMA lock held
//
// handle_userfault() drops mmap_lock before it sleeps, but not the lock of the VMA, if
// that is what the fault came under. So it would be, had the conversion to per-VMA
// locks missed this place.
//
// Breaks: SF-8, SF-10
// Kills: swap_fault_uffd.missing_page_wait_drops_lock: assertion
// In: mm/userfaultfd.c: handle_userfault
// In: fs/userfaultfd.c: handle_userfault

@@
statement S1, S2;
@@
  if (is_vm_hugetlb_page(vma)) S1 else S2
- release_fault_lock(vmf);
+ if (!(vmf->flags & FAULT_FLAG_VMA_LOCK))
+ 	mmap_read_unlock(mm);
