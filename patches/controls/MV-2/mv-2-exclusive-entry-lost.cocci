// SPDX-License-Identifier: GPL-2.0
// Subject: mm: make readable entries of exclusive pages in collect
//
// A read-only but exclusive page gets a plain readable entry, so that it is not
// exclusive after the migration. Made by someone who copies the code from before
// PG_anon_exclusive.
//
// Breaks: MV-2
// Kills: migrate_vma_lock.collected_page_is_unmapped: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
@@
- if (anon_exclusive)
- 		entry = make_readable_exclusive_migration_entry(
- 					page_to_pfn(page));
- 	else
- 		entry = make_readable_migration_entry(
- 					page_to_pfn(page));
+ entry = make_readable_migration_entry(
+ 	page_to_pfn(page));
