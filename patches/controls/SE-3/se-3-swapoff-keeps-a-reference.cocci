// SPDX-License-Identifier: GPL-2.0
// Subject: mm/swapfile: keep a reference on what was in the cache
//
// swapoff looks up each folio that is left in the swap cache, and gives none back.
//
// Breaks: SE-3
// Kills: swap_error_off.swapoff_empties_the_swap_cache: assertion
// In: mm/swapfile.c: try_to_unuse

@@
@@
  folio_free_swap(folio);
  folio_unlock(folio);
- folio_put(folio);
