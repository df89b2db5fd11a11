// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the copy of a pinned page is not protected
//
// A child that is watched gets a copy of a page that its parent has pinned. The monitor is not
// told when the child writes.
//
// Breaks: WP-1
// Kills: soft_bits_fork.watched_child_is_protected: assertion
// In: mm/memory.c: copy_present_page

@@
@@
(
- pte = pte_mkuffd_wp(pte);
+ ;
|
- pte = pte_mkuffd(pte);
+ ;
)
