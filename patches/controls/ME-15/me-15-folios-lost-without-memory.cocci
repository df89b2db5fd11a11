// SPDX-License-Identifier: GPL-2.0
// Subject: mm: folios are lost when there is no memory
//
// What is left of a batch is put back to the list of the caller only after the look at
// the result, so with -ENOMEM the folios are on no list any more, isolated for ever.
// Whoever moves the way out to the earliest place possible writes this.
//
// Breaks: ME-15, ME-5, LF-3
// Kills: migrate_pages_list.no_destination_leaves_folio: assertion
// Kills: large_folio_list.large_folio_that_cannot_be_split_stays: assertion
// In: mm/migrate.c: migrate_pages

@@
statement S;
@@
- list_splice_tail_init(&folios, &ret_folios);
  if (rc < 0) S
+ list_splice_tail_init(&folios, &ret_folios);
