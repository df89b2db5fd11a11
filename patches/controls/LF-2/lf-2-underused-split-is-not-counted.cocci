// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the split of an underused huge page is not counted
//
// Nobody can tell what the shrinker is good for.
//
// Breaks: LF-2
// Kills: large_folio_shrink.underused_folio_is_split_when_memory_is_short: assertion
// In: mm/huge_memory.c: deferred_split_scan

@@
@@
- if (underused) count_vm_event(THP_UNDERUSED_SPLIT_PAGE);
