// SPDX-License-Identifier: GPL-2.0
// Subject: mm: migrate_pages() stops after its first batch
//
// What is longer than a batch stays where it is: neither moved, nor counted as a
// failure, nor an error. Whoever tests with short lists does not miss the jump back.
//
// Breaks: ME-15
// Kills: migrate_pages_list.list_of_several_batches_moves: assertion
// In: mm/migrate.c: migrate_pages
// Matches: 2

@@
@@
- if (!list_empty(from))
- 	goto again;

@@
@@
- again:
  nr_pages = 0;
