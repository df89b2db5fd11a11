// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mremap() leaves huge pages protected that are not present
//
// They are protected when they are there again, and nobody watches them.
//
// Breaks: WP-1
// Kills: soft_bits_huge.moved_huge_entry_is_soft_dirty_and_not_protected: assertion
// In: mm/huge_memory.c: clear_uffd_wp_pmd

@@
@@
(
- pmd = pmd_swp_clear_uffd_wp(pmd);
+ ;
|
- pmd = pmd_swp_clear_uffd(pmd);
+ ;
)
