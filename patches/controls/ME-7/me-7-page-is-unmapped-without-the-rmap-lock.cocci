// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: the caller of try_to_migrate() has the lock
//
// One of them has, and says so.
//
// Breaks: ME-7
// Kills: migrate_pages_rmap.ptes_change_under_the_rmap_lock: assertion
// In: mm/rmap.c: try_to_migrate

@@
@@
- rmap_walk(folio, &rwc)
+ rmap_walk_locked(folio, &rwc)
