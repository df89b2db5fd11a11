// SPDX-License-Identifier: GPL-2.0
// Subject: mm: young and dirty of an entry share a bit
//
// Both flags are stored in the same bit, so an old, dirty page comes back young. A copied
// function in which one word was not changed looks like this.
//
// Breaks: ME-1
// Kills: migration_entry_encoding.pte_round_trip_keeps_entry: assertion
// Matches: 2
// In: include/linux/leafops.h: softleaf_is_migration_dirty
// In: include/linux/swapops.h: make_migration_entry_dirty, is_migration_entry_dirty

@@
@@
- SWP_MIG_DIRTY
+ SWP_MIG_YOUNG
