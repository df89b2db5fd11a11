// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: take ptes of the next VMA as well
//
// It may be mlocked.
//
// Breaks: EW-2
// Kills: walker_batch.mlocked_pages_of_a_lazyfree_folio_stay: assertion
// Kernels: from 6.16: no batches before
// In: mm/rmap.c: folio_unmap_pte_batch

@@
@@
- end_addr = pmd_addr_end(addr, vma->vm_end);
+ end_addr = pmd_addr_end(addr, ULONG_MAX);
