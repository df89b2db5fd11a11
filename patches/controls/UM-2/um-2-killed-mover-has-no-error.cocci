// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE that is killed returns 0
//
// It has done what it could.
//
// Breaks: UM-2
// Kills: uffd_move_lock.first_try_is_told_of_the_signal: assertion or report
// In: mm/userfaultfd.c: move_pages

@@
@@
- err = -EINTR;
+ err = 0;
