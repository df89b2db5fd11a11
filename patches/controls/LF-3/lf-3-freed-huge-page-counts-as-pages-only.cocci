// SPDX-License-Identifier: GPL-2.0
// Subject: mm/migrate: count huge pages where they move
//
// One that was freed does not move, but its pages count.
//
// Breaks: LF-3
// Kills: large_folio_count.freed_huge_page_counts_as_moved: assertion
// In: mm/migrate.c: migrate_pages_batch
// Kernels: from 6.14: the loop that moves is in the same function before

@@
@@
- stats->nr_thp_succeeded += is_thp;
+ stats->nr_thp_succeeded += !is_thp;
