// SPDX-License-Identifier: GPL-2.0
// Subject: um: a soft-dirty huge page is protected
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pmd_uffd | pmd_uffd_wp

@@
@@
(
- return pmd_val(pmd) & _PAGE_UFFD;
+ return pmd_val(pmd) & _PAGE_SOFT_DIRTY;
|
- return pmd_val(pmd) & _PAGE_UFFD_WP;
+ return pmd_val(pmd) & _PAGE_SOFT_DIRTY;
)
