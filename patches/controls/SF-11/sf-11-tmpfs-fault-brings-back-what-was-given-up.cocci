// SPDX-License-Identifier: GPL-2.0
// Subject: mm: swap-in of tmpfs does not see that the page has been given up
//
// While the folio was being locked, a hole has been punched into the file.
// Neither the one nor the other of the two checks is there.
//
// Breaks: SF-11
// Kills: swap_fault_tmpfs.page_that_was_given_up_is_not_brought_back: assertion or report
// In: mm/shmem.c: shmem_swapin_folio, shmem_add_to_page_cache
// Matches: 3

@@
@@
(
- shmem_confirm_swap(mapping, index, swap) < 0
+ false
|
- expected && iter.val - nr != swap.val
+ false
)
