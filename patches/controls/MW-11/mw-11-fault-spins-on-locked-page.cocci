// SPDX-License-Identifier: GPL-2.0
// Subject: mm: try again at once if a device-private page is locked
//
// A fault on a device-private page that is locked returns without waiting for the
// unlock, and is taken again and again until the other has migrated the page. Whoever
// thinks of the lock as held for a moment only would write this.
//
// Breaks: MW-11
// Kills: migration_wait_device.locked_device_page_is_waited_for: assertion
// In: mm/memory.c: do_swap_page
// Kernels: from 6.18: a fault did not wait for a locked device page before

@@
@@
(
- pte_unmap(vmf->pte);
- softleaf_entry_wait_on_locked(entry, vmf->ptl);
+ pte_unmap_unlock(vmf->pte, vmf->ptl);
|
- pte_unmap(vmf->pte);
- migration_entry_wait_on_locked(entry, vmf->ptl);
+ pte_unmap_unlock(vmf->pte, vmf->ptl);
)
