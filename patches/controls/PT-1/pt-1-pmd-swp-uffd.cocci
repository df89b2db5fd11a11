// SPDX-License-Identifier: GPL-2.0
// Subject: um: no huge entry is protected
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pmd_swp_uffd | pmd_swp_uffd_wp

@@
@@
(
- return pmd_val(pmd) & _PAGE_SWP_UFFD;
+ return 0;
|
- return pmd_val(pmd) & _PAGE_SWP_UFFD_WP;
+ return 0;
)
