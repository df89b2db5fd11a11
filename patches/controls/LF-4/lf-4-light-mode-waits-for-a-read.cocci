// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the light mode waits for a large folio that is being read
//
// It may wait for a lock that is held for a moment, not for a disk.
//
// Breaks: LF-4
// Kills: large_folio_wait.busy_large_folio_is_not_waited_for: assertion
// In: mm/migrate.c: migrate_folio_unmap

@@
@@
- mode == MIGRATE_SYNC_LIGHT && !folio_test_uptodate(src)
+ mode == MIGRATE_SYNC_LIGHT && !folio_test_uptodate(src) && !folio_test_large(src)
