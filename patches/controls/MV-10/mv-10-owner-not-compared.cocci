// SPDX-License-Identifier: GPL-2.0
// Subject: mm: collect device-private pages of any owner
//
// The owner of the pgmap is not looked at, so a driver is handed pages of another
// device. Made by someone who has only one device.
//
// Breaks: MV-10
// Kills: migrate_vma_mix.every_pair_of_pages_is_collected: assertion
// In: mm/migrate_device.c: migrate_vma_collect_pmd

@@
statement S;
@@
(
- pgmap = page_pgmap(page);
- if (!(migrate->flags &
- 		MIGRATE_VMA_SELECT_DEVICE_PRIVATE) ||
- 	    pgmap->owner != migrate->pgmap_owner)
- 		goto next;
+ if (!(migrate->flags &
+ 	MIGRATE_VMA_SELECT_DEVICE_PRIVATE))
+ 	goto next;
|
  if (
- !(migrate->flags &
- 		MIGRATE_VMA_SELECT_DEVICE_PRIVATE) ||
- 	    page->pgmap->owner != migrate->pgmap_owner
+ !(migrate->flags &
+ 	MIGRATE_VMA_SELECT_DEVICE_PRIVATE)
  ) S
)
