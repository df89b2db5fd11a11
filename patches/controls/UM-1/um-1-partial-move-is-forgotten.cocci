// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE forgets what it has moved when it fails
//
// The caller is told of the error alone, and repeats what has been done.
//
// Breaks: UM-1
// Kills: uffd_move_range.move_stops_at_bad_page uffd_move_range.move_wakes_served_waiters: assertion
// In: mm/userfaultfd.c: move_pages

@@
@@
- return moved ? moved : err;
+ return err < 0 ? err : moved;
