// SPDX-License-Identifier: GPL-2.0
// Subject: mm: accept device-private memory that cannot be migrated back
//
// memremap_pages() no longer asks for migrate_to_ram, and the first CPU fault calls
// NULL. Somebody who wants to make the callback optional would begin like this.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.misuse_is_refused: assertion
// Kills: zone_device_pgmap.misuse_is_reported: assertion
// In: mm/memremap.c: memremap_pages
// Matches: 2

@@
@@
- !pgmap->ops || !pgmap->ops->migrate_to_ram
+ !pgmap->ops

@@
@@
- WARN(1, "Missing migrate_to_ram method\n");
+ WARN(1, "Missing ops\n");
