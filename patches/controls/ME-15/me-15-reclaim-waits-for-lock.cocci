// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a migration in reclaim waits for a folio lock
//
// Who needs a migration to get memory waits for a lock like any other, and may well be
// the one who holds it, in the middle of a read of several folios. Whoever takes the
// mode of the caller for all that counts drops the test.
//
// Breaks: ME-15
// Kills: migrate_pages_wait.sync_waits_for_locked_folio: assertion
// In: mm/migrate.c: migrate_folio_unmap

@@
@@
- if (current->flags & PF_MEMALLOC)
- 	goto out;
