// SPDX-License-Identifier: GPL-2.0
// Subject: mm/page_vma_mapped: do not compare pages
//
// The look at the pfn is lost: any page at the address is taken for the folio. Which
// of the two comparisons sees it depends on where the pages are, so both are gone.
// A page that is taken for one that it is not loses a mapping, of which the kernel may
// warn before the case can look.
//
// Breaks: EW-1
// Kills: walker_rmap.rmap_migrate_meets_each_entry: assertion or report
// Kills: walker_rmap.rmap_referenced_meets_each_entry: assertion
// In: mm/page_vma_mapped.c: check_pte

@@
@@
- if ((pfn + pte_nr - 1) < pvmw->pfn)
- 	return false;
- if (pfn > (pvmw->pfn + pvmw->nr_pages - 1))
- 	return false;
