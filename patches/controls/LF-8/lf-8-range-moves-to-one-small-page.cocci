// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge device folio counts as moved to a small page
//
// Nothing has moved. Its source entry keeps MIGRATE.
//
// Breaks: LF-8
// Kills: large_folio_made.range_is_not_emptied_in_pieces: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: __migrate_device_pages

@@
@@
  if (!migrate) {
- 	src_pfns[i] &= ~(MIGRATE_PFN_MIGRATE | MIGRATE_PFN_COMPOUND);
  	goto next;
  }
