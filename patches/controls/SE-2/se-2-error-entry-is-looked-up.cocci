// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the error entry of tmpfs is looked up as a swap entry
//
// There is no area of that type, so that the second who asks is told -EINVAL.
//
// Breaks: SE-2
// Kills: swap_error_tmpfs.unreadable_tmpfs_page_is_lost: assertion
// Kills: swap_error_tmpfs.error_entry_is_no_slot: assertion
// In: mm/shmem.c: shmem_swapin_folio

@@
statement S;
expression E;
@@
(
- if (is_poisoned_swp_entry(E))
- 	S
|
- if (softleaf_is_poison_marker(E))
- 	S
)
