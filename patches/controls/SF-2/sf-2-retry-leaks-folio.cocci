// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leak the folio when its fault is retried
//
// When the folio could not be locked, do_swap_page() returns without the put for the
// reference that the swap cache look-up took. The wrong label of several is picked
// easily here.
//
// Breaks: SF-2
// Kills: swap_fault_wait.locked_folio_wait_drops_vma_lock: assertion
// In: mm/memory.c: do_swap_page

@@
@@
  if (ret & VM_FAULT_RETRY)
- goto out_release;
+ goto out;
