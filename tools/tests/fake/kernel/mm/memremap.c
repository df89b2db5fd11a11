// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of devices, and its pages.
 */
#include <linux/memremap.h>

static int region_intersects(unsigned long start, unsigned long end)
{
	if (start >= END_OF_RAM)
		return REGION_DISJOINT;
	return end <= END_OF_RAM ? REGION_INTERSECTS : REGION_MIXED;
}

/**
 * memremap_pages() - Have pages for the memory of a device
 * @pgmap: the memory
 *
 * Return: 0 or an error.
 */
int memremap_pages(struct dev_pagemap *pgmap)
{
	int is_ram = region_intersects(pgmap->start, pgmap->end);

	if (is_ram != REGION_DISJOINT) {
		WARN(true, "attempted on ram region");
		return -EINVAL;
	}

	pgmap->ref = 1;
	return 0;
}

/**
 * zone_device_page_init() - A page of a device comes into use
 * @pgmap: of which
 *
 * Return: it, locked and with one reference, or NULL.
 */
struct page *zone_device_page_init(struct dev_pagemap *pgmap)
{
	struct page *page = alloc_page();

	if (!page)
		return NULL;
	page->flags = PG_DEVICE | PG_LOCKED;
	page->pgmap = pgmap;
	pgmap->ref++;
	return page;
}

/**
 * free_zone_device_page() - The last reference to a page of a device is gone
 * @page: the page
 */
void free_zone_device_page(struct page *page)
{
	struct dev_pagemap *pgmap = page->pgmap;

	page->mapping = NULL;
	page->flags &= ~PG_ANON_EXCLUSIVE;
	pgmap->freed++;
	put_page(page);
	page->pgmap = NULL;
	pgmap->ref--;
}
