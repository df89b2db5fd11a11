// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: pieces of a folio forget their slots
//
// Each piece is in the swap cache, and does not know where: 71e2d666ef85
// ("mm/huge_memory: do not clobber swp_entry_t during THP split").
//
// Breaks: TS-1
// Kills: large_swap_cache.pieces_keep_their_slots: assertion or report or hang
// Variants: full
// In: mm/huge_memory.c: __split_huge_page_tail | __split_folio_to_order

@@
expression e;
@@
- new_folio->swap.val = folio->swap.val + e;
+ new_folio->swap.val = 0;
