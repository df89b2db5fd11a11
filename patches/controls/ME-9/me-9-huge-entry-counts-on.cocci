// SPDX-License-Identifier: GPL-2.0
// Subject: mm: only count a huge page down that is there
//
// An entry is no page, so zap_huge_pmd() leaves the RSS alone.
//
// Breaks: ME-9
// Kills: huge_page_entry.unmapped_huge_page_is_not_restored: assertion
// In: mm/huge_memory.c: zap_huge_pmd_folio | zap_huge_pmd

@@
@@
(
- add_mm_counter(mm, MM_ANONPAGES, -HPAGE_PMD_NR);
+ if (is_present || is_device_private)
+ 	add_mm_counter(mm, MM_ANONPAGES, -HPAGE_PMD_NR);
|
- add_mm_counter(tlb->mm, MM_ANONPAGES, -HPAGE_PMD_NR);
+ if (flush_needed)
+ 	add_mm_counter(tlb->mm, MM_ANONPAGES, -HPAGE_PMD_NR);
)
