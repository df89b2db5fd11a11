// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() does not ask whose a huge device page is
//
// Another driver gets pfns that mean nothing to it.
//
// Breaks: LF-9
// Kills: large_folio_use.snapshot_knows_an_unmapped_huge_page: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/hmm.c: hmm_vma_handle_absent_pmd

@@
expression E;
@@
- if (softleaf_is_device_private(entry) && E)
+ if (softleaf_is_device_private(entry))
  { ... }
