// SPDX-License-Identifier: GPL-2.0
// Subject: mm: synchronous migration takes all folios at once
//
// Those that could not be moved in the first round are tried together instead
// of one by one: one is locked and unmapped while another is waited for.
//
// Breaks: LF-4
// Kills: large_folio_wait.waiting_for_one_folio_holds_no_other: assertion
// In: mm/migrate.c: migrate_pages_sync

@@
@@
- list_move(from->next, &folios);
+ list_splice_init(from, &folios);
