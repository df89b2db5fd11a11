// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take a busy mmap_lock for want of memory
//
// When mmap_lock cannot be had to make an anon_vma, the fault fails with VM_FAULT_OOM
// instead of being retried. Whoever makes one error path out of two does this.
//
// Breaks: SF-10
// Kills: swap_fault_vma.first_fault_needs_mmap_lock: assertion
// In: mm/memory.c: __vmf_anon_prepare

@@
@@
- return VM_FAULT_RETRY;
+ return VM_FAULT_OOM;
