// SPDX-License-Identifier: GPL-2.0
// Subject: mm: what is behind a huge page that was skipped is not offered
//
// The walk fills one entry for all of it.
//
// Breaks: LF-8
// Kills: large_folio_collect.each_part_of_a_range_is_offered_alone: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_collect_skip

@@
@@
- addr += PAGE_SIZE
+ addr += migrate->flags & MIGRATE_VMA_SELECT_COMPOUND ? 2 * PAGE_SIZE : PAGE_SIZE
