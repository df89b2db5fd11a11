// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a snapshot leaves the pfns of a huge page under migration
//
// The driver takes what was in the array for valid pfns.
//
// Breaks: LF-9
// Kills: large_folio_use.snapshot_knows_an_unmapped_huge_page: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/hmm.c: hmm_vma_walk_pmd

@@
@@
- return hmm_pfns_fill(start, end, range, 0);
+ return 0;
