// SPDX-License-Identifier: GPL-2.0
// Subject: um: pmds are the same whether they are protected or not
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.entries_are_the_same_by_all_of_their_flags: assertion
// In: arch/um/include/asm/pgtable.h: pmd_same

@@
expression E;
@@
- return !((pmd_val(pmd_a) ^ pmd_val(pmd_b)) & E);
+ return !((pmd_val(pmd_a) ^ pmd_val(pmd_b)) & E & ~0x2400UL);
