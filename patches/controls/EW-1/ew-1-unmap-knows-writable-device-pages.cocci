// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory: look for device pages that are writable
//
// A page that was read-only when it moved to the device has the other kind of entry.
//
// Breaks: EW-1
// Kills: walker_protect.munmap_meets_each_entry: assertion or report
// Kills: walker_protect.munmap_private_file_meets_each_entry: assertion or report
// In: mm/memory.c: zap_pte_range, zap_nonpresent_ptes

@@
expression E, F;
@@
(
- is_device_private_entry(E) || is_device_exclusive_entry(F)
+ is_writable_device_private_entry(E) || is_device_exclusive_entry(F)
|
- softleaf_is_device_private(E) || softleaf_is_device_exclusive(F)
+ softleaf_is_device_private_write(E) || softleaf_is_device_exclusive(F)
)
