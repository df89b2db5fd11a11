// SPDX-License-Identifier: GPL-2.0
// Subject: mm: unmap pages for a device in the caller only
//
// migrate_vma_setup() does not look for further mappings of an anonymous page, so that
// a page shared since a fork is refused. Somebody who takes anonymous for private to
// one process would skip the rmap walk.
//
// Breaks: MV-6
// Kills: migrate_vma_page.page_migrates_in_every_mm: assertion
// In: mm/migrate_device.c: migrate_device_unmap

@@
statement S;
@@
  if (
- folio_mapped(folio)
+ folio_mapped(folio) && !folio_test_anon(folio)
  ) S
