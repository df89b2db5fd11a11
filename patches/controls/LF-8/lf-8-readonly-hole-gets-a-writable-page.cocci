// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge hole is always filled with a writable page
//
// Whatever the VMA says.
//
// Breaks: LF-8
// Kills: large_folio_hole.readonly_hole_gets_a_readonly_page: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_insert_huge_pmd_page

@@
expression E, F;
@@
- if (vma->vm_flags & VM_WRITE)
- 	swp_entry = make_writable_device_private_entry(E);
- else
- 	swp_entry = make_readable_device_private_entry(F);
+ swp_entry = make_writable_device_private_entry(E);
