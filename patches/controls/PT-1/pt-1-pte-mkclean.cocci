// SPDX-License-Identifier: GPL-2.0
// Subject: um: a clean page is old as well
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pte_mkclean

@@
@@
- pte_clear_bits(pte, _PAGE_DIRTY);
+ pte_clear_bits(pte, _PAGE_DIRTY | _PAGE_ACCESSED);
