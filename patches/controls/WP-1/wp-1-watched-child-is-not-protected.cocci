// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a child that is watched has unprotected pages
//
// The monitor is not told when the child writes.
//
// Breaks: WP-1
// Kills: soft_bits_fork.watched_child_is_protected: assertion
// In: mm/memory.c: __copy_present_ptes

@@
@@
(
- !userfaultfd_wp(dst_vma)
+ true
|
- !userfaultfd_protected(dst_vma)
+ true
)
