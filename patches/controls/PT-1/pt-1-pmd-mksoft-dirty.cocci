// SPDX-License-Identifier: GPL-2.0
// Subject: um: a huge page cannot become soft-dirty
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_kernel.kernel_finds_no_fault: report
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pmd_mksoft_dirty

@@
@@
- return __pmd(pmd_val(pmd) | _PAGE_SOFT_DIRTY);
+ return pmd;
