// SPDX-License-Identifier: GPL-2.0
// Subject: mm: restore every pte to the first page of its folio
//
// remove_migration_pte() forgets that a folio can have more than one page.
//
// The kernel notices first: CONFIG_DEBUG_VM compares the page with its place in the
// VMA when it is mapped, and ends there.
//
// Breaks: ME-4
// Kills: huge_page_split.pmd_split_keeps_folio_whole: report
// In: mm/migrate.c: remove_migration_pte

@@
@@
(
- if (folio_test_large(folio) && !folio_test_hugetlb(folio))
- 	idx = softleaf_to_pfn(entry) - pvmw.pfn;
|
- if (folio_test_large(folio) && !folio_test_hugetlb(folio))
- 	idx = linear_page_index(vma, pvmw.address) - pvmw.pgoff;
)
