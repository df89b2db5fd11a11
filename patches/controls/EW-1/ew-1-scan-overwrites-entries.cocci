// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: PAGEMAP_SCAN puts a marker in the place of an entry
//
// What was swapped out is lost.
//
// Breaks: EW-1, WP-1
// Kills: soft_bits_scan.scan_protects_what_was_written: assertion
// Kernels: before 6.19: there is no is_swap_pte() any more
// In: fs/proc/task_mmu.c: make_uffd_wp_pte

@@
@@
- is_swap_pte(ptent)
+ false
