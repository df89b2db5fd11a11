// SPDX-License-Identifier: GPL-2.0
// Subject: um: a huge page that is invalid is not huge
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_kernel.kernel_finds_no_fault: report
// Kills: page_table_flags.new_protection_keeps_flags_of_huge_page: assertion
// In: arch/um/include/asm/pgtable.h: pmd_mkinvalid

@@
expression E;
@@
- return E;
+ return __pmd(pmd_val(pmd) & ~(_PAGE_PRESENT | _PAGE_HUGE));
