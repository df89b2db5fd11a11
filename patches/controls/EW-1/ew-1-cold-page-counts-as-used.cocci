// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: make the ptes old only
//
// The flag of the folio says that it was used, and it gets another round.
//
// Breaks: EW-1
// Kills: walker_leave.cold_memory_is_deactivated: assertion
// In: mm/madvise.c: madvise_cold_or_pageout_pte_range
// Matches: 2

@@
@@
- folio_clear_referenced(folio);
