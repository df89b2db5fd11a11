// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() forgets that a page is mapped for DMA
//
// The driver does not unmap it, or maps it once more.
//
// Breaks: EW-1
// Kills: walker_driver.flag_of_the_driver_is_kept: assertion
// In: mm/hmm.c: hmm_vma_handle_pte
// Kernels: from 6.16: there is no such flag before

@@
expression E;
@@
- *hmm_pfn = (*hmm_pfn & HMM_PFN_INOUT_FLAGS) | E;
+ *hmm_pfn = E;
