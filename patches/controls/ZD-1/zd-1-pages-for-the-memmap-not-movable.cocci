// SPDX-License-Identifier: GPL-2.0
// Subject: mm: add device memory as unmovable pageblocks
//
// The pageblock that begins with the pages which a driver has given for the memmap is
// not movable, as the one of every other range is. Somebody who thinks that device
// memory is not moved anyway would do this.
//
// Breaks: ZD-1
// Kills: zone_device_refusal.memmap_pages_are_movable: assertion
// In: mm/memremap.c: pagemap_range

@@
@@
- MIGRATE_MOVABLE
+ MIGRATE_UNMOVABLE
