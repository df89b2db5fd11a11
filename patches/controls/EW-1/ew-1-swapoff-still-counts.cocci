// SPDX-License-Identifier: GPL-2.0
// Subject: mm/swapfile: bring pages back without telling the mm
//
// MM_SWAPENTS is not brought down by swapoff.
//
// Breaks: EW-1, EW-2
// Kills: walker_advice.swapoff_meets_each_entry: assertion
// Kills: walker_advice.swapoff_tells_pages_apart: assertion
// In: mm/swapfile.c: unuse_pte

@@
@@
- dec_mm_counter(vma->vm_mm, MM_SWAPENTS);
  inc_mm_counter(vma->vm_mm, MM_ANONPAGES);
