// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page of coherent memory is taken for system memory
//
// The pmd is looked at, and not the folio.
//
// Breaks: LF-8 MV-10
// Kills: large_folio_coherent.huge_coherent_page_is_selected_as_such: report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_collect_huge_pmd

@@
@@
- if (folio_is_zone_device(folio))
+ if (0)
  	select = ...;
