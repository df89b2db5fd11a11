// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() counts from the first page of a huge device page
//
// Wherever in the huge page the range begins.
//
// Breaks: LF-9
// Kills: large_folio_use.snapshot_knows_an_unmapped_huge_page: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/hmm.c: hmm_vma_handle_absent_pmd

@@
expression E;
@@
  unsigned long pfn = softleaf_to_pfn(entry)
- 	+ E
  	;
