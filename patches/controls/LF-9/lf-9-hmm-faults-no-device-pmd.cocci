// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() does not bring a huge page back from another device
//
// It fails with -EFAULT, as for entries that no fault can replace.
//
// Breaks: LF-9
// Kills: large_folio_use.hmm_fault_brings_a_foreign_huge_page_back: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/hmm.c: hmm_vma_handle_absent_pmd

@@
@@
- if (softleaf_is_device_private(entry))
- 	return hmm_record_fault(...);
- else
  	return -EFAULT;
