// SPDX-License-Identifier: GPL-2.0
// Subject: mm: make every device-private entry a readable one
//
// A writable page becomes read-only on its way to the device, and is copied when it is
// written to after it has come back. Made by someone who thinks that the CPU cannot
// write to such a page anyway.
//
// Breaks: MV-16, MV-3
// Kills: migrate_vma_device.round_trips_keep_pages: assertion
// In: mm/migrate.c: remove_migration_pte

@@
@@
- if (pte_write(pte))
- 		entry = make_writable_device_private_entry(
- 					page_to_pfn(new));
- 	else
- 		entry = make_readable_device_private_entry(
- 					page_to_pfn(new));
+ entry = make_readable_device_private_entry(
+ 	page_to_pfn(new));
