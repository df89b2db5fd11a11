// SPDX-License-Identifier: GPL-2.0
// Subject: mm: give a page back to the CPU without a mapping
//
// A fault ends the exclusive access of a device, and the page has a pte then, but counts as one
// that nobody maps. The reference is there already, so the mapping might be thought to be.
//
// Breaks: EW-1
// Kills: walker_exclusive.page_of_a_device_is_unmapped_as_mapped: assertion
// In: mm/memory.c: restore_exclusive_pte
// Kernels: before 6.15: the page of a device stays mapped since

@@
@@
- folio_add_anon_rmap_pte(folio, page, vma, address, RMAP_NONE);
+ ;
