// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a lost page of the swap cache is mapped again
//
// The entry is one of swap, so that only the page knows.
//
// Breaks: HP-1
// Kills: memory_failure_poison.page_in_the_swap_cache_is_lost: assertion
// Variants: full
// In: mm/memory.c: do_swap_page

@@
@@
- PageHWPoison(page)
+ !page
