// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: a page of hugetlb comes back as a small one
//
// Its entry is made like any other, and the architecture is not asked for more.
//
// Breaks: HT-1
// Kills: hugetlb_entry.entry_has_the_permission: assertion or report
// Variants: full
// In: mm/migrate.c: remove_migration_pte

@@
@@
- pte = arch_make_huge_pte(pte, shift, vma->vm_flags);
+ (void)shift;
