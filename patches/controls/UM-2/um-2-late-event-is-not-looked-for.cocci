// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE looks for events before it waits only
//
// An event may come while the mover waits for the VMAs.
//
// Breaks: UM-2, UM-1
// Kills: uffd_move_lock.layout_that_changes_meanwhile_refuses_the_move: assertion
// In: mm/userfaultfd.c: move_pages

@@
@@
- atomic_read(&ctx->mmap_changing)
+ 0
