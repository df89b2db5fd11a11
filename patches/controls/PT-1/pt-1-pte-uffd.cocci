// SPDX-License-Identifier: GPL-2.0
// Subject: um: a soft-dirty page is protected
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pte_uffd | pte_uffd_wp

@@
@@
(
- return pte_get_bits(pte, _PAGE_UFFD);
+ return pte_get_bits(pte, _PAGE_SOFT_DIRTY);
|
- return pte_get_bits(pte, _PAGE_UFFD_WP);
+ return pte_get_bits(pte, _PAGE_SOFT_DIRTY);
)
