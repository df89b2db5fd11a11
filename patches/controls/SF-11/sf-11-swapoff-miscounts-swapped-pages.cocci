// SPDX-License-Identifier: GPL-2.0
// Subject: mm: count pages as swapped that swapoff brought back
//
// swapoff adds what it brings back to the resident pages of the mm, but does not take
// it from the swapped ones. The two counters are moved in several places, and one line
// of one of them is missing.
//
// Breaks: SF-11
// Kills: swap_fault_area.swapoff_brings_page_back: assertion
// In: mm/swapfile.c: unuse_pte

@@
@@
  arch_swap_restore(folio_swap(entry, folio), folio);
- dec_mm_counter(vma->vm_mm, MM_SWAPENTS);
