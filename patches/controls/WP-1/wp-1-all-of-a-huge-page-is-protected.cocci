// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_WRITEPROTECT of one page protects the huge page that it is in
//
// Protection is that of a pmd, and nobody has asked for a split.
//
// Breaks: WP-1
// Kills: soft_bits_huge.part_of_a_huge_page_is_protected: assertion
// In: mm/mprotect.c: change_pmd_range

@@
@@
- next - addr != HPAGE_PMD_SIZE
+ false
