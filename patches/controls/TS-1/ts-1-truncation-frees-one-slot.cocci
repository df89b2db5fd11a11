// SPDX-License-Identifier: GPL-2.0
// Subject: mm/shmem: truncation of a large entry frees one slot
//
// The other slots are in use for ever. Whoever counts pages and not entries gets it
// right: 8a1968bd997f ("mm/shmem, swap: fix race of truncate and swap entry split") is
// about the same number.
//
// Breaks: TS-1
// Kills: large_swap_tmpfs.removed_file_leaves_no_slot: assertion or hang
// Variants: full
// In: mm/shmem.c: shmem_free_swap

@@
expression e;
@@
(
- free_swap_and_cache_nr(e, nr_pages);
+ free_swap_and_cache_nr(e, 1);
|
- swap_put_entries_direct(e, nr_pages);
+ swap_put_entries_direct(e, 1);
)
