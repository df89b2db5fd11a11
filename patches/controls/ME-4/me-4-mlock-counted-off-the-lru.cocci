// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the new folio is mapped before it is on the LRU
//
// The new folio is still in the batch of this CPU when it is mapped, so the mlocks of
// its VMAs are not counted, and the first munlock() makes it evictable. Whoever sees a
// drain for the sake of mlocked pages only, and finds it slow, drops it.
//
// Breaks: ME-4, ME-5
// Kills: migrate_pages_move.mlock_count_is_kept: assertion
// In: mm/migrate.c: migrate_folio_move

@@
@@
(
- if (old_page_state & PAGE_WAS_MLOCKED)
- 	lru_add_drain();
|
- if (old_folio_state & FOLIO_WAS_MLOCKED)
- 	lru_add_drain();
)
