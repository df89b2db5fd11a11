// SPDX-License-Identifier: GPL-2.0
// Subject: um: a huge page that is protected is clean
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_kernel.kernel_finds_no_fault: report
// Kills: page_table_flags.flags_are_independent: assertion
// Kernels: from 6.13: they are macros that call the helpers of ptes before
// In: arch/um/include/asm/pgtable.h: pmd_wrprotect

@@
@@
- return __pmd(pmd_val(pmd) & ~_PAGE_RW);
+ return __pmd(pmd_val(pmd) & ~(_PAGE_RW | _PAGE_DIRTY));
