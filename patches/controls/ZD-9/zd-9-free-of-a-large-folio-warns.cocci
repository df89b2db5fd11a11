// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a large folio of device memory that is freed is warned of
//
// FS_DAX and device-dax have had such folios for long.
//
// Breaks: ZD-9
// Kills: zone_device_type.generic_page_is_idle_again: report
// In: mm/memremap.c: free_zone_device_folio

@@
@@
+ VM_WARN_ON_ONCE(folio_test_large(folio) && !folio_test_anon(folio));
  mem_cgroup_uncharge(folio);
