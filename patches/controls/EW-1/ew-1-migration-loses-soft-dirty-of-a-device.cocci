// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: forget soft-dirty of what is no pte
//
// Migration takes a page from a device, and the entry for it is not soft-dirty any more. The same
// three lines stand above, for ptes.
//
// Breaks: EW-1
// Kills: walker_exclusive.page_of_a_device_is_unmapped_as_mapped: assertion
// In: mm/rmap.c: try_to_migrate_one
// Kernels: from 6.15: the page of a device counts as mapped since

@@
@@
- if (pte_swp_soft_dirty(pteval))
- 	swp_pte = pte_swp_mksoft_dirty(swp_pte);
