// SPDX-License-Identifier: GPL-2.0
// Subject: mm: keep a folio reference while waiting for a migration entry
//
// The waiter takes a reference before it queues and drops it when it is woken. Who
// worries that the folio could go away under the waiter would write this.
//
// Breaks: MW-2, MW-11, MW-1, MW-14
// Kills: migration_wait_fault.waiters_do_not_fail_device_migration: assertion
// Kills: migration_wait_fault.access_is_served_after_migration: assertion
// Kills: migration_wait_fault.waiters_hold_no_reference: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked
// Matches: 2

@@
expression e;
@@
  struct folio *folio = e;
+ folio_get(folio);

@@
@@
  finish_wait(q, wait);
+ folio_put(folio);
