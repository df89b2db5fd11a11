// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a range that ends inside of a folio writes behind its array
//
// One entry is cleared for each page of a huge folio, also for those behind
// the end of the range.
//
// Breaks: LF-5
// Kills: large_folio_made.driver_empties_a_range_with_a_huge_folio: assertion or report
// Kernels: from 6.19: no huge pages on a device before
// In: mm/migrate_device.c: migrate_device_range
// In: mm/migrate_device.c: migrate_device_pfns
// Matches: 2

@@
@@
- nr > npages - i
+ false
