// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: read the page of any pte in one way
//
// A page that a device has for itself has an entry that is not present, where the
// number of the page is somewhere else.
//
// Breaks: EW-1
// Kills: walker_rmap.rmap_reclaim_meets_each_entry: report
// In: mm/rmap.c: try_to_unmap_one

@@
expression E;
@@
(
- pfn = softleaf_to_pfn(E);
+ pfn = pte_pfn(pteval);
|
- pfn = swp_offset_pfn(E);
+ pfn = pte_pfn(pteval);
)
