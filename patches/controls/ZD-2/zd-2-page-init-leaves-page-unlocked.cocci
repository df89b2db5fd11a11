// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hand device pages out unlocked
//
// zone_device_page_init() no longer locks the page, which migrate_vma_pages() and
// remove_migration_ptes() rely on. Somebody who thinks that locking a page which
// nobody else can see is a waste would do this.
//
// Breaks: ZD-2
// Kills: zone_device_life.page_init_takes_one_reference: assertion
// In: mm/memremap.c: zone_device_page_init

@@
@@
- lock_page(page);
