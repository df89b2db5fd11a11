// SPDX-License-Identifier: GPL-2.0
// Subject: mm: answer a swap entry of no area with VM_FAULT_OOM
//
// When the swap area cannot be pinned, the fault returns VM_FAULT_OOM instead of 0.
// Whoever expects this never to happen forgets that swapoff may just have brought the
// page back.
//
// Breaks: SF-8
// Kills: swap_fault_entry.bad_entry_gives_documented_result: assertion
// In: mm/memory.c: do_swap_page

@@
@@
- if (unlikely(!si))
+ if (unlikely(!si)) {
+ 	ret = VM_FAULT_OOM;
  	goto out;
+ }
