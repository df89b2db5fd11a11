// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: a pmd that PAGEMAP_SCAN protects is not soft-dirty any more
//
// As wp-1-scan-clears-soft-dirty, for the entry of a huge page.
//
// Breaks: WP-1
// Kills: soft_bits_scan.scan_protects_what_was_written: assertion
// In: fs/proc/task_mmu.c: make_uffd_wp_swp_pmd

@@
@@
- pmd = pmd_swp_mksoft_dirty(pmd);
+ ;
