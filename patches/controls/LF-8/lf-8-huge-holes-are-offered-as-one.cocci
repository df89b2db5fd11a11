// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a hole larger than a huge page is offered as one
//
// Of all that could be filled, the driver is offered the first huge page.
//
// Breaks: LF-8
// Kills: large_folio_collect.each_part_of_a_range_is_offered_alone: assertion
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_vma_collect_hole

@@
@@
- addr += HPAGE_PMD_SIZE
+ addr = end
