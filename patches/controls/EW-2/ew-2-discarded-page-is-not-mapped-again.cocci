// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: map the first page of a batch again
//
// What is in use after all has to be mapped again: all of it.
//
// Breaks: EW-2
// Kills: walker_batch.lazyfree_folio_in_use_stays_as_it_is: assertion or report
// In: mm/rmap.c: try_to_unmap_one

@@
expression list ES;
@@
(
- set_ptes(mm, address, pvmw.pte, pteval, nr_pages);
+ set_ptes(mm, address, pvmw.pte, pteval, 1);
  folio_set_swapbacked(folio);
|
  if (!ttu_anon_folio(ES)) {
- 	set_ptes(mm, address, pvmw.pte, pteval, nr_pages);
+ 	set_ptes(mm, address, pvmw.pte, pteval, 1);
  	...
  }
|
- set_pte_at(mm, address, pvmw.pte, pteval);
  if (!(vma->vm_flags & VM_DROPPABLE))
  	folio_set_swapbacked(folio);
)
