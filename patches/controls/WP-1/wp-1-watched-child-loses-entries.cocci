// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a child that is watched has unprotected entries
//
// Its page is writable when it is present again, and the monitor is not told of the write.
//
// Breaks: WP-1
// Kills: soft_bits_fork.watched_child_is_protected: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
(
- !userfaultfd_wp(dst_vma)
+ true
|
- !userfaultfd_protected(dst_vma)
+ true
)
