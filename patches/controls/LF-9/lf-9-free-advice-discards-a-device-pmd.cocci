// SPDX-License-Identifier: GPL-2.0
// Subject: mm: MADV_FREE and its kin do not spare a huge device page
//
// What stands in the pmd is taken for nothing of value.
//
// Breaks: LF-9
// Kills: large_folio_look.advice_leaves_huge_device_page_alone: assertion or report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/huge_memory.c: madvise_free_huge_pmd

@@
@@
  if (unlikely(!pmd_present(orig_pmd))) {
+ 	if (pmd_is_device_private_entry(orig_pmd))
+ 		pmd_clear(pmd);
  	...
  }
