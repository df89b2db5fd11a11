// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: sleep for the lock of a huge page
//
// Whoever holds it cannot split it meanwhile.
//
// Breaks: EW-1
// Kills: walker_batch.advice_does_not_wait_for_a_huge_page: assertion
// In: mm/madvise.c: madvise_cold_or_pageout_pte_range

@@
@@
- if (!folio_trylock(folio))
-   goto huge_unlock;
  folio_get(folio);
  spin_unlock(ptl);
+ folio_lock(folio);
