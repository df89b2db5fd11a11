// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: the ptes of a huge zero page are not protected
//
// The pmd was.
//
// Breaks: WP-1
// Kills: soft_bits_kept.split_of_huge_zero_page_keeps_protection: assertion
// In: mm/huge_memory.c: __split_huge_zero_page_pmd

@@
@@
(
- entry = pte_mkuffd_wp(entry);
|
- entry = pte_mkuffd(entry);
)
