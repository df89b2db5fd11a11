// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the rmap walk ends at the first pmd that maps another folio
//
// A folio that ptes map across two page tables is not found behind it.
//
// Breaks: LF-2 LF-6
// Kills: large_folio_across.rest_is_found_behind_a_foreign_pmd: assertion
// In: mm/page_vma_mapped.c: page_vma_mapped_walk

@@
@@
  if (!check_pmd(pmd_pfn(pmde), pvmw))
- 	goto next_pmd;
+ 	return not_found(pvmw);
