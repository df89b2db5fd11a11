// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wait for huge pages tick by tick
//
// pmd_migration_entry_wait() sleeps for a tick and lets the fault come again: the copy
// of a huge page takes its time, and nobody has to be woken.
//
// Breaks: MW-13
// Kills: migration_wait_huge.huge_page_wait_keeps_context: assertion
// Kills: migration_wait_huge.unlocked_huge_page_is_not_waited_for: assertion
// In: mm/migrate.c: pmd_migration_entry_wait

@@
@@
(
- migration_entry_wait_on_locked(pmd_to_swp_entry(*pmd), ptl);
+ spin_unlock(ptl);
+ schedule_timeout_uninterruptible(1);
|
- softleaf_entry_wait_on_locked(softleaf_from_pmd(*pmd), ptl);
+ spin_unlock(ptl);
+ schedule_timeout_uninterruptible(1);
|
- migration_entry_wait_on_locked(softleaf_from_pmd(*pmd), ptl);
+ spin_unlock(ptl);
+ schedule_timeout_uninterruptible(1);
)
