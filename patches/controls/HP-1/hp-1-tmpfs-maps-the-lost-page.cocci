// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fault maps a page that is lost
//
// The file still has the page, for others to see that it is lost; so it is mapped
// again.
//
// Breaks: HP-1
// Kills: memory_failure_poison.file_does_not_give_the_page_again: assertion
// Variants: full
// In: mm/memory.c: __do_fault

@@
@@
- PageHWPoison(vmf->page)
+ !vmf->page
