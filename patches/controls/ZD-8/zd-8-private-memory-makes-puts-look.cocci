// SPDX-License-Identifier: GPL-2.0
// Subject: mm: look for FS_DAX pages as long as there is any device memory
//
// Any pgmap turns the slow path of put_page() on, FS_DAX or not. Somebody who reads
// the key's name, devmap_managed, rather than its use would do this.
//
// Breaks: ZD-8
// Kills: zone_device_type.only_fsdax_enables_managed_key: assertion
// In: mm/memremap.c: devmap_managed_enable_put, devmap_managed_enable_get
// Matches: 2
// Kernels: before 6.15: there is nothing to look for since

@@
@@
- if (pgmap->type == MEMORY_DEVICE_FS_DAX)
(
  static_branch_dec(&devmap_managed_key);
|
  static_branch_inc(&devmap_managed_key);
)
