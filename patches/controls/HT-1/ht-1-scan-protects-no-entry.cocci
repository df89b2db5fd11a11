// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: PAGEMAP_SCAN spares a page of hugetlb that is being moved
//
// It is told that the page will be reported once it has been written to. Yet the page
// is writable after the migration.
//
// Breaks: HT-1, WP-2
// Kills: hugetlb_entry.scan_protects_the_entry: assertion
// Variants: full
// In: fs/proc/task_mmu.c: make_uffd_wp_huge_pte

@@
expression E;
@@
- make_uffd_wp_swp_pte(E)
+ E
