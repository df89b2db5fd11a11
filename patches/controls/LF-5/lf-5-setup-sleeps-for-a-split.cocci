// SPDX-License-Identifier: GPL-2.0
// Subject: mm: setup sleeps for the lock of a folio that it has to split
//
// Others that it has collected before are locked, and who has the lock may
// wait for one of them.
//
// Breaks: LF-5
// Kills: large_folio_setup.driver_gets_what_can_be_split: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_split_folio

@@
@@
- if (folio != fault_folio && !folio_trylock(folio)) {
- 	folio_put(folio);
- 	return -EAGAIN;
- }
+ if (folio != fault_folio)
+ 	folio_lock(folio);
