// SPDX-License-Identifier: GPL-2.0
/*
 * The pages that there are.
 */
#include <linux/slab.h>
#include <linux/mm.h>

struct page mem_map[MAX_PAGES];
int nr_pages_in_use;

/**
 * alloc_page() - A page that nobody uses
 *
 * Return: it, with one reference, or NULL.
 */
struct page *alloc_page(void)
{
	for (int pfn = 1; pfn < MAX_PAGES; pfn++) {
		struct page *page = pfn_to_page(pfn);

		if (page->refcount || page->pgmap)
			continue;
		memset(page, 0, sizeof(*page));
		page->refcount = 1;
		nr_pages_in_use++;
		return page;
	}
	return NULL;
}

/**
 * put_page() - Drop a reference
 * @page: to this page
 */
void put_page(struct page *page)
{
	BUG_ON(page->refcount <= 0);
	if (--page->refcount == 0)
		nr_pages_in_use--;
}
