// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: a poisoned page leaves nothing behind
//
// The next access gets a new page full of zeroes, and nobody knows that data is lost.
//
// Breaks: HP-1
// Kills: memory_failure_poison.poisoned_page_is_an_entry_everywhere: assertion or report
// Variants: full
// In: mm/rmap.c: try_to_unmap_one

@@
expression e;
@@
- pteval = swp_entry_to_pte(make_hwpoison_entry(e));
+ pteval = __pte(0);
