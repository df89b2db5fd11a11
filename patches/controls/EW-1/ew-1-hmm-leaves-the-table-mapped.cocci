// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: leave the page table mapped for a fault
//
// The fault sleeps with the page table mapped, which is in a read-side section of
// RCU.
//
// Breaks: EW-1
// Kills: walker_access.hmm_read_meets_each_entry: report
// Kills: walker_access.hmm_write_meets_each_entry: report
// In: mm/hmm.c: hmm_vma_handle_pte

@@
@@
  fault:
- pte_unmap(ptep);
