// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a folio that cannot be split keeps a reference
//
// It is unlocked, and skipped; the reference that was taken for the split
// stays.
//
// Breaks: LF-5
// Kills: large_folio_setup.driver_gets_what_can_be_split: assertion or report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_split_folio

@@
@@
  if (ret) {
  	if (folio != fault_folio) {
  		folio_unlock(folio);
- 		folio_put(folio);
  	}
  	return ret;
  }
