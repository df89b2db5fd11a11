// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page that could not be split counts as moved
//
// Its source entry keeps MIGRATE: finalize maps the driver's page for it.
//
// Breaks: LF-8
// Kills: large_folio_device.held_unsplittable_huge_page_stays: assertion or report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: __migrate_device_pages

@@
@@
  if (migrate_vma_split_unmapped_folio(...)) {
- 	src_pfns[i] &= ~(MIGRATE_PFN_MIGRATE | MIGRATE_PFN_COMPOUND);
  	goto next;
  }
