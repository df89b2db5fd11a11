// SPDX-License-Identifier: GPL-2.0
// Subject: um: an exclusive swap entry is soft-dirty
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_kernel.kernel_finds_no_fault: report
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pte_swp_soft_dirty

@@
@@
- return pte_get_bits(pte, _PAGE_SWP_SOFT_DIRTY);
+ return pte_get_bits(pte, _PAGE_SWP_EXCLUSIVE);
