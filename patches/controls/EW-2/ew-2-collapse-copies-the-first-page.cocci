// SPDX-License-Identifier: GPL-2.0
// Subject: mm/khugepaged: copy from the folio
//
// A large folio that is mapped by ptes is copied page by page, but each time its
// first page.
//
// Breaks: EW-2
// Kills: walker_collapse.khugepaged_tells_pages_apart: assertion
// Kills: walker_advice.madv_collapse_tells_pages_apart: assertion
// In: mm/khugepaged.c: __collapse_huge_page_copy

@@
@@
- src_page = pte_page(pteval);
+ src_page = folio_page(page_folio(pte_page(pteval)), 0);
