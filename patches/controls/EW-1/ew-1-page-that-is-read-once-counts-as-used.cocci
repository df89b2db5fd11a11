// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: each young page has been used
//
// One of a mapping that is read once, as the program has said, drives others out.
//
// Breaks: EW-1
// Kills: walker_leave.folio_is_told_when_its_pte_goes: assertion
// In: mm/memory.c: zap_present_folio_ptes

@@
@@
- vma_has_recency(vma)
+ true
