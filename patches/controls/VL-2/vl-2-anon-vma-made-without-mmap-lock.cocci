// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the first fault makes an anon_vma under the VMA lock alone
//
// The anon_vma of a neighbour may be shared, and the neighbour is not locked.
//
// Breaks: VL-2
// Kills: vma_life_fault.first_fault_takes_mmap_lock: assertion
// In: mm/memory.c: __vmf_anon_prepare
// Matches: 2

@@
@@
- vmf->flags & FAULT_FLAG_VMA_LOCK
+ false
