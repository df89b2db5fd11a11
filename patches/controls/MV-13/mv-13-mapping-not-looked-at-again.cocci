// SPDX-License-Identifier: GPL-2.0
// Subject: mm: count on a swap cache that is gone
//
// __migrate_device_pages() takes a page out of the swap cache and then counts with the
// reference that the cache had, so that the page is both freed there and refused.
// Whoever adds the one step without a look at what was saved before would do this.
//
// The kernel notices first: it freezes the references that it expects, and ends when it
// finds others.
//
// Breaks: MV-13
// Kills: migrate_vma_page.swap_cache_page_moves_or_stays: report
// In: mm/migrate_device.c: __migrate_device_pages

@@
statement S;
@@
(
  if (!folio_test_anon(folio) || !folio_free_swap(folio)) S
- mapping = folio_mapping(folio);
|
- mapping = folio_mapping(folio);
  r = folio_migrate_mapping(mapping, newfolio, folio, extra_cnt);
)
