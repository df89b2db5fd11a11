// SPDX-License-Identifier: GPL-2.0
// Subject: mm: believe a device-private entry that was read without the ptl
//
// do_swap_page() takes a reference on the page of the entry it has read, although the
// page may have been unmapped and freed before the page table was locked. Somebody who
// takes mmap_lock for enough would drop the comparison.
//
// The kernel notices first: CONFIG_DEBUG_VM ends when a reference is taken on a free
// page, which is what the contract forbids.
//
// Breaks: ZD-13
// Kills: zone_device_race.fault_leaves_freed_page_alone: report
// In: mm/memory.c: do_swap_page

@@
@@
  if (
- unlikely(!vmf->pte ||
- 	     !pte_same(ptep_get(vmf->pte),
- 				vmf->orig_pte))
+ unlikely(!vmf->pte)
  )
  goto unlock;
