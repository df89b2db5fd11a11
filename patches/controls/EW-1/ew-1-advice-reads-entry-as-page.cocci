// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: look for a page in whatever is not none
//
// A pte that is neither none nor present goes to vm_normal_folio().
//
// Breaks: EW-1
// Kills: walker_advice.madv_cold_meets_each_entry: assertion
// Kills: walker_advice.madv_pageout_meets_each_entry: assertion
// In: mm/madvise.c: madvise_cold_or_pageout_pte_range

@@
@@
- if (!pte_present(ptent))
- 	continue;
