// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE wakes although it shall not
//
// UFFDIO_MOVE_MODE_DONTWAKE is forgotten.
//
// Breaks: UM-1
// Kills: uffd_move_range.dontwake_leaves_waiter_asleep: assertion
// In: fs/userfaultfd.c: userfaultfd_move
// In: mm/userfaultfd.c: userfaultfd_move

@@
@@
- !(uffdio_move.mode & UFFDIO_MOVE_MODE_DONTWAKE)
+ true
