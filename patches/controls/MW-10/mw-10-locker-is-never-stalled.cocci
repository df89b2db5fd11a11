// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a wait for the lock of a folio is no stall
//
// Only the wait for a migration counts as one.
//
// Breaks: MW-10
// Kills: migration_wait_lock.wait_for_thrashing_folio_is_a_stall: assertion
// In: mm/filemap.c: folio_wait_bit_common

@@
@@
- bit_nr == PG_locked && !folio_test_uptodate(folio) && folio_test_workingset(folio)
+ false
