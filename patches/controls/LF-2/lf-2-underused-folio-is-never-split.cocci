// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the shrinker takes every huge page for one that is in use
//
// The zeroes are not counted.
//
// Breaks: LF-2
// Kills: large_folio_shrink.underused_folio_is_split_when_memory_is_short: assertion
// In: mm/huge_memory.c: deferred_split_scan

@@
@@
- thp_underused(folio)
+ false
