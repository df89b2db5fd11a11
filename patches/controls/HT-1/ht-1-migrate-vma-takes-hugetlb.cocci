// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate_device: VMAs of hugetlb are not refused
//
// Their pmds are read as page tables.
//
// Breaks: HT-1, MV-9
// Kills: hugetlb_migrate.migrate_vma_refuses_hugetlb: assertion or report
// Variants: full
// In: mm/migrate_device.c: migrate_vma_setup

@@
@@
- is_vm_hugetlb_page(args->vma)
+ !args->vma
