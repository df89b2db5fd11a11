// SPDX-License-Identifier: GPL-2.0
// Subject: um: a huge page is not marked as one
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_kernel.kernel_finds_no_fault: report
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pmd_mkhuge

@@
@@
- return __pmd(pmd_val(pmd) | _PAGE_HUGE);
+ return pmd;
