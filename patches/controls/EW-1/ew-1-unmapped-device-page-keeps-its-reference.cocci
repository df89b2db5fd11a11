// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: leave the last reference to the driver
//
// The driver has handed the page out, so it might seem that it takes it back: the
// reference of the entry is not dropped.
//
// Breaks: EW-1
// Kills: walker_protect.munmap_meets_each_entry: assertion
// Kills: walker_protect.munmap_private_file_meets_each_entry: assertion
// Kills: walker_advice.madv_dontneed_meets_each_entry: assertion
// In: mm/memory.c: zap_pte_range, zap_nonpresent_ptes

@@
@@
- folio_put(folio);
