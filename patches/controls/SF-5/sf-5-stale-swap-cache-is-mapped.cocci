// SPDX-License-Identifier: GPL-2.0
// Subject: mm: map a folio that has left the swap cache
//
// After the wait for the folio lock do_swap_page() does not check that the folio is
// still in the swap cache. Whoever relies on the reference and on pte_same() alone
// would leave the check out.
//
// In later kernels CONFIG_DEBUG_VM notices first: it ends when a folio is mapped with the
// slot of another one.
//
// Breaks: SF-5
// Kills: swap_fault_change.lost_swap_cache_is_noticed: assertion or report
// In: mm/memory.c: do_swap_page

@@
@@
(
- unlikely(!folio_test_swapcache(folio) ||
- 	     page_swap_entry(page).val != entry.val)
+ unlikely(folio_test_swapcache(folio) &&
+ 	 page_swap_entry(page).val != entry.val)
|
- unlikely(!folio_matches_swap_entry(folio, entry))
+ unlikely(folio_test_swapcache(folio) &&
+ 	 !folio_matches_swap_entry(folio, entry))
)
