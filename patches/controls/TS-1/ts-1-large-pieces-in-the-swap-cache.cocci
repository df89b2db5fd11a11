// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: a folio in the swap cache is split to large pieces
//
// The swap cache has no room for such: f1d47cafe513 ("mm/huge_memory: fix folio split
// check for anon folios in swapcache").
//
// Breaks: TS-1
// Kills: large_swap_cache.pieces_of_more_than_a_page_are_refused: assertion or report or hang
// Variants: full
// In: mm/huge_memory.c: split_huge_page_to_list_to_order | folio_check_splittable

@@
@@
(
- folio_test_swapcache(folio) && new_order
+ !folio && new_order
|
- (split_type == SPLIT_TYPE_NON_UNIFORM || new_order) && folio_test_swapcache(folio)
+ (split_type == SPLIT_TYPE_NON_UNIFORM || new_order) && !folio
)
