// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: PAGEMAP_SCAN does not protect a huge page of a device
//
// Each scan tells that the page has been written to.
//
// Breaks: WP-1, WP-2
// Kills: large_folio_bits.scan_protects_a_huge_device_page: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: fs/proc/task_mmu.c: make_uffd_wp_pmd

@@
expression E;
@@
- pmd_is_valid_softleaf(E)
+ pmd_is_migration_entry(E)
