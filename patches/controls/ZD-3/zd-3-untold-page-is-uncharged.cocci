// SPDX-License-Identifier: GPL-2.0
// Subject: mm: uncharge a device page before somebody is found to be told
//
// Where nobody can be told of the page, it should stay as it is; but its charge is
// gone. Whoever wants one way through the function moves what has to be done in any
// case to its start.
//
// Breaks: ZD-3
// Kills: zone_device_refusal.put_without_callback_warns: assertion
// In: mm/memremap.c: free_zone_device_folio
// Kernels: before 6.18: the page is uncharged in any case since

@@
@@
+ mem_cgroup_uncharge(folio);
  if (WARN_ON_ONCE(!folio->page.pgmap->ops || !folio->page.pgmap->ops->page_free))
  	return;
- mem_cgroup_uncharge(folio);
