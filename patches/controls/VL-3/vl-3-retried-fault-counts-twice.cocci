// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fault that is taken again counts again
//
// Each try is counted. The counters of faults say how often the handler was
// called.
//
// Breaks: VL-3
// Kills: vma_life_fault.fault_counts_once: assertion
// In: mm/memory.c: mm_account_fault

@@
@@
- if (ret & VM_FAULT_RETRY)
- 	return;
