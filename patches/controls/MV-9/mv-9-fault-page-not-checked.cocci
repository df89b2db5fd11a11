// SPDX-License-Identifier: GPL-2.0
// Subject: mm: accept any fault_page
//
// A fault_page that is not device-private is let through, and one reference on it not
// noticed. Made by someone who trusts migrate_to_ram() to be the only caller.
//
// Breaks: MV-9
// Kills: migrate_vma_range.bad_arguments_are_refused: assertion
// In: mm/migrate_device.c: migrate_vma_setup

@@
@@
- if (args->fault_page && !is_device_private_page(args->fault_page))
- 	return -EINVAL;
