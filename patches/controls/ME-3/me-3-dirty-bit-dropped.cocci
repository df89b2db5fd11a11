// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the dirty bit of an unmapped pte is lost
//
// try_to_migrate() clears the pte without passing its dirty bit on to the folio.
// Whoever moves the lines that replace the pte about loses the one that does.
//
// Breaks: ME-3, ME-4
// Kills: migration_entry_unmap.unmap_records_pte: assertion
// Kills: migration_entry_unmap.clean_folio_is_not_mapped_dirty: assertion
// In: mm/rmap.c: try_to_migrate_one

@@
statement S1, S2;
@@
(
  if (should_defer_flush(mm, flags)) S1 else S2
- if (pte_dirty(pteval))
- 	folio_mark_dirty(folio);
|
- if (pte_dirty(pteval))
- 	folio_mark_dirty(folio);
  update_hiwater_rss(mm);
|
- if (!folio_is_device_private(folio) && pte_dirty(pteval))
- 	folio_mark_dirty(folio);
)
