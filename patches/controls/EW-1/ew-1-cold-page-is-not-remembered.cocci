// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: cold pages are no working set
//
// They were, and when they come back that is a refault.
//
// Breaks: EW-1
// Kills: walker_leave.cold_memory_is_deactivated: assertion
// In: mm/madvise.c: madvise_cold_or_pageout_pte_range
// Matches: 2

@@
@@
- folio_set_workingset(folio);
+ ;
