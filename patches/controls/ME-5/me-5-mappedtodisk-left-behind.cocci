// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the new folio does not know that it has blocks on the disk
//
// folio_migrate_flags() leaves PG_mappedtodisk out: a file system asks its maps once
// more. Whoever knows the bit as PG_anon_exclusive, which is carried in the entries,
// drops the two lines.
//
// Breaks: ME-5
// Kills: migrate_pages_move.mappedtodisk_is_copied: assertion
// In: mm/migrate.c: folio_migrate_flags

@@
@@
- if (folio_test_mappedtodisk(folio))
- 	folio_set_mappedtodisk(newfolio);
