// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page of a file was not used when its pmd is split
//
// Nobody knows any more that it was accessed.
//
// Breaks: LF-7
// Kills: large_folio_file.unmapped_huge_page_of_a_file_is_dirty_as_before: assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
@@
- if (!folio_test_referenced(folio) && pmd_young(old_pmd))
-   folio_set_referenced(folio);
