// SPDX-License-Identifier: GPL-2.0
// Subject: mm: migrate swap cache pages to a device
//
// An anonymous page with a swap slot is moved to device memory, swap cache entry and
// all. Made by someone who trusts folio_migrate_mapping() to know what it does.
//
// Breaks: MV-13
// Kills: migrate_vma_page.swap_cache_page_moves_or_stays: assertion
// In: mm/migrate_device.c: __migrate_device_pages

@@
@@
- !folio_test_anon(folio) ||
- 	    !folio_free_swap(folio)
+ !folio_test_anon(folio)
