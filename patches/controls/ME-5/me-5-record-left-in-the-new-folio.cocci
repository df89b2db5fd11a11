// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the new folio keeps what was recorded about the old one
//
// What migrate_folio_unmap() has noted in the private field of the destination is read
// and left there, where a file system, or the swap cache, takes it for its own.
// Whoever thinks that the field is as good as free in a new folio drops the line.
//
// Breaks: ME-5
// Kills: migrate_pages_move.moved_folio_keeps_state: assertion
// In: mm/migrate.c: __migrate_folio_extract

@@
@@
(
- dst->private = NULL;
|
- dst->migrate_info = 0;
)
