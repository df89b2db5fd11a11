// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: do no more than to split a huge page
//
// A huge page is split for advice that is about a part of it. The walk seems to be done with
// that, and the pages stay in memory.
//
// Breaks: EW-1
// Kills: huge_page_use.advice_is_about_the_pages_that_it_names: assertion
// In: mm/madvise.c: madvise_cold_or_pageout_pte_range

@@
@@
  if (!err)
- 	goto regular_folio;
+ 	return 0;
