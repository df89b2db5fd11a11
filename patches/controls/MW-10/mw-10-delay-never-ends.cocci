// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not end the delay of who waits for a thrashing folio
//
// The delay of a task that waits for a thrashing folio begins, but does not end: it is
// not counted, and neither is any that the task has afterwards. PSI knows of the wait
// anyway, one might think.
//
// Breaks: MW-10
// Kills: migration_wait_sleep.thrashing_wait_counts_as_stall: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
@@
- delayacct_thrashing_end(&in_thrashing);
