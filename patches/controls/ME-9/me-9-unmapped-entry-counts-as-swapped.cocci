// SPDX-License-Identifier: GPL-2.0
// Subject: mm: munmap() takes a migration entry for a swapped page
//
// The entry is taken off MM_SWAPENTS, which has not counted it. Who brings the kinds of entries
// of zap_pte_range() together would do this.
//
// Breaks: ME-9, ME-10
// Kills: migration_entry_munmap.munmap_frees_no_swap_slot: assertion
// In: mm/memory.c: zap_nonpresent_ptes | zap_pte_range

@@
statement S;
@@
  if (!should_zap_folio(details, folio)) S
- rss[mm_counter(folio)]--;
+ rss[MM_SWAPENTS]--;
