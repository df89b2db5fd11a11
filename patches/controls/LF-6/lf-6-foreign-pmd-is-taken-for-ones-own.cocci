// SPDX-License-Identifier: GPL-2.0
// Subject: mm: any huge page at the address is taken for the one that is wanted
//
// page_vma_mapped_walk() does not compare the page frames.
//
// Breaks: LF-6
// Kills: large_folio_pmd.foreign_pmd_is_left_alone: assertion
// In: mm/page_vma_mapped.c: page_vma_mapped_walk

@@
expression V;
@@
- !check_pmd(pmd_pfn(pmde), V)
+ false
