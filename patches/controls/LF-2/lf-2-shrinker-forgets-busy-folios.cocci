// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: the shrinker forgets what it could not split
//
// A folio that somebody else has locked, or has a reference on, leaves the queue for good. Who
// moves the folios to a list of his own, and frees that, would do this.
//
// Breaks: LF-2
// Kills: large_folio_shrink.locked_folio_is_split_the_next_time: assertion
// Kills: large_folio_shrink.held_folio_is_split_the_next_time: assertion
// In: mm/huge_memory.c: deferred_split_scan

@@
@@
(
- list_lru_add_irq(...);
|
- swap(folio, prev);
+ list_del_init(&folio->_deferred_list);
+ removed++;
|
- list_empty(&folio->_deferred_list)
+ false
)
