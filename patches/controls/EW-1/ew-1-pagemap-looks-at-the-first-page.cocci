// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: look at one page of a huge page
//
// Whether a page is mapped exclusively is found out once for all of them.
//
// Breaks: EW-1
// Kills: walker_look.pagemap_tells_pages_of_a_huge_page_apart: assertion
// In: fs/proc/task_mmu.c: pagemap_pmd_range, pagemap_pmd_range_thp

@@
expression folio, page, idx;
@@
(
- folio_precise_page_mapcount(folio, page + idx)
+ folio_precise_page_mapcount(folio, page)
|
- __folio_page_mapped_exclusively(folio, page + idx)
+ __folio_page_mapped_exclusively(folio, page)
)
