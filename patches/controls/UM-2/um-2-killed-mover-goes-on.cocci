// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE does not mind a fatal signal
//
// A range may be as long as memory is, and the process cannot be killed before all of
// it has moved.
//
// Breaks: UM-2
// Kills: uffd_move_lock.killed_mover_ends: assertion
// In: mm/userfaultfd.c: move_pages

@@
@@
- fatal_signal_pending(current)
+ 0
