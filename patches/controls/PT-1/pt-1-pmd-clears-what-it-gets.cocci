// SPDX-License-Identifier: GPL-2.0
// Subject: um: a huge page that is taken out stays
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_kernel.kernel_finds_no_fault: report
// In: arch/um/include/asm/pgtable.h: pmdp_huge_get_and_clear

@@
@@
(
- set_pmd_at(mm, addr, pmdp, __pmd(0));
+ set_pmd_at(mm, addr, pmdp, pmd);
|
- pmd_clear(pmdp);
+ set_pmd(pmdp, pmd);
)
