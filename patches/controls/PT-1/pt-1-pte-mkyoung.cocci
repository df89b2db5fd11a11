// SPDX-License-Identifier: GPL-2.0
// Subject: um: a page cannot become young
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_kernel.kernel_finds_no_fault: report
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pte_mkyoung

@@
@@
- pte_set_bits(pte, _PAGE_ACCESSED);
+ pte_set_bits(pte, _PAGE_DIRTY);
