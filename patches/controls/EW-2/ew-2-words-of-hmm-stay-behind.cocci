// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: write all words of a page table to the first
//
// The pointer to the words does not go on with the addresses.
//
// Breaks: EW-2
// Kills: walker_look.hmm_snapshot_tells_neighbours_apart: assertion
// In: mm/hmm.c: hmm_vma_walk_pmd

@@
expression addr, end, ptep, hmm_pfns;
statement S;
@@
- for (; addr < end; addr += PAGE_SIZE, ptep++, hmm_pfns++)
+ for (; addr < end; addr += PAGE_SIZE, ptep++)
  S
