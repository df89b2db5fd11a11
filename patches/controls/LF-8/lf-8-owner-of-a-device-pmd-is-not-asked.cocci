// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page on another driver's device is offered
//
// Whoever asks for private memory gets it.
//
// Breaks: LF-8
// Kills: large_folio_collect.huge_page_is_selected_by_type_and_owner: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_collect_huge_pmd

@@
@@
- if (folio->pgmap->owner != migrate->pgmap_owner)
+ if (!folio->pgmap->owner)
  { ... }
