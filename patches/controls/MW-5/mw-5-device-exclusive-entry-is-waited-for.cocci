// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wait for a page that a device has to itself
//
// migration_entry_wait() also waits for device-exclusive entries, whose folio may be
// locked by anybody. Somebody who takes exclusive access for a kind of migration,
// because both stand in the page table for a page that is there, would add it.
//
// Breaks: MW-5
// Kills: migration_wait_exit.other_entry_is_not_waited_for: assertion
// In: mm/migrate.c: migration_entry_wait

@@
@@
(
- !softleaf_is_migration(entry)
+ !softleaf_is_migration(entry) && !softleaf_is_device_exclusive(entry)
|
- !is_migration_entry(entry)
+ !is_migration_entry(entry) && !is_device_exclusive_entry(entry)
)
