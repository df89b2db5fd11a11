// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leave free device pages charged
//
// free_zone_device_folio() no longer uncharges the folio, so that the memory cgroup
// pays for a page that nobody has. Somebody who thinks that device memory is not
// accounted would do this.
//
// Breaks: ZD-3
// Kills: zone_device_life.last_put_frees_once: assertion
// In: mm/memremap.c: free_zone_device_folio

@@
@@
- mem_cgroup_uncharge(folio);
