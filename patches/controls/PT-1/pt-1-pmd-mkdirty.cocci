// SPDX-License-Identifier: GPL-2.0
// Subject: um: a huge page that becomes dirty is not soft-dirty
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// Kernels: from 6.13: they are macros that call the helpers of ptes before
// In: arch/um/include/asm/pgtable.h: pmd_mkdirty

@@
@@
- return __pmd(pmd_val(pmd) | _PAGE_DIRTY | _PAGE_SOFT_DIRTY);
+ return __pmd(pmd_val(pmd) | _PAGE_DIRTY);
