// SPDX-License-Identifier: GPL-2.0
// Subject: mm: migrate file pages to a device
//
// The check that keeps everything but anonymous memory out of device memory is gone.
// Made by someone who wants to see what happens.
//
// Breaks: MV-17
// Kills: migrate_vma_page.file_page_does_not_migrate: assertion
// In: mm/migrate_device.c: __migrate_device_pages

@@
@@
- !folio_test_anon(folio) ||
- 	    !folio_free_swap(folio)
+ folio_test_anon(folio) &&
+ 	    !folio_free_swap(folio)
