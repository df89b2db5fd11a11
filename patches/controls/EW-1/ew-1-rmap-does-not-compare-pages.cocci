// SPDX-License-Identifier: GPL-2.0
// Subject: mm/page_vma_mapped: compare in one direction
//
// Half of the look at the pfn is lost: any page with a lower one is taken for the
// folio.
//
// Breaks: EW-1
// Kills: walker_rmap.rmap_migrate_meets_each_entry: assertion or report
// Kills: walker_rmap.rmap_referenced_meets_each_entry: assertion or report
// In: mm/page_vma_mapped.c: check_pte

@@
@@
- if ((pfn + pte_nr - 1) < pvmw->pfn)
- 	return false;
