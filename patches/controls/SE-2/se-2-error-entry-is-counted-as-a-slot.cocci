// SPDX-License-Identifier: GPL-2.0
// Subject: mm: the error entry of tmpfs is counted as a slot
//
// It was uncounted when it was made. This is what kernels have without the fix
// of the series.
//
// Breaks: SE-2
// Kills: swap_error_tmpfs.truncated_error_entry_was_no_slot: assertion
// In: mm/shmem.c: shmem_undo_range
// Matches: 2

@@
@@
- shmem_entry_has_slot(folio)
+ true
