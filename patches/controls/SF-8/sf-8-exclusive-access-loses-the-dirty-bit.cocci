// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not look at the dirty bit for exclusive access
//
// The pte that a device-exclusive entry replaces was dirty, and nobody notes it on the
// page. The page will be made dirty when it comes back, one might think; but that is
// only so where it may be written to.
//
// Breaks: SF-8
// Kills: swap_fault_exclusive.device_exclusive_entry_is_restored: assertion
// In: mm/rmap.c: make_device_exclusive | page_make_device_exclusive_one

@@
@@
(
- if (pte_dirty(fw.pte))
- 	folio_mark_dirty(folio);
|
- if (pte_dirty(pteval))
- 	folio_mark_dirty(folio);
)
