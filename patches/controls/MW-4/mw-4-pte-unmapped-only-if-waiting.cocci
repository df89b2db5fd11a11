// SPDX-License-Identifier: GPL-2.0
// Subject: mm: unmap the pte only if there is something to wait for
//
// The pte is unmapped right before the wait, and on no other way out. Where ptes are
// mapped under RCU the read-side critical section never ends. Who moves the unmap next
// to the call that needs it would do this.
//
// Breaks: MW-4
// Kills: migration_wait_exit.other_entry_is_not_waited_for: assertion
// In: mm/migrate.c: migration_entry_wait
// Matches: 2

@@
@@
- pte_unmap(ptep);

@@
@@
(
+ pte_unmap(ptep);
  migration_entry_wait_on_locked(entry, ptl);
|
+ pte_unmap(ptep);
  softleaf_entry_wait_on_locked(entry, ptl);
)
