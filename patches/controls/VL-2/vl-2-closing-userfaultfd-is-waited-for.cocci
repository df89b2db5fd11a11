// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fault keeps its lock from a userfaultfd that is being closed
//
// VM_FAULT_NOPAGE means that the fault is to be taken again, and the lock is
// still held. GUP takes it again at once, and the close waits for mmap_lock.
//
// Breaks: VL-2
// Kills: vma_life_fault.closing_userfaultfd_gets_the_lock: assertion
// In: fs/userfaultfd.c: handle_userfault
// In: mm/userfaultfd.c: handle_userfault

@@
@@
  if (unlikely(READ_ONCE(ctx->released))) {
- 	release_fault_lock(vmf);
+ 	ret = VM_FAULT_NOPAGE;
  	goto out;
  }
