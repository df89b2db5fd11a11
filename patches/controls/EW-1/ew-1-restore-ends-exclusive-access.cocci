// SPDX-License-Identifier: GPL-2.0
// Subject: mm/page_vma_mapped: take device-exclusive entries for migration
//
// Both kinds of entries stand for a page that the CPU may not touch for now. What
// the driver has is replaced behind its back.
//
// Kernels that ask an entry for its kind (6.19) warn before the case can compare.
//
// Breaks: EW-1
// Kills: walker_rmap.rmap_restore_meets_each_entry: assertion or report
// In: mm/page_vma_mapped.c: check_pte

@@
expression E;
@@
(
- if (!is_migration_entry(E))
+ if (!is_migration_entry(E) && !is_device_exclusive_entry(E))
  	return false;
|
- if (!softleaf_is_migration(E))
+ if (!softleaf_is_migration(E) && !softleaf_is_device_exclusive(E))
  	return false;
)
