// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a device folio of a range that is locked keeps a reference
//
// The driver waits for ever for it to be free.
//
// Breaks: LF-5
// Kills: large_folio_made.busy_huge_folio_of_a_range_stays: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_device_pfn_lock

@@
@@
  if (!folio_trylock(folio)) {
- 	folio_put(folio);
  	return 0;
  }
