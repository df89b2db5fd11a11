// SPDX-License-Identifier: GPL-2.0
// Subject: mm: tmpfs takes a read error for a want of memory
//
// No error entry is made, whoever asks is told -ENOMEM, and swapoff gives up.
//
// Breaks: SE-1
// Kills: swap_error_tmpfs.unreadable_tmpfs_page_is_lost swap_error_tmpfs.swapoff_ends_with_lost_tmpfs_page: assertion
// In: mm/shmem.c: shmem_swapin_folio

@@
@@
  if (!folio_test_uptodate(folio)) {
- 	error = -EIO;
+ 	error = -ENOMEM;
  	goto failed;
  }
