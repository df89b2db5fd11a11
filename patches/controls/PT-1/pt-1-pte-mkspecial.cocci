// SPDX-License-Identifier: GPL-2.0
// Subject: um: a special pte is writable
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pte_mkspecial

@@
@@
- pte_set_bits(pte, _PAGE_SPECIAL);
+ pte_set_bits(pte, _PAGE_SPECIAL | _PAGE_RW);
