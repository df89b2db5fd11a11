// SPDX-License-Identifier: GPL-2.0
// Subject: mm: count waiters for any workingset folio as stalled
//
// Who waits for a migration counts as stalled for want of memory also if the folio is
// uptodate, so that compaction looks like thrashing. One half of the condition is
// easily lost when it is moved into a helper.
//
// Breaks: MW-10
// Kills: migration_wait_sleep.thrashing_wait_counts_as_stall: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
@@
- !folio_test_uptodate(folio) && folio_test_workingset(folio)
+ folio_test_workingset(folio)
