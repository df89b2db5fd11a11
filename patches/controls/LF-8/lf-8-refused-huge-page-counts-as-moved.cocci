// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page that is held counts as moved
//
// folio_migrate_mapping() has refused it, and nobody has asked.
//
// Breaks: LF-8
// Kills: large_folio_device.held_huge_page_is_refused_in_one_piece: assertion or report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: __migrate_device_pages

@@
@@
- if (r)
- 	src_pfns[i+j] &= ~MIGRATE_PFN_MIGRATE;
- else
+ if (!r)
  	folio_migrate_flags(newfolio, folio);
