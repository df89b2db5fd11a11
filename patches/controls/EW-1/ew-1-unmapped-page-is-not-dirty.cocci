// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: leave the dirty bit to writeback
//
// It looks at the ptes that are there. Those of a file that was unmapped are not.
//
// Breaks: EW-1, ME-12
// Kills: walker_leave.folio_is_told_when_its_pte_goes: assertion
// In: mm/memory.c: zap_present_folio_ptes

@@
@@
- folio_mark_dirty(folio);
+ ;
