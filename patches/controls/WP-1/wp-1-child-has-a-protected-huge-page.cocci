// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: a child's huge page is protected as its parent's is
//
// Nobody watches the child.
//
// Breaks: WP-1
// Kills: soft_bits_huge.forked_huge_page_is_not_protected: assertion
// In: mm/huge_memory.c: copy_huge_pmd

@@
@@
(
- pmd = pmd_clear_uffd_wp(pmd);
+ ;
|
- pmd = pmd_clear_uffd(pmd);
+ ;
)
