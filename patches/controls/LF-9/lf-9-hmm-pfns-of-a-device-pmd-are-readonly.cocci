// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() says that a huge device page cannot be written to
//
// A device that wants to write to its own memory never may.
//
// Breaks: LF-9
// Kills: large_folio_use.hmm_fault_brings_a_foreign_huge_page_back: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/hmm.c: hmm_vma_handle_absent_pmd

@@
@@
- cpu_flags |= HMM_PFN_WRITE;
+ ;
