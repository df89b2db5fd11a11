// SPDX-License-Identifier: GPL-2.0
// Subject: mm/madvise: take a huge page as a whole, whatever part is meant
//
// The range begins in the huge page, so its folio is taken. That it may end there, too, is
// forgotten, and MADV_PAGEOUT writes to swap what nobody has named.
//
// Breaks: EW-1
// Kills: huge_page_use.advice_is_about_the_pages_that_it_names: assertion
// In: mm/madvise.c: madvise_cold_or_pageout_pte_range

@@
@@
- next - addr != HPAGE_PMD_SIZE
+ false
