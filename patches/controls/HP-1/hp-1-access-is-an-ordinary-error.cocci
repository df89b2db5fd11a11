// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a lost page is not told from a page that cannot be read
//
// The signal does not say that memory has failed.
//
// Breaks: HP-1, SF-8
// Kills: memory_failure_poison.poisoned_page_is_an_entry_everywhere: assertion
// Kills: swap_fault_entry.hwpoison_entry_is_reported: assertion
// Variants: full
// Matches: 3
// In: mm/memory.c: do_swap_page

@@
@@
- ret = VM_FAULT_HWPOISON;
+ ret = VM_FAULT_SIGBUS;
