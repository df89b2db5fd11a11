// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the old folio stays on the queue of those to be split
//
// It is about to be freed.
//
// Breaks: LF-2
// Kills: large_folio_queue.folio_waits_for_its_split_elsewhere: assertion or report
// In: mm/migrate.c: __folio_migrate_mapping

@@
@@
  if (!folio_ref_freeze(folio, expected_count))
      return -EAGAIN;
- folio_unqueue_deferred_split(folio);
