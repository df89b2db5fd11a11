// SPDX-License-Identifier: GPL-2.0
// Subject: mm: count a page as swapped that swapoff could not read
//
// A page that could not be read is a poisoned marker after swapoff, but still counts
// as swapped. The counters of the other path are some lines below.
//
// Breaks: SF-8, SF-11
// Kills: swap_fault_area.swapoff_poisons_unreadable_page: assertion
// In: mm/swapfile.c: unuse_pte

@@
typedef swp_entry_t;
@@
  swp_entry_t swp_entry;
- dec_mm_counter(vma->vm_mm, MM_SWAPENTS);
