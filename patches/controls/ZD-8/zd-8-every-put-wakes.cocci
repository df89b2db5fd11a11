// SPDX-License-Identifier: GPL-2.0
// Subject: mm: wake who waits for an FS_DAX page at every put
//
// The waiter is woken by each put, and not only by the one that makes the page idle.
// Somebody who finds that the waiter checks the count itself would drop the check
// here.
//
// Breaks: ZD-8
// Kills: zone_device_type.put_to_idle_wakes_waiter: assertion
// In: mm/memremap.c: __put_devmap_managed_folio_refs
// Kernels: before 6.15: a put of an FS_DAX page is an ordinary one since

@@
@@
- if (folio_ref_sub_return(folio, refs) == 1)
- 	wake_up_var(&folio->_refcount);
+ folio_ref_sub(folio, refs);
+ wake_up_var(&folio->_refcount);
