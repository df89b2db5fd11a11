// SPDX-License-Identifier: GPL-2.0
// Subject: mm: retry a device-private fault with the VMA lock held
//
// A fault on a device-private page under the VMA lock returns VM_FAULT_RETRY without
// having dropped the lock. This is how the first version of the change left it to the
// caller.
//
// Breaks: SF-6, SF-10
// Kills: swap_fault_device.device_private_fault_needs_mmap_lock: assertion
// In: mm/memory.c: do_swap_page

@@
@@
- vma_end_read(vma);
