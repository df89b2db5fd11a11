// SPDX-License-Identifier: GPL-2.0
// Subject: um: a huge page that is protected stays writable
//
// A slip in a helper of page table entries.
//
// Breaks: PT-1
// Kills: page_table_flags.flags_are_independent: assertion
// In: arch/um/include/asm/pgtable.h: pmd_mkuffd | pmd_mkuffd_wp

@@
@@
(
- return __pmd((pmd_val(pmd) | _PAGE_UFFD) & ~_PAGE_RW);
+ return __pmd(pmd_val(pmd) | _PAGE_UFFD);
|
- return __pmd((pmd_val(pmd) | _PAGE_UFFD_WP) & ~_PAGE_RW);
+ return __pmd(pmd_val(pmd) | _PAGE_UFFD_WP);
)
