// SPDX-License-Identifier: GPL-2.0
// Subject: mm: look up only the first page of a range in RAM
//
// memremap_pages() asks whether the first page of its range is RAM, and maps what
// follows on top of any. Whoever sees the two lookups of a conflicting pgmap above,
// one page each, would do the same here.
//
// Breaks: ZD-6
// Kills: zone_device_refusal.range_half_in_ram_is_refused: assertion
// In: mm/memremap.c: pagemap_range

@@
@@
- is_ram = region_intersects(range->start, range_len(range),
- 	IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE);
+ is_ram = region_intersects(range->start, PAGE_SIZE,
+ 	IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE);
