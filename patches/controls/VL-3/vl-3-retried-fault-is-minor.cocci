// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fault that had to wait counts as minor
//
// Only VM_FAULT_MAJOR makes a fault major, which the last try need not return.
//
// Breaks: VL-3
// Kills: vma_life_fault.fault_counts_once: assertion
// In: mm/memory.c: mm_account_fault

@@
@@
- (ret & VM_FAULT_MAJOR) || (flags & FAULT_FLAG_TRIED)
+ ret & VM_FAULT_MAJOR
