// SPDX-License-Identifier: GPL-2.0
// Subject: mm: migrate_pages() returns the failures of its last batch
//
// The failures of a batch replace those of the batches before it, so a caller with a
// long list is told that all is well when the last few folios were. Whoever reads the
// line as one that passes an error on writes this.
//
// Breaks: ME-15
// Kills: migrate_pages_list.list_of_several_batches_moves: assertion
// In: mm/migrate.c: migrate_pages

@@
@@
- rc_gather += rc;
+ rc_gather = rc;
