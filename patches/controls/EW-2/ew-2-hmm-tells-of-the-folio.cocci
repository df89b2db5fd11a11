// SPDX-License-Identifier: GPL-2.0
// Subject: mm/hmm: tell of the folio that is mapped
//
// A device is given the first page of a large folio in the place of each other.
//
// Breaks: EW-2
// Kills: walker_look.hmm_snapshot_tells_pages_apart: assertion
// Kills: walker_access.hmm_read_tells_pages_apart: assertion
// Kills: walker_access.hmm_write_tells_pages_apart: assertion
// In: mm/hmm.c: hmm_vma_handle_pte

@@
@@
- pte_pfn(pte) | cpu_flags
+ folio_pfn(page_folio(pte_page(pte))) | cpu_flags
