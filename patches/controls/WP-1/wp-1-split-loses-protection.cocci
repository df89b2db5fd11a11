// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the parts of a huge page are not protected
//
// The ptes are made anew.
//
// Breaks: WP-1
// Kills: soft_bits_huge.split_gives_each_pte_the_bits: assertion
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
@@
(
- uffd_wp = pmd_uffd_wp(old_pmd);
+ uffd_wp = false;
|
- uffd_wp = pmd_uffd(old_pmd);
+ uffd_wp = false;
)
