// SPDX-License-Identifier: GPL-2.0
// Subject: um: a new protection ends that of userfaultfd
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.new_protection_keeps_flags_of_huge_page: assertion
// In: arch/um/include/asm/pgtable.h: pmd_modify

@@
@@
- (_PAGE_CHG_MASK | _PAGE_HUGE)
+ ((_PAGE_CHG_MASK & ~0x400UL) | _PAGE_HUGE)
