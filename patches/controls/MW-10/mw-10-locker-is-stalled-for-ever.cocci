// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the stall of a wait for the lock never ends
//
// The task counts as stalled for the rest of its life.
//
// Breaks: MW-10
// Kills: migration_wait_lock.wait_for_thrashing_folio_is_a_stall: assertion
// In: mm/filemap.c: folio_wait_bit_common

@@
@@
- psi_memstall_leave(&pflags);
