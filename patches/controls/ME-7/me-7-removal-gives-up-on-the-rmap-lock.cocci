// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not wait for the rmap lock to remove migration entries
//
// remove_migration_ptes() leaves all entries where they are if somebody holds the
// anon_vma or i_mmap lock, as a fork() may. Somebody who has met try_lock in the users
// of reclaim, which can come back later, would set it here.
//
// Breaks: ME-7, XP-1
// Kills: migration_entry_rmap.unmap_and_restore_take_rmap_lock: assertion
// Kills: explore.each_schedule_ends_as_a_serial_order: report
// In: mm/migrate.c: remove_migration_ptes

@@
@@
- struct rmap_walk_control rwc = {
- 	.rmap_one = remove_migration_pte,
- 	.arg = &rmap_walk_arg,
- };
+ struct rmap_walk_control rwc = {
+ 	.rmap_one = remove_migration_pte,
+ 	.arg = &rmap_walk_arg,
+ 	.try_lock = true,
+ };
