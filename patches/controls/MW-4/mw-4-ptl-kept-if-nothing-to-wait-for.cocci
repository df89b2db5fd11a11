// SPDX-License-Identifier: GPL-2.0
// Subject: mm: return with the ptl held if there is no migration entry
//
// migration_entry_wait() returns instead of jumping to where the ptl is dropped if the
// entry has become one of another kind. An early return that is added later forgets
// about the lock.
//
// Breaks: MW-4
// Kills: migration_wait_exit.other_entry_is_not_waited_for: assertion
// In: mm/migrate.c: migration_entry_wait

@@
@@
(
  if (!softleaf_is_migration(entry))
- goto out;
+ return;
|
  if (!is_migration_entry(entry))
- goto out;
+ return;
)
