// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the first event that is read ends all changes of the layout
//
// Another change is not over yet, and the monitor fills pages that are about to
// go. The count becomes negative when it is, which some kernels report.
//
// Breaks: UM-1
// Kills: uffd_move_event.layout_changes_until_the_last_event_is_read: assertion or report
// In: fs/userfaultfd.c: userfaultfd_event_wait_completion
// In: mm/userfaultfd.c: userfaultfd_event_wait_completion

@@
@@
- atomic_dec(&ctx->mmap_changing);
+ atomic_set(&ctx->mmap_changing, 0);
