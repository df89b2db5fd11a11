// SPDX-License-Identifier: GPL-2.0
// Subject: mm: memunmap_pages() does not wait for those who have found the pgmap
//
// The driver may free it while somebody is about to take a reference.
//
// Breaks: ZD-7
// Kills: zone_device_unmap.grace_period_ends_before_pgmap_goes: assertion
// In: mm/memremap.c: pgmap_array_delete

@@
@@
- synchronize_rcu();
