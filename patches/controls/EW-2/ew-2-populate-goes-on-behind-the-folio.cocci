// SPDX-License-Identifier: GPL-2.0
// Subject: mm/gup: go on behind a large folio
//
// One page of it is there, so all of it seems to be. But other pages of it may be
// read-only, or may not be mapped.
//
// Breaks: EW-2
// Kills: walker_advice.madv_populate_read_tells_pages_apart: assertion
// Kills: walker_advice.madv_populate_write_tells_pages_apart: assertion
// Kills: walker_advice.mlock_tells_pages_apart: assertion
// In: mm/gup.c: __get_user_pages

@@
expression E;
@@
- page_increm = 1 + (~(start >> PAGE_SHIFT) & E);
+ page_increm = 1 + (~(start >> PAGE_SHIFT) & (E | (folio_nr_pages(page_folio(page)) - 1)));
