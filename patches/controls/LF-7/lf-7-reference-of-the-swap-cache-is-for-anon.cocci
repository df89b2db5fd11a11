// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the reference of the swap cache counts for anonymous folios only
//
// A folio of tmpfs that has been written to swap looks pinned, and stays.
//
// Breaks: LF-7
// Kills: large_folio_swapped.folio_in_the_swap_cache_moves: assertion
// In: mm/migrate.c: __migrate_folio

@@
@@
- if (folio_ref_count(src) != expected_count)
+ if (folio_ref_count(src) != expected_count ||
+     (folio_test_swapcache(src) && !folio_test_anon(src)))
  	return -EAGAIN;
