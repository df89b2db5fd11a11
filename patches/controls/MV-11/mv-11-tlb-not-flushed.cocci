// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not flush the TLB after collect
//
// The flush for ptes that were cleared without one is left out, so that a CPU can go
// on to write to the page that is copied. Made by someone who believes that
// ptep_clear_flush() is used for all.
//
// Breaks: MV-11
// Kills: migrate_vma_collect.collect_flushes_tlb: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
statement S;
@@
  for (; addr < end; addr += PAGE_SIZE, ptep++) S
- if (unmapped)
- 	flush_tlb_range(walk->vma, start, end);
