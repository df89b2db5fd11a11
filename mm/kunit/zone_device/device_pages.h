/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device pages, ways to put them, and ways to misuse memremap_pages()
 */
#ifndef _MM_KUNIT_ZONE_DEVICE_DEVICE_PAGES_H
#define _MM_KUNIT_ZONE_DEVICE_DEVICE_PAGES_H

#include <kunit/test.h>
#include <linux/memremap.h>

#include "../lib/device.h"
#include "../lib/task.h"

/**
 * struct zd_type_case - A type of device memory for anonymous pages
 * @description: its name
 * @type: what memremap_pages() is told
 */
struct zd_type_case {
	const char *description;
	enum memory_type type;
};

#define ZD_NR_TYPES	2

extern const struct zd_type_case zd_types[ZD_NR_TYPES];

static inline enum memory_type zd_param_type(struct kunit *test)
{
	const struct zd_type_case *param = test->param_value;

	return param->type;
}

struct page *zd_get_page(struct kunit *test, struct mmk_dev *dev);

static inline unsigned long zd_first_pfn(struct mmk_dev *dev)
{
	return PHYS_PFN(dev->pgmap.range.start);
}

bool zd_finds(unsigned long pfn, struct dev_pagemap *pgmap);
unsigned int zd_nr_valid(struct mmk_dev *dev);
unsigned int zd_nr_found(unsigned long pfn, unsigned int nr_pages,
			 struct dev_pagemap *pgmap);
bool zd_page_is_fresh(struct page *page, struct dev_pagemap *pgmap,
		      int refs);

/**
 * struct zd_put_case - A way to drop references on one page
 * @description: its name
 * @refs: how many it drops
 * @put: drops them
 */
struct zd_put_case {
	const char *description;
	int refs;
	void (*put)(struct page *page);
};

static inline void zd_put_page(struct page *page)
{
	put_page(page);
}

static inline void zd_folio_put(struct page *page)
{
	folio_put(page_folio(page));
}

static inline void zd_release_pages(struct page *page)
{
	release_pages(&page, 1);
}

void zd_folios_put(struct page *page);
void zd_folios_put_refs(struct page *page);

static inline void zd_unpin_user_page(struct page *page)
{
	unpin_user_page(page);
}

static inline void zd_unpin_user_pages(struct page *page)
{
	unpin_user_pages(&page, 1);
}

#define ZD_NR_PUTS	8

extern const struct zd_put_case zd_puts[ZD_NR_PUTS];

unsigned int zd_nr_fresh(struct mmk_dev *dev, struct dev_pagemap *pgmap,
			 int refs);

/**
 * struct zd_misuse_case - A pgmap that memremap_pages() WARNs of
 * @description: what is wrong with it
 * @type: of the memory
 * @spoil: makes it so
 * @error: what memremap_pages() returns
 */
struct zd_misuse_case {
	const char *description;
	enum memory_type type;
	void (*spoil)(struct mmk_dev *dev);
	int error;
};

#ifdef MMK_REMAP_LIMITS_ORDER
#define ZD_NR_MISUSES	12
#else
#define ZD_NR_MISUSES	10
#endif

extern const struct zd_misuse_case zd_misuses[ZD_NR_MISUSES];
extern const struct dev_pagemap_ops zd_ops_without_free;

/**
 * struct zd_ranges - A pgmap of two ranges
 * @nr_free: calls of the free callback
 * @pgmap: the pgmap, whose flexible array of ranges ends it
 * @second: room for the second range
 */
struct zd_ranges {
	atomic_t nr_free;
	struct dev_pagemap pgmap;
	struct range second;
};

struct zd_ranges *zd_ranges_alloc(struct kunit *test, struct mmk_dev *first,
				  struct mmk_dev *second);
void zd_set_altmap(struct dev_pagemap *pgmap, const struct vmem_altmap *altmap);

/**
 * struct zd_unmap - A task that calls memunmap_pages()
 * @task: the thread
 * @dev: the device
 */
struct zd_unmap {
	struct mmk_task task;
	struct mmk_dev *dev;
};

struct zd_unmap *zd_unmap_start(struct kunit *test, struct mmk_dev *dev,
				struct mm_struct *mm);
bool zd_unmap_waits(struct zd_unmap *unmap, long refs);

#endif /* _MM_KUNIT_ZONE_DEVICE_DEVICE_PAGES_H */
