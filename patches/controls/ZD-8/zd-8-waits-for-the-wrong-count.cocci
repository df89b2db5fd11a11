// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wake who waits for an FS_DAX page at zero
//
// The drop from two references to one, which makes an FS_DAX page idle, wakes nobody
// any more. Somebody who thinks of the counts of today's device-private pages would
// write this.
//
// Breaks: ZD-8
// Kills: zone_device_type.put_to_idle_wakes_waiter: assertion
// In: mm/memremap.c: __put_devmap_managed_folio_refs
// Kernels: before 6.15: a put of an FS_DAX page is an ordinary one since

@@
@@
- folio_ref_sub_return(folio, refs) == 1
+ folio_ref_sub_return(folio, refs) == 0
