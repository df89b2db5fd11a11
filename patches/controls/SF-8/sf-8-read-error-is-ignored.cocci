// SPDX-License-Identifier: GPL-2.0
// Subject: mm: map a page that could not be read from swap
//
// A folio that is not uptodate after swap-in is mapped all the same, and the task sees
// whatever is in it. Whoever thinks that the read was waited for, and so has
// succeeded, would leave the check out.
//
// Breaks: SF-8
// Kills: swap_fault_area.page_not_uptodate_is_sigbus: assertion
// In: mm/memory.c: do_swap_page

@@
@@
- if (unlikely(!folio_test_uptodate(folio))) {
- 	ret = VM_FAULT_SIGBUS;
- 	goto out_nomap;
- }
