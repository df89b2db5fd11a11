// SPDX-License-Identifier: GPL-2.0
// Subject: um: a page cannot be protected
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pte_mkuffd | pte_mkuffd_wp

@@
@@
(
- pte_set_bits(pte, _PAGE_UFFD);
+ pte_clear_bits(pte, _PAGE_UFFD);
|
- pte_set_bits(pte, _PAGE_UFFD_WP);
+ pte_clear_bits(pte, _PAGE_UFFD_WP);
)
