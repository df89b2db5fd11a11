// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mprotect: make clean pages writable though writes are followed
//
// No fault tells of the write, and the page is not soft-dirty.
//
// Breaks: WP-2
// Kills: soft_bits_scan.mprotect_lets_no_write_pass_unseen: assertion
// In: mm/mprotect.c: maybe_change_pte_writable | can_change_pte_writable

@@
@@
- if (pte_needs_soft_dirty_wp(vma, pte))
-   return false;
