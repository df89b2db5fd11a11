// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio that has left its file is split
//
// It has been truncated while the caller waited for its lock, and has no mapping.
//
// Breaks: LF-7
// Kills: large_folio_split.folio_that_left_its_file_is_not_split: assertion or report
// In: mm/huge_memory.c: folio_check_splittable | __folio_split | split_huge_page_to_list_to_order

@@
@@
(
- if (!is_anon && !folio->mapping)
-   return -EBUSY;
|
- if (!folio->mapping && !folio_test_anon(folio))
-   return -EBUSY;
)
