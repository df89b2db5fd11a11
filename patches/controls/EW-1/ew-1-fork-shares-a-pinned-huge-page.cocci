// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fork() gives a pinned huge page to both
//
// Two processes have the page from now on, so it is marked as shared at once. But only a page
// that is exclusive is asked whether it is pinned. The parent gets a copy when it writes, and
// the device goes on with the old page.
//
// Breaks: EW-1
// Kills: huge_page_use.pinned_huge_page_stays_with_the_parent: assertion
// In: mm/huge_memory.c: copy_huge_pmd

@@
@@
+ ClearPageAnonExclusive(src_page);
  folio_get(src_folio);
