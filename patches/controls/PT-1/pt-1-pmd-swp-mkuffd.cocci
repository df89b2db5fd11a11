// SPDX-License-Identifier: GPL-2.0
// Subject: um: a huge entry that is protected is soft-dirty
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pmd_swp_mkuffd | pmd_swp_mkuffd_wp

@@
@@
(
- return __pmd(pmd_val(pmd) | _PAGE_SWP_UFFD);
+ return __pmd(pmd_val(pmd) | _PAGE_SWP_UFFD | _PAGE_SWP_SOFT_DIRTY);
|
- return __pmd(pmd_val(pmd) | _PAGE_SWP_UFFD_WP);
+ return __pmd(pmd_val(pmd) | _PAGE_SWP_UFFD_WP | _PAGE_SWP_SOFT_DIRTY);
)
