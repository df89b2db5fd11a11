// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: look for one young page
//
// A folio is referenced as soon as one of its pages is; the others need not be looked
// at, it seems. They stay young. Where ptes are looked at in batches, it is the first
// page of a batch that is.
//
// Breaks: EW-2
// Kills: walker_batch.one_young_page_makes_a_folio_referenced: assertion
// In: mm/rmap.c: folio_referenced_one

@@
@@
(
- ptep_clear_flush_young_notify(vma, address, pvmw.pte)
+ !referenced && ptep_clear_flush_young_notify(vma, address, pvmw.pte)
|
- clear_flush_young_ptes_notify(vma, address, pvmw.pte, nr)
+ clear_flush_young_ptes_notify(vma, address, pvmw.pte, 1)
)
