// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: a large folio is mapped as a whole, whatever the ptes are
//
// A fault on one of its entries maps a page that has been dropped, too.
//
// Breaks: TS-1
// Kills: large_swap_cache.rest_of_a_folio_comes_back: assertion or report
// Variants: full
// In: mm/memory.c: do_swap_page

@@
@@
- if (!pte_same(folio_pte, pte_move_swp_offset(vmf->orig_pte, -idx)) ||
-     swap_pte_batch(folio_ptep, nr, folio_pte) != nr)
-	goto check_folio;
