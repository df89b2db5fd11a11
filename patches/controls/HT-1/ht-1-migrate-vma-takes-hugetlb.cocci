// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate_device: VMAs of hugetlb are not refused
//
// Their pmds are read as page tables. They are refused twice, as they have
// VM_DONTEXPAND, which is one of VM_SPECIAL: both have to go.
//
// Breaks: HT-1, MV-9
// Kills: hugetlb_migrate.migrate_vma_refuses_hugetlb: assertion or report
// Variants: full
// Matches: 2
// In: mm/migrate_device.c: migrate_vma_setup

@@
@@
- is_vm_hugetlb_page(args->vma)
+ !args->start

@@
@@
- args->vma->vm_flags & VM_SPECIAL
+ !args->start
