// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a child's page is protected as its parent's is
//
// Nobody watches the child.
//
// Breaks: WP-1
// Kills: soft_bits_entry.forked_page_is_not_protected: assertion
// In: mm/memory.c: __copy_present_ptes

@@
@@
(
- pte = pte_clear_uffd_wp(pte);
+ ;
|
- pte = pte_clear_uffd(pte);
+ ;
)
