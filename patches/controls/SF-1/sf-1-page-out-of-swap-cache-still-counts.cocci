// SPDX-License-Identifier: GPL-2.0
// Subject: mm: count folios that have left the swap cache as cached
//
// A folio that leaves the swap cache is not taken out of NR_FILE_PAGES, and "Cached"
// of /proc/meminfo grows with every swap-in. Whoever sees NR_SWAPCACHE changed in the
// next line may think that this is all.
//
// Breaks: SF-1
// Kills: swap_fault_area.full_area_frees_slot: assertion
// In: mm/swap_state.c: __swap_cache_del_folio | __delete_from_swap_cache

@@
@@
(
- __node_stat_mod_folio(folio, NR_FILE_PAGES, -nr);
|
- node_stat_mod_folio(folio, NR_FILE_PAGES, -nr_pages);
)
