// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a page that was written to after MADV_FREE stays a lazyfree one
//
// It cannot be swapped out, and reclaim comes back to it each time.
//
// Breaks: SF-11
// Kills: swap_error_lazyfree.lazyfree_page_goes_if_nobody_needs_it: assertion
// In: mm/rmap.c: ttu_anon_lazyfree_folio | try_to_unmap_one

@@
@@
- folio_set_swapbacked(folio);
