// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mlock: look for a page in whatever there is
//
// A pte that is not present goes to vm_normal_folio().
//
// Breaks: EW-1
// Kills: walker_advice.munlock_meets_each_entry: assertion
// In: mm/mlock.c: mlock_pte_range

@@
@@
- if (!pte_present(ptent))
- 	continue;
