// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not drop the ptl of a PMD that is no entry
//
// The wait drops the ptl itself, and so pmd_migration_entry_wait() has no unlock left.
// The way out without a wait needs one.
//
// Breaks: MW-13
// Kills: migration_wait_huge.other_pmd_is_not_waited_for: assertion
// In: mm/migrate.c: pmd_migration_entry_wait

@@
expression e;
@@
  if (!e)
- 	goto unlock;
+ 	return;
