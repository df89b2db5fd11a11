// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not clear a page that was one of zeroes
//
// A page that is known to hold zeroes is neither read nor cleared, and the task gets
// the bytes of whoever had the page before. Whoever believes that new pages are
// cleared already would leave that out.
//
// Breaks: SF-11
// Kills: swap_fault_area.page_of_zeroes_comes_back: assertion
// In: mm/page_io.c: swap_read_folio_zeromap

@@
@@
- folio_zero_range(folio, 0, folio_size(folio));
