// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leak the reference around migrate_to_ram
//
// The reference that keeps a device-private page while its driver migrates it is not
// dropped afterwards, so that the page is never free again. Whoever thinks that the
// driver consumes it would leave the put out.
//
// Breaks: SF-6
// Kills: swap_fault_device.device_private_fault_is_served: assertion
// In: mm/memory.c: do_swap_page

@@
@@
- put_page(vmf->page);
