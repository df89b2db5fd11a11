// SPDX-License-Identifier: GPL-2.0
// Subject: mm: MIGRATE_ASYNC waits for a folio that is locked
//
// migrate_folio_unmap() takes the lock of the folio in every mode, so who must not
// sleep for long, and holds the locks of other folios, waits for a read from a disk.
// Whoever joins the reasons not to wait into one loses the first.
//
// Breaks: ME-15
// Kills: migrate_pages_wait.async_skips_locked_folio: assertion
// In: mm/migrate.c: migrate_folio_unmap

@@
@@
- if (mode == MIGRATE_ASYNC)
- 	goto out;
