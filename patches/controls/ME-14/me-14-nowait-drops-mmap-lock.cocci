// SPDX-License-Identifier: GPL-2.0
// Subject: mm: drop mmap_lock before the wait for a migration entry
//
// do_swap_page() drops the lock of the fault before it waits for a migration entry if
// it may, without a look at FAULT_FLAG_RETRY_NOWAIT, whose user goes on as if it had
// it. Somebody who wants to wait without the lock here as for a locked folio would
// forget this flag.
//
// Breaks: ME-14
// Kills: migration_entry_gup.gup_nowait_keeps_mmap_lock: assertion
// In: mm/memory.c: do_swap_page

@@
@@
- migration_entry_wait(vma->vm_mm, vmf->pmd,
- 	     vmf->address);
+ struct mm_struct *mm = vma->vm_mm;
+ if (vmf->flags & FAULT_FLAG_RETRY_NOWAIT) {
+ 	release_fault_lock(vmf);
+ 	ret = VM_FAULT_RETRY;
+ }
+ migration_entry_wait(mm, vmf->pmd, vmf->address);
