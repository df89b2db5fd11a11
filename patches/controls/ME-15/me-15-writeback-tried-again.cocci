// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio under writeback is tried again and again
//
// In the modes that do not wait for it, writeback makes migrate_folio_unmap() fail
// with the error that says "soon", so each pass takes a destination and gives it back
// in vain. Whoever does not see why there should be a second error writes this.
//
// Breaks: ME-15
// Kills: migrate_pages_wait.only_sync_waits_for_writeback: assertion
// In: mm/migrate.c: migrate_folio_unmap

@@
@@
- rc = -EBUSY;
