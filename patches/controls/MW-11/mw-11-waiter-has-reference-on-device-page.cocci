// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take the reference on a device-private page before its lock
//
// The fault takes its reference before it tries to lock the page, and keeps it while
// it waits for whoever has the lock, whose migration fails for it. This is the order
// in which one takes the two elsewhere.
//
// Breaks: MW-11, MW-2
// Kills: migration_wait_device.locked_device_page_is_waited_for: assertion
// In: mm/memory.c: do_swap_page
// Kernels: from 6.18: a fault did not wait for a locked device page before

@@
@@
+ get_page(vmf->page);
  if (trylock_page(vmf->page)) {
  	struct dev_pagemap *pgmap;
- 	get_page(vmf->page);
  	pte_unmap_unlock(vmf->pte, vmf->ptl);
  	pgmap = page_pgmap(vmf->page);
  	ret = pgmap->ops->migrate_to_ram(vmf);
  	unlock_page(vmf->page);
- 	put_page(vmf->page);
  } else {
  	pte_unmap(vmf->pte);
(
  	softleaf_entry_wait_on_locked(entry, vmf->ptl);
|
  	migration_entry_wait_on_locked(entry, vmf->ptl);
)
  }
+ put_page(vmf->page);
