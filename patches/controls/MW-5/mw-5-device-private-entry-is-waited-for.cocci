// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wait for device-private entries as well
//
// migration_entry_wait() also waits if it finds the entry of a device-private page,
// which someone may have locked for another reason. The page may be where it is to
// stay; 7.x waits for such a page in another place.
//
// Breaks: MW-5
// Kills: migration_wait_exit.other_entry_is_not_waited_for: assertion
// In: mm/migrate.c: migration_entry_wait

@@
@@
(
- !softleaf_is_migration(entry)
+ !softleaf_is_migration(entry) && !softleaf_is_device_private(entry)
|
- !is_migration_entry(entry)
+ !is_migration_entry(entry) && !is_device_private_entry(entry)
)
