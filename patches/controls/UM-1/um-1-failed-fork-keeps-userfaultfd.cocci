// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fork() that has failed keeps the userfaultfd
//
// The reference that the event would have dropped is never dropped.
//
// Breaks: UM-1
// Kills: uffd_move_event.failed_fork_is_no_event: assertion
// In: fs/userfaultfd.c: dup_userfaultfd_fail
// In: mm/userfaultfd.c: dup_userfaultfd_fail

@@
@@
- userfaultfd_ctx_put(octx);
