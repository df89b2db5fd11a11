// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swapoff maps a page that could not be read
//
// A fault gets SIGBUS for such a page; swapoff maps whatever is in it.
//
// Breaks: SE-1
// Kills: swap_error_anon.swapoff_marks_unreadable_pages: assertion
// In: mm/swapfile.c: unuse_pte

@@
@@
- hwpoisoned || !folio_test_uptodate(folio)
+ hwpoisoned
