// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the rmap walk goes on behind the end of the VMA
//
// What is there has other permissions, and gets those of this VMA.
//
// Breaks: LF-2, EW-2
// Kills: large_folio_across.folio_in_two_vmas_is_mapped_as_before: assertion
// Kills: walker_batch.mlocked_pages_of_a_lazyfree_folio_stay: assertion or report
// In: mm/page_vma_mapped.c: page_vma_mapped_walk

@@
@@
- end = vma_address_end(pvmw);
+ end = pvmw->address + pvmw->nr_pages * PAGE_SIZE;
