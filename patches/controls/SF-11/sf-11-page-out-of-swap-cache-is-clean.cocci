// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave a folio clean that has lost its swap slot
//
// A folio that leaves the swap cache is not marked dirty, although its bytes are
// nowhere else. Whoever thinks that only a write makes a page dirty would drop the
// line.
//
// Breaks: SF-11, SF-1
// Kills: swap_fault_area.swapoff_brings_page_back: assertion
// In: mm/swapfile.c: folio_free_swap

@@
@@
- folio_set_dirty(folio);
