// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect() of a huge entry forgets the soft-dirty bit
//
// A writable entry is replaced by a readable one, which is made anew.
//
// Breaks: WP-1
// Kills: soft_bits_huge.huge_entry_keeps_bits_in_mprotect: assertion
// In: mm/huge_memory.c: change_non_present_huge_pmd | change_huge_pmd

@@
@@
- if (pmd_swp_soft_dirty(*pmd))
- 	newpmd = pmd_swp_mksoft_dirty(newpmd);
