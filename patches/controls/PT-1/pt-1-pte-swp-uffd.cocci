// SPDX-License-Identifier: GPL-2.0
// Subject: um: a soft-dirty swap entry is protected
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pte_swp_uffd | pte_swp_uffd_wp

@@
@@
(
- return pte_get_bits(pte, _PAGE_SWP_UFFD);
+ return pte_get_bits(pte, _PAGE_SWP_SOFT_DIRTY);
|
- return pte_get_bits(pte, _PAGE_SWP_UFFD_WP);
+ return pte_get_bits(pte, _PAGE_SWP_SOFT_DIRTY);
)
