// SPDX-License-Identifier: GPL-2.0
// Subject: mm: map pages of the swap area without reading them
//
// The page that is read past the swap cache is marked uptodate and mapped without
// having been read. Whoever takes the read for a part of the readahead that this path
// does without would drop it.
//
// Breaks: SF-11, SF-1
// Kills: swap_fault_served.swap_entry_is_served_under_vma_lock: assertion
// Kills: swap_fault_area.many_pages_come_back_from_swap: assertion
// Kills: swap_fault_slot.page_is_read_from_its_own_area: assertion
// In: mm/swap_state.c: swapin_sync
// In: mm/memory.c: do_swap_page

@@
@@
- swap_read_folio(folio, NULL);
+ folio_mark_uptodate(folio);
+ folio_unlock(folio);

@@
@@
- swap_read_folio(&ctx, folio);
- swap_read_submit(&ctx);
+ folio_mark_uptodate(folio);
+ folio_unlock(folio);
