// SPDX-License-Identifier: GPL-2.0
// Subject: mm: do not allow for the reference of the faulting task
//
// The reference that do_swap_page() takes on a device-private page before it calls
// migrate_to_ram() counts as a pin, so that the page can never come back: the fault is
// taken again for ever. Who thinks that no reference is taken any more, as on later
// kernels, would drop the allowance.
//
// Breaks: MW-11
// Kills: migration_wait_device.waiters_for_migrate_to_ram_end: assertion
// In: mm/migrate_device.c: migrate_vma_check_page

@@
@@
- int extra = 1 + (page == fault_page);
+ int extra = 1;
