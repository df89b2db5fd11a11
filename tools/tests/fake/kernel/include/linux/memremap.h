/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MEMREMAP_H
#define _LINUX_MEMREMAP_H

#include <linux/mm.h>

enum { REGION_DISJOINT, REGION_INTERSECTS, REGION_MIXED };

/* Below this, everything is RAM. */
#define END_OF_RAM 0x1000UL

/**
 * struct dev_pagemap - Memory of a device
 * @start: its first address
 * @end: the address behind it
 * @ref: pages that are in use
 * @freed: how often page_free() was called
 */
struct dev_pagemap {
	unsigned long start;
	unsigned long end;
	int ref;
	int freed;
};

int memremap_pages(struct dev_pagemap *pgmap);
struct page *zone_device_page_init(struct dev_pagemap *pgmap);
void free_zone_device_page(struct page *page);

#endif
