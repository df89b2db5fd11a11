// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: let reclaim move cold pages
//
// It looks at the end of the inactive list first, where they are not.
//
// Breaks: EW-1
// Kills: walker_leave.cold_memory_is_deactivated: assertion
// In: mm/madvise.c: madvise_cold_or_pageout_pte_range
// Matches: 2

@@
@@
- folio_deactivate(folio);
+ ;
