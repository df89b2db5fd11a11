// SPDX-License-Identifier: GPL-2.0
// Subject: mm: forget FS_DAX pages in batches
//
// folios_put_refs() treats all device pages alike, and a page that becomes idle by it
// wakes nobody. Whoever converts it to folios and thinks of the private pages would do
// this.
//
// Breaks: ZD-8
// Kills: zone_device_type.put_to_idle_wakes_waiter: assertion
// In: mm/swap.c: folios_put_refs
// Kernels: before 6.15: a put of an FS_DAX page is an ordinary one since

@@
@@
- if (put_devmap_managed_folio_refs(folio, nr_refs))
- 	continue;
