// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wait for a huge page that is mapped already
//
// pmd_migration_entry_wait() waits for the folio even if the entry has become a huge
// page again: who holds the lock of that has nothing to do with the migration.
//
// Breaks: MW-13
// Kills: migration_wait_huge.other_pmd_is_not_waited_for: assertion
// In: mm/migrate.c: pmd_migration_entry_wait

@@
identifier is_entry = { is_pmd_migration_entry, pmd_is_migration_entry };
identifier to_entry = { pmd_to_swp_entry, softleaf_from_pmd };
identifier wait = { migration_entry_wait_on_locked, softleaf_entry_wait_on_locked };
@@
+ if (pmd_trans_huge(*pmd)) {
+ 	wait(make_readable_migration_entry(pmd_pfn(*pmd)), ptl);
+ 	return;
+ }
  if (!is_entry(*pmd))
  	goto unlock;
  wait(to_entry(*pmd), ptl);
