// SPDX-License-Identifier: GPL-2.0
// Subject: um: a page that becomes writable is dirty
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pte_mkwrite_novma

@@
@@
- pte_set_bits(pte, _PAGE_RW);
+ pte_set_bits(pte, _PAGE_RW | _PAGE_DIRTY);
