// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wait for mmap_lock to make an anon_vma under the VMA lock
//
// The first fault on a VMA waits for mmap_lock with the VMA lock held, while the task
// that has mmap_lock waits for the VMA. Whoever finds that a trylock fails too often
// would write this.
//
// Breaks: SF-10
// Kills: swap_fault_vma.first_fault_needs_mmap_lock: assertion
// In: mm/memory.c: __vmf_anon_prepare

@@
@@
- if (!mmap_read_trylock(vma->vm_mm))
- 	return VM_FAULT_RETRY;
+ mmap_read_lock(vma->vm_mm);
