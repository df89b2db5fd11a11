// SPDX-License-Identifier: GPL-2.0
// Subject: mm: migrate a page that is still mapped somewhere
//
// Whether try_to_migrate() got rid of all mappings is not looked at, only the
// references are. Made by someone who believes that the count of references covers it.
//
// Breaks: MV-4
// Kills: migrate_vma_lock.refused_page_is_put_back: assertion
// In: mm/migrate_device.c: migrate_device_unmap

@@
@@
- folio_mapped(folio) ||
- 	    !migrate_vma_check_page(page, fault_page)
+ !migrate_vma_check_page(page, fault_page)
