// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the dirty bit of a huge page of a file goes when its pmd is split
//
// The page is thrown away instead of being written to swap.
//
// Breaks: LF-7
// Kills: large_folio_file.unmapped_huge_page_of_a_file_is_dirty_as_before: assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
@@
- if (!folio_test_dirty(folio) && pmd_dirty(old_pmd))
-   folio_mark_dirty(folio);
