// SPDX-License-Identifier: GPL-2.0
// Subject: um: a page that is protected is clean
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_kernel.kernel_finds_no_fault: report
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pte_wrprotect

@@
@@
- pte_clear_bits(pte, _PAGE_RW);
+ pte_clear_bits(pte, _PAGE_RW | _PAGE_DIRTY);
