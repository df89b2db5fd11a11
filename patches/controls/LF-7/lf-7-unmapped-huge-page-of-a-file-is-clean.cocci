// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the dirty bit of a huge page of a file goes with its mapping
//
// The page is thrown away instead of being written to swap.
//
// Breaks: LF-7
// Kills: large_folio_file.unmapped_huge_page_of_a_file_is_dirty_as_before: assertion
// In: mm/huge_memory.c: zap_huge_pmd_folio | zap_huge_pmd

@@
@@
(
- if (pmd_present(orig_pmd) && pmd_dirty(orig_pmd))
-   folio_mark_dirty(folio);
|
- if (is_present && pmd_dirty(pmdval))
-   folio_mark_dirty(folio);
)
