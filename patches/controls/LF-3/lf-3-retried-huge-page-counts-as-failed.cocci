// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a huge page whose split is tried again counts as failed, too
//
// For a long-term pin the split of a large folio is tried more than once.
// Each try counts it as failed, and only the last one is right.
//
// Breaks: LF-3
// Kills: large_folio_list.split_is_tried_again_for_a_longterm_pin: assertion
// In: mm/migrate.c: migrate_pages_batch

@@
@@
- nr_failed--;
- stats->nr_thp_failed -= is_thp;
