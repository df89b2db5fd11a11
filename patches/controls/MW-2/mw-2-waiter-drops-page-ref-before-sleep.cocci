// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hold a folio reference while the wait is set up
//
// The waiter takes a reference for as long as it sets up its wait, and drops it right
// before it sleeps: nobody is seen to have one later, but a migration that looks at
// the refcount meanwhile fails. Who knows that a sleeping waiter may hold none, but
// does not trust the ptl, would write this.
//
// Breaks: MW-2
// Kills: migration_wait_fault.wait_set_up_takes_no_reference: assertion
// Kills: migration_wait_fault.smp_waiters_take_no_reference: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked
// Matches: 2

@@
expression e;
@@
  struct folio *folio = e;
+ folio_get(folio);

@@
@@
  spin_unlock(ptl);
+ folio_put(folio);
