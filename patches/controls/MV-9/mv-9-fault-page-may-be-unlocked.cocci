// SPDX-License-Identifier: GPL-2.0
// Subject: mm: accept a fault page that is not locked
//
// migrate_vma_setup() takes any device-private page for that of the fault, and neither
// locks nor unlocks it: the page is migrated without a lock. Somebody who thinks that
// do_swap_page() is the only caller would drop the check.
//
// Breaks: MV-9
// Kills: migrate_vma_range.bad_arguments_are_refused: assertion
// In: mm/migrate_device.c: migrate_vma_setup
// Kernels: from 6.18: the page of a fault was not locked before

@@
@@
- if (args->fault_page && !PageLocked(args->fault_page))
- 	return -EINVAL;
