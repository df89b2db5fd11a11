// SPDX-License-Identifier: GPL-2.0
// Subject: um: a page that becomes dirty is not soft-dirty
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pte_mkdirty

@@
@@
- pte_set_bits(pte, _PAGE_DIRTY | _PAGE_SOFT_DIRTY);
+ pte_set_bits(pte, _PAGE_DIRTY);
