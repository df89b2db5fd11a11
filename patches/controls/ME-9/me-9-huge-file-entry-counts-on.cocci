// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: only count a page of a file down that is there
//
// The entry of a huge page of a file is no page, so zap_huge_pmd() leaves the RSS
// alone.
//
// Breaks: ME-9, ME-12
// Kills: huge_page_entry.unmapped_tmpfs_huge_page_is_not_restored: assertion
// In: mm/huge_memory.c: zap_huge_pmd_folio | zap_huge_pmd

@@
@@
(
- add_mm_counter(mm, mm_counter_file(folio),
- 	       -HPAGE_PMD_NR);
+ if (is_present)
+ 	add_mm_counter(mm, mm_counter_file(folio),
+ 		       -HPAGE_PMD_NR);
|
- add_mm_counter(tlb->mm, mm_counter_file(folio),
- 	       -HPAGE_PMD_NR);
+ if (flush_needed)
+ 	add_mm_counter(tlb->mm, mm_counter_file(folio),
+ 		       -HPAGE_PMD_NR);
)
