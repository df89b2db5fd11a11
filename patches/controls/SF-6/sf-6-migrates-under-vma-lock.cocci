// SPDX-License-Identifier: GPL-2.0
// Subject: mm: call migrate_to_ram under the VMA lock
//
// Device-private faults no longer fall back to mmap_lock: the driver is called under
// the VMA lock, which it does not expect. Whoever makes the last swap entries work
// under the VMA lock would try this.
//
// Breaks: SF-6
// Kills: swap_fault_device.device_private_fault_needs_mmap_lock: assertion
// In: mm/memory.c: do_swap_page

@@
@@
- if (vmf->flags & FAULT_FLAG_VMA_LOCK) {
- 	vma_end_read(vma);
- 	ret = VM_FAULT_RETRY;
- 	goto out;
- }
