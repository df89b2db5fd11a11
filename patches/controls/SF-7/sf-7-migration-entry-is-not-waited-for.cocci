// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not wait for migration entries under the VMA lock
//
// A fault on a migration entry under the VMA lock returns at once, and the task faults
// on it again and again until the migration is over. Whoever wants no sleep under the
// VMA lock, but cannot retry either, ends here.
//
// Breaks: SF-7
// Kills: swap_fault_wait.migration_entry_is_waited_for: assertion
// In: mm/memory.c: do_swap_page

@@
@@
- migration_entry_wait(vma->vm_mm, vmf->pmd,
- 	     vmf->address);
+ if (!(vmf->flags & FAULT_FLAG_VMA_LOCK))
+ 	migration_entry_wait(vma->vm_mm, vmf->pmd,
+ 			     vmf->address);
