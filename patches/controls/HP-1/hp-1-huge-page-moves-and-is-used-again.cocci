// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory-failure: a huge page that is soft offlined can be had again
//
// Its data have moved, but the page is not marked, nor kept from the page allocator.
//
// Breaks: HP-1
// Kills: hugetlb_poison.huge_page_moves_away: assertion
// Variants: full
// In: mm/memory-failure.c: soft_offline_in_use_page

@@
expression E;
@@
- !page_handle_poison(E, huge, release)
+ false
