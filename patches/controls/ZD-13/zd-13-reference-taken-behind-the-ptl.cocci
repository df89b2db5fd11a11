// SPDX-License-Identifier: GPL-2.0
// Subject: mm: take the reference for migrate_to_ram when the ptl is dropped
//
// do_swap_page() drops the page table lock before it takes its reference on the
// device-private page, which may be freed in between. Somebody who wants to hold the
// lock for as short as possible would swap the two lines.
//
// The kernel notices first: CONFIG_DEBUG_VM ends when a reference is taken on a free
// page, which is what the contract forbids.
//
// Breaks: ZD-13
// Kills: zone_device_race.fault_holds_page_after_ptl_drop: report
// In: mm/memory.c: do_swap_page

@@
@@
+ pte_unmap_unlock(vmf->pte, vmf->ptl);
  get_page(vmf->page);
- pte_unmap_unlock(vmf->pte, vmf->ptl);
