// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fault that fails counts as one of its task
//
// The comment says that failed faults are counted, and means PGFAULT alone.
//
// Breaks: VL-3
// Kills: vma_life_fault.fault_counts_once: assertion
// In: mm/memory.c: mm_account_fault

@@
@@
- if (ret & VM_FAULT_ERROR)
- 	return;
