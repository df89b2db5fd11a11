// SPDX-License-Identifier: GPL-2.0
// Subject: mm: what compaction has moved stays counted as isolated
//
// migrate_folio_done() leaves the count of isolated folios to compaction as it does to
// demotion, but compaction counts on it. Whoever sees both called from reclaim takes
// them for the same.
//
// Breaks: ME-5, ME-15
// Kills: migrate_folio.file_folio_moves: assertion
// In: mm/migrate.c: migrate_folio_done

@@
@@
- reason != MR_DEMOTION
+ reason != MR_DEMOTION && reason != MR_COMPACTION
