// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: the shrinker splits underused folios only
//
// A folio of which nobody maps a part is split only if its pages are full of zeroes as well. Who
// adds the second reason to split a folio would do this.
//
// Breaks: LF-2
// Kills: large_folio_shrink.queued_folio_is_split_when_memory_is_short: assertion
// In: mm/huge_memory.c: deferred_split_scan

@@
@@
(
- if (!folio_test_partially_mapped(folio)) {
+ if (1) {
    underused = thp_underused(folio);
    if (!underused)
      goto next;
  }
|
- if (!folio_test_partially_mapped(folio)) {
+ if (1) {
    if (folio_test_mlocked(folio))
      goto next;
    underused = thp_underused(folio);
    if (!underused)
      goto next;
  }
)
