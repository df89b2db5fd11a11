// SPDX-License-Identifier: GPL-2.0
// Subject: mm: unmap only pages that several others map
//
// try_to_migrate() is not called for a page that has one mapping left besides the one
// that collect has replaced, so pages of a parent and one child never migrate. An
// off-by-one by someone who counts the mapping that is already gone.
//
// Breaks: MV-6
// Kills: migrate_vma_page.page_migrates_in_every_mm: assertion
// Kills: migrate_vma_model.random_steps_agree_with_the_model: assertion
// In: mm/migrate_device.c: migrate_device_unmap

@@
statement S;
@@
  if (
- folio_mapped(folio)
+ folio_mapcount(folio) > 1
  ) S
