// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio that has moved is queued for its split after it is mapped
//
// Others may have unmapped a part of it by then, and have queued it as partially
// mapped.
//
// Breaks: LF-2
// Kills: large_folio_queue.new_folio_is_queued_before_it_is_mapped: assertion
// Kills: large_folio_queue.huge_page_stays_queued_as_underused: assertion
// In: mm/migrate.c: migrate_folio_move
// Matches: 2

@@
@@
- if (src_deferred_split)
- 	deferred_split_folio(dst, src_partially_mapped);

@@
@@
+ if (src_deferred_split)
+ 	deferred_split_folio(dst, src_partially_mapped);
  folio_unlock(dst);
