// SPDX-License-Identifier: GPL-2.0
// Subject: mm: folios move to the destinations of others
//
// Folios that have been unmapped are put in front of the list, their destinations at
// the end of theirs, so the first moves to where the last was meant to: to the wrong
// node, say, and with the anon_vma of the other. Whoever does not see that the two
// lists go together writes this.
//
// Breaks: ME-5, ME-15
// Kills: migrate_pages_list.each_folio_gets_its_destination: assertion
// In: mm/migrate.c: migrate_pages_batch

@@
@@
- list_move_tail(&folio->lru, &unmap_folios);
+ list_move(&folio->lru, &unmap_folios);
