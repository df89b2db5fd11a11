// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not look for the dirty bit of device pages
//
// try_to_migrate() lets device pages go without a look at the dirty bit of their ptes.
// Whoever has only met device-private pages, whose entries have none, forgets those
// that the CPU can write to.
//
// Breaks: MV-11
// Kills: migrate_vma_device.unloading_keeps_permissions: assertion
// In: mm/rmap.c: try_to_migrate_one

@@
statement S1, S2;
@@
(
  if (should_defer_flush(mm, flags)) S1 else S2
  if (
- pte_dirty(pteval)
+ pte_dirty(pteval) && !folio_is_zone_device(folio)
  )
  	folio_mark_dirty(folio);
|
  if (
- pte_dirty(pteval)
+ pte_dirty(pteval) && !folio_is_zone_device(folio)
  )
  	folio_mark_dirty(folio);
  update_hiwater_rss(mm);
|
  if (!folio_is_device_private(folio) &&
- pte_dirty(pteval)
+ pte_dirty(pteval) && !folio_is_zone_device(folio)
  )
  	folio_mark_dirty(folio);
)
