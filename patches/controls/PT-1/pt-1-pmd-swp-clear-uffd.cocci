// SPDX-License-Identifier: GPL-2.0
// Subject: um: a huge entry stays protected
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pmd_swp_clear_uffd | pmd_swp_clear_uffd_wp

@@
@@
(
- return __pmd(pmd_val(pmd) & ~_PAGE_SWP_UFFD);
+ return pmd;
|
- return __pmd(pmd_val(pmd) & ~_PAGE_SWP_UFFD_WP);
+ return pmd;
)
