// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the folio for which there is no second destination is lost
//
// migrate_pages_sync() returns on want of memory before it has given back the folio
// that it was about to try by itself, which stays on a list on its stack. Whoever
// looks at the result as soon as it is there writes this.
//
// Breaks: ME-15, ME-5
// Kills: migrate_pages_list.no_destination_leaves_folio: assertion
// In: mm/migrate.c: migrate_pages_sync

@@
@@
  rc = migrate_pages_batch(..., NR_MAX_MIGRATE_SYNC_RETRY);
- list_splice_tail_init(&folios, ret_folios);
  if (rc < 0)
  	return rc;
+ list_splice_tail_init(&folios, ret_folios);
