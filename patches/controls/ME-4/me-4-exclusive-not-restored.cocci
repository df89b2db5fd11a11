// SPDX-License-Identifier: GPL-2.0
// Subject: mm: PG_anon_exclusive is lost by a migration
//
// The page is mapped again without RMAP_EXCLUSIVE, so the sole owner copies it on the
// next write fault, and a pin in between reads stale data. Whoever simplifies the
// flags of the rmap call does this.
//
// Breaks: ME-4
// Kills: migration_entry_unmap.restore_maps_new_folio: assertion
// In: mm/migrate.c: remove_migration_pte

@@
@@
(
- if (folio_test_anon(folio) && !softleaf_is_migration_read(entry))
- 	rmap_flags |= RMAP_EXCLUSIVE;
|
- if (folio_test_anon(folio) && !is_readable_migration_entry(entry))
- 	rmap_flags |= RMAP_EXCLUSIVE;
)
