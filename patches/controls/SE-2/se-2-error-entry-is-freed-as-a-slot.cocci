// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the error entry of tmpfs is freed as a slot
//
// Truncation gives whatever it finds to the swap code, which looks for a swap
// area that does not exist.
//
// Breaks: SE-2
// Kills: swap_error_tmpfs.truncated_error_entry_was_no_slot: assertion
// In: mm/shmem.c: shmem_free_swap
// Kernels: from 7.0: the swap code looked what it was given before

@@
@@
- nr_pages && softleaf_is_swap(swp)
+ nr_pages
