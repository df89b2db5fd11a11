// SPDX-License-Identifier: GPL-2.0
// Subject: mm: drop the VMA lock after a served swap fault
//
// do_swap_page() drops the VMA lock when it has mapped the page, and says nothing of
// it. Whoever wants to give the lock back early forgets that only VM_FAULT_RETRY tells
// the caller so.
//
// Breaks: SF-1, SF-10
// Kills: swap_fault_served.swap_entry_is_served_under_vma_lock: assertion
// In: mm/memory.c: do_swap_page

@@
@@
  update_mmu_cache_range(vmf, vma, address, ptep, nr_pages);
+ if (vmf->flags & FAULT_FLAG_VMA_LOCK)
+ 	vma_end_read(vma);
