// SPDX-License-Identifier: GPL-2.0
// Subject: mm: an entry leads to the first page of its folio
//
// pfn_swap_entry_to_page() gives the head page of the folio instead of the page that
// the entry is for. Whoever converts it to folios, and thinks of single pages only,
// writes this.
//
// Breaks: ME-1
// Kills: migration_entry_encoding.entry_leads_to_its_page: assertion
// In: include/linux/leafops.h: softleaf_to_page
// In: include/linux/swapops.h: pfn_swap_entry_to_page

@@
@@
(
- return p;
+ return &page_folio(p)->page;
|
- return page;
+ return &page_folio(page)->page;
)
