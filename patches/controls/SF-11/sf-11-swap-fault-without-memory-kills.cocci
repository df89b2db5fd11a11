// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take want of memory for a bad page in do_swap_page()
//
// do_swap_page() returns VM_FAULT_SIGBUS when it gets no folio to read into, and the
// task is killed where it should have waited for the OOM killer. Somebody who mixes up
// the two ways in which there can be no folio would do this.
//
// Breaks: SF-11
// Kills: no_memory.swap_fault_is_oom_without_memory: assertion
// In: mm/memory.c: do_swap_page

@@
@@
  if (likely(vmf->pte && pte_same(ptep_get(vmf->pte), vmf->orig_pte)))
- ret = VM_FAULT_OOM;
+ ret = VM_FAULT_SIGBUS;
