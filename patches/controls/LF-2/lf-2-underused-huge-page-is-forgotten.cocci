// SPDX-License-Identifier: GPL-2.0
// Subject: mm: only a folio that is mapped in part is queued again when it has moved
//
// A huge page that is queued because much of it may be unused is not.
//
// Breaks: LF-2
// Kills: large_folio_queue.huge_page_stays_queued_as_underused: assertion
// In: mm/migrate.c: migrate_folio_move

@@
@@
- if (src_deferred_split)
+ if (src_deferred_split && src_partially_mapped)
  	deferred_split_folio(dst, src_partially_mapped);
