// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE wakes more than it has moved
//
// All who wait for a page of the range are woken, although only a part of it
// has come.
//
// Breaks: UM-1
// Kills: uffd_move_range.move_wakes_served_waiters: assertion
// In: fs/userfaultfd.c: userfaultfd_move
// In: mm/userfaultfd.c: userfaultfd_move

@@
@@
  range.start = uffdio_move.dst;
+ range.len = uffdio_move.len;
