// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that swapoff could not read counts as swapped for ever
//
// The counter of the address space is only lowered for pages that are mapped.
//
// Breaks: SE-2
// Kills: swap_error_anon.swapoff_marks_unreadable_pages: assertion
// In: mm/swapfile.c: unuse_pte

@@
statement S1, S2;
@@
- dec_mm_counter(vma->vm_mm, MM_SWAPENTS);
  if (hwpoisoned) S1 else S2
