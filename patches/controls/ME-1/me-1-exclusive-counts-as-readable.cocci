// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a readable exclusive entry also passes for readable
//
// is_readable_migration_entry(), softleaf_is_migration_read() since, answers true for
// exclusive entries as well. Whoever reads "readable" as "not writable" writes this.
//
// Breaks: ME-1, ME-4
// Kills: migration_entry_encoding.pte_round_trip_keeps_entry: assertion
// In: include/linux/leafops.h: softleaf_is_migration_read
// In: include/linux/swapops.h: is_readable_migration_entry

@@
@@
(
- return unlikely(swp_type(entry) == SWP_MIGRATION_READ);
+ return unlikely(swp_type(entry) == SWP_MIGRATION_READ ||
+ 		swp_type(entry) == SWP_MIGRATION_READ_EXCLUSIVE);
|
- return softleaf_type(entry) == SOFTLEAF_MIGRATION_READ;
+ return softleaf_type(entry) == SOFTLEAF_MIGRATION_READ ||
+ 	softleaf_type(entry) == SOFTLEAF_MIGRATION_READ_EXCLUSIVE;
)
