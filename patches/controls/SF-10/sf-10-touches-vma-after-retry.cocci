// SPDX-License-Identifier: GPL-2.0
// Subject: mm: look at the VMA after its lock has been dropped
//
// When the fault has to be retried, do_swap_page() asks the mm of the VMA whether it
// is being reaped, but the VMA lock is gone and the VMA may be too. Whoever adds a
// check to the retry path does not see the unlock in a helper.
//
// The case fills the memory of the VMA with what is no pointer, so that the kernel ends
// when it follows one.
//
// Breaks: SF-10
// Kills: swap_fault_vma.freed_vma_is_left_alone: report
// In: mm/memory.c: do_swap_page

@@
@@
- if (ret & VM_FAULT_RETRY)
+ if (ret & VM_FAULT_RETRY) {
+ 	ret |= check_stable_address_space(vma->vm_mm);
  	goto out_release;
+ }
