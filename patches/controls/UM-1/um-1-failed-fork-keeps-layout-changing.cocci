// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the layout changes for ever after a fork() that has failed
//
// There is no event whose end would end the change.
//
// Breaks: UM-1
// Kills: uffd_move_event.failed_fork_is_no_event: assertion
// In: fs/userfaultfd.c: dup_userfaultfd_fail
// In: mm/userfaultfd.c: dup_userfaultfd_fail

@@
@@
- atomic_dec(&octx->mmap_changing);
