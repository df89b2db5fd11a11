// SPDX-License-Identifier: GPL-2.0
// Subject: um: a huge page stays protected
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pmd_clear_uffd | pmd_clear_uffd_wp

@@
@@
(
- return __pmd(pmd_val(pmd) & ~_PAGE_UFFD);
+ return pmd;
|
- return __pmd(pmd_val(pmd) & ~_PAGE_UFFD_WP);
+ return pmd;
)
