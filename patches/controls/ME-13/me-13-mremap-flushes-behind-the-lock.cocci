// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mremap: flush the TLB with no lock held
//
// Whoever takes the page table lock in between finds the old ptes gone, and may write the
// pages back or free them, while another CPU still writes to them (CVE-2018-18281).
//
// Breaks: ME-13, EW-1
// Kills: page_table_flush.moved_page_is_flushed_before_the_lock_is_dropped: assertion
// In: mm/mremap.c: move_ptes

@@
expression E;
@@
- if (force_flush)
- 	flush_tlb_range(vma, old_end - len, old_end);
  if (new_ptl != old_ptl)
  	spin_unlock(new_ptl);
  pte_unmap(E);
  pte_unmap_unlock(...);
+ if (force_flush)
+ 	flush_tlb_range(vma, old_end - len, old_end);
