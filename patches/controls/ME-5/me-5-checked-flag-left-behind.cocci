// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio that has been checked counts as unchecked after its move
//
// folio_migrate_flags() leaves PG_checked out, so a file system that uses it verifies,
// or writes, the folio once more, or not at all. Whoever thinks that a flag of file
// systems is theirs to move drops the two lines.
//
// Breaks: ME-5
// Kills: migrate_folio.each_flag_is_copied_alone: assertion
// In: mm/migrate.c: folio_migrate_flags

@@
@@
- if (folio_test_checked(folio))
- 	folio_set_checked(newfolio);
