// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the child is watched by a monitor that does not know of it
//
// The monitor has not asked for UFFD_FEATURE_EVENT_FORK. Nobody fills the holes
// of the child.
//
// Breaks: UM-1
// Kills: uffd_move_event.child_is_not_watched: assertion
// In: fs/userfaultfd.c: dup_userfaultfd
// In: mm/userfaultfd.c: dup_userfaultfd

@@
@@
- userfaultfd_reset_ctx(vma);
  return 0;
