// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the destination is lost when a folio may not move
//
// After an error that is here to stay migrate_folio_move() puts the source back and
// forgets the destination, which stays locked for ever. Whoever copies the end of the
// function from where there was no destination yet writes this.
//
// Breaks: ME-15, ME-5
// Kills: migrate_pages_refuse.immovable_folio_is_not_retried: assertion
// In: mm/migrate.c: migrate_folio_move

@@
@@
- migrate_folio_undo_dst(dst, true, put_new_folio, private);
