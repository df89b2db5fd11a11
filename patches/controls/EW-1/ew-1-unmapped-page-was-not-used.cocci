// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: do not move pages of the LRU when they are unmapped
//
// What a program has used until its end is the first to be reclaimed.
//
// Breaks: EW-1
// Kills: walker_leave.folio_is_told_when_its_pte_goes: assertion
// In: mm/memory.c: zap_present_folio_ptes

@@
@@
- folio_mark_accessed(folio);
+ ;
