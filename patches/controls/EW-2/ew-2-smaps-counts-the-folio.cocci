// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: account the folio that is mapped
//
// Each pte of a large folio counts for all of it.
//
// Breaks: EW-2
// Kills: walker_look.smaps_tells_pages_apart: assertion
// Kills: walker_look.smaps_rollup_tells_pages_apart: assertion
// In: fs/proc/task_mmu.c: smaps_pte_entry

@@
@@
- smaps_account(mss, page, false, young, dirty, locked, present);
+ smaps_account(mss, page, folio_test_large(page_folio(page)), young, dirty, locked, present);
