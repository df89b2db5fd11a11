// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the huge entry of a child is protected like that of its parent
//
// As for a small page.
//
// Breaks: WP-1
// Kills: soft_bits_huge.fork_copies_soft_dirty_of_huge_entry: assertion
// In: mm/huge_memory.c: copy_huge_non_present_pmd | copy_huge_pmd

@@
@@
(
- pmd = pmd_swp_clear_uffd_wp(pmd);
+ pmd = pmd_swp_mksoft_dirty(pmd);
|
- pmd = pmd_swp_clear_uffd(pmd);
+ pmd = pmd_swp_mksoft_dirty(pmd);
)
