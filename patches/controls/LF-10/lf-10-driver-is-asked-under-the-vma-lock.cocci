// SPDX-License-Identifier: GPL-2.0
// Subject: mm: migrate_to_ram of a huge page is called under the VMA lock
//
// Drivers need mmap_lock, and take it for granted.
//
// Breaks: LF-10
// Kills: large_folio_use.fault_on_a_huge_device_page_needs_mmap_lock: assertion or report or hang
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: do_huge_pmd_device_private

@@
@@
- if (vmf->flags & FAULT_FLAG_VMA_LOCK) {
- 	vma_end_read(vma);
- 	return VM_FAULT_RETRY;
- }
