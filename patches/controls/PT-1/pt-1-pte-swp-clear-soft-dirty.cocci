// SPDX-License-Identifier: GPL-2.0
// Subject: um: a swap entry stays soft-dirty
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_kernel.kernel_finds_no_fault: report
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pte_swp_clear_soft_dirty

@@
@@
- pte_clear_bits(pte, _PAGE_SWP_SOFT_DIRTY);
+ pte_set_bits(pte, _PAGE_SWP_SOFT_DIRTY);
