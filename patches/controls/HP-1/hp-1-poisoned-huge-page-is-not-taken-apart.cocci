// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory-failure: a huge page that has failed stays one
//
// It goes back to where it came from with the page that has failed.
//
// Breaks: HP-1
// Kills: hugetlb_poison.poisoned_huge_page_is_an_entry: assertion
// Variants: full
// In: mm/memory-failure.c: me_huge_page

@@
expression E;
@@
- __page_handle_poison(E) > 0
+ false
