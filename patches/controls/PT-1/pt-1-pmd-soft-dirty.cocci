// SPDX-License-Identifier: GPL-2.0
// Subject: um: a dirty huge page is soft-dirty
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pmd_soft_dirty

@@
@@
- return pmd_val(pmd) & _PAGE_SOFT_DIRTY;
+ return pmd_val(pmd) & _PAGE_DIRTY;
