// SPDX-License-Identifier: GPL-2.0
// Subject: mm: retry faults on migration entries under mmap_lock
//
// A fault on a migration entry under the VMA lock returns VM_FAULT_RETRY instead of
// waiting for the migration. Whoever believes that a task must not sleep with the VMA
// lock held would do this.
//
// Breaks: SF-7
// Kills: swap_fault_wait.migration_entry_is_waited_for: assertion
// In: mm/memory.c: do_swap_page

@@
@@
+ if (vmf->flags & FAULT_FLAG_VMA_LOCK) {
+ 	vma_end_read(vma);
+ 	ret = VM_FAULT_RETRY;
+ 	goto out;
+ }
  migration_entry_wait(vma->vm_mm, vmf->pmd,
  	     vmf->address);
