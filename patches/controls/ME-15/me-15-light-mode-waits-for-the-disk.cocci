// SPDX-License-Identifier: GPL-2.0
// Subject: mm: MIGRATE_SYNC_LIGHT waits for a folio to be read
//
// The light mode waits for any lock, and so for the disk if the folio is just being
// read. Whoever knows it as the mode that waits for locks, but not for writeback,
// would write this.
//
// Breaks: ME-15
// Kills: migrate_pages_wait.sync_waits_for_locked_folio: assertion
// In: mm/migrate.c: migrate_folio_unmap

@@
@@
- if (mode == MIGRATE_SYNC_LIGHT && !folio_test_uptodate(src))
- 	goto out;
