// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not wait for a writable migration entry
//
// migration_entry_wait() returns at once if the entry is writable, and the fault is
// taken again and again until the migration is done. Someone might test for "readable"
// where both kinds are meant, when the kinds of entries are reworked.
//
// Breaks: MW-1, MW-4
// Kills: migration_wait_fault.fault_sleeps_until_unlock: assertion
// Kills: migration_wait_exit.wait_keeps_context: assertion
// In: mm/migrate.c: migration_entry_wait

@@
@@
(
- !softleaf_is_migration(entry)
+ !softleaf_is_migration_read(entry)
|
- !is_migration_entry(entry)
+ !is_readable_migration_entry(entry)
)
