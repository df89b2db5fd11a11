// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the parts of a huge page under migration are not protected
//
// The entries are made anew.
//
// Breaks: WP-1
// Kills: soft_bits_huge.split_gives_each_entry_the_bits: assertion
// Kernels: before 6.19: huge device pages have the same line since
// In: mm/huge_memory.c: __split_huge_pmd_locked

@@
@@
- uffd_wp = pmd_swp_uffd_wp(old_pmd);
+ uffd_wp = false;
