// SPDX-License-Identifier: GPL-2.0
// Subject: mm: tmpfs gives out a page that could not be read
//
// Nobody looks whether the folio is uptodate, and it goes to the page cache as
// it is.
//
// Breaks: SE-1
// Kills: swap_error_tmpfs.unreadable_tmpfs_page_is_lost swap_error_tmpfs.swapoff_ends_with_lost_tmpfs_page: assertion
// Kills: swap_error_tmpfs.failed_tmpfs_readahead_is_not_mapped: assertion
// In: mm/shmem.c: shmem_swapin_folio

@@
@@
- !folio_test_uptodate(folio)
+ false
