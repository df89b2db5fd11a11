// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not leave the memory stall after the wait
//
// A waiter for a thrashing folio enters a memory stall, and leaves it only if it did
// not have to sleep. The task counts as stalled from then on. Who adds a fast way out
// and moves the accounting there would do this.
//
// Breaks: MW-10
// Kills: migration_wait_sleep.thrashing_wait_counts_as_stall: assertion
// In: mm/filemap.c: softleaf_entry_wait_on_locked | migration_entry_wait_on_locked

@@
@@
- psi_memstall_leave(&pflags);
+ if (wait->flags & WQ_FLAG_DONE)
+ 	psi_memstall_leave(&pflags);
