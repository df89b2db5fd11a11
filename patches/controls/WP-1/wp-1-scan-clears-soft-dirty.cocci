// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: an entry that PAGEMAP_SCAN protects is not soft-dirty any more
//
// The bit is lost when a readable entry is made of the writable one.
//
// Breaks: WP-1
// Kills: soft_bits_scan.scan_protects_what_was_written: assertion
// In: fs/proc/task_mmu.c: make_uffd_wp_swp_pte

@@
@@
- pte = pte_swp_mksoft_dirty(pte);
+ ;
