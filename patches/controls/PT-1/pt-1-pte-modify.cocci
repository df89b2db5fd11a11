// SPDX-License-Identifier: GPL-2.0
// Subject: um: a new protection makes a page clean
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.new_protection_keeps_flags: assertion
// In: arch/um/include/asm/pgtable.h: pte_modify

@@
@@
- pte_set_val(pte, (pte_val(pte) & _PAGE_CHG_MASK), newprot);
+ pte_set_val(pte, (pte_val(pte) & _PAGE_CHG_MASK & ~_PAGE_DIRTY), newprot);
