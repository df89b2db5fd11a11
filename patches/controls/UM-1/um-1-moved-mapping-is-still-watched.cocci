// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a moved mapping is watched by a monitor that does not know where
//
// The monitor has not asked for UFFD_FEATURE_EVENT_REMAP. Nobody fills the holes
// in the new place.
//
// Breaks: UM-1
// Kills: uffd_move_event.moved_mapping_is_not_watched: assertion
// In: fs/userfaultfd.c: mremap_userfaultfd_prep
// In: mm/userfaultfd.c: mremap_userfaultfd_prep

@@
@@
- userfaultfd_reset_ctx(vma);
+ ;
