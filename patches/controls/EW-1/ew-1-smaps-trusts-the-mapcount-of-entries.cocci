// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: look at the mapcount of what is not mapped
//
// A page under migration has none, and may be split meanwhile.
//
// Breaks: EW-1
// Kills: walker_look.smaps_meets_each_entry: assertion
// In: fs/proc/task_mmu.c: smaps_account

@@
@@
- if (folio_ref_count(folio) == 1 || !present) {
+ if (folio_ref_count(folio) == 1) {
    ...
  }
