// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a fault maps a page that could not be read
//
// Nobody looks whether the folio is uptodate once it is unlocked: whatever was
// in it is mapped.
//
// Breaks: SE-1
// Kills: swap_error_anon.unreadable_page_is_sigbus swap_error_anon.failed_readahead_is_not_mapped: assertion
// In: mm/memory.c: do_swap_page

@@
@@
- unlikely(!folio_test_uptodate(folio))
+ false
