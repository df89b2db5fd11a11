// SPDX-License-Identifier: GPL-2.0
/*
 * Device pages, ways to put them, and ways to misuse memremap_pages().
 */
#include <kunit/test.h>
#include <linux/memcontrol.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/mm.h>

#include "../../internal.h"
#include "../compat/folio_batch.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/wait.h"
#include "device_pages.h"

const struct zd_type_case zd_types[] = {
	{ "device private", MEMORY_DEVICE_PRIVATE },
	{ "device coherent", MEMORY_DEVICE_COHERENT },
};

/* Hands out a page as mmk_dev_get_page(), unlocked. */
struct page *zd_get_page(struct kunit *test, struct mmk_dev *dev)
{
	struct page *page = mmk_dev_get_page(test, dev);

	__folio_clear_locked(page_folio(page));
	return page;
}

/* Whether get_dev_pagemap() returns @pgmap, which may be NULL, for a pfn */
bool zd_finds(unsigned long pfn, struct dev_pagemap *pgmap)
{
	struct dev_pagemap *found = mmk_get_dev_pagemap(pfn);

	if (found)
		put_dev_pagemap(found);
	return found == pgmap;
}

/* Number of pfns of a device's range that have a memmap */
unsigned int zd_nr_valid(struct mmk_dev *dev)
{
	unsigned int i, nr = 0;

	for (i = 0; i < dev->nr_pages; i++)
		nr += pfn_valid(zd_first_pfn(dev) + i);
	return nr;
}

/* Number of pfns of a range for which get_dev_pagemap() returns @pgmap */
unsigned int zd_nr_found(unsigned long pfn, unsigned int nr_pages,
			 struct dev_pagemap *pgmap)
{
	unsigned int i, nr = 0;

	for (i = 0; i < nr_pages; i++)
		nr += zd_finds(pfn + i, pgmap);
	return nr;
}

/* Whether a page belongs to @pgmap, has @refs references, and no other state */
bool zd_page_is_fresh(struct page *page, struct dev_pagemap *pgmap,
		      int refs)
{
	struct folio *folio = page_folio(page);

	return page_ref_count(page) == refs && !folio_order(folio) &&
	       !folio_mapped(folio) && !folio_test_locked(folio) &&
	       !folio_test_lru(folio) && !folio_test_anon(folio) &&
	       !folio->mapping && !folio_memcg_charged(folio) &&
	       !page->zone_device_data && page_pgmap(page) == pgmap &&
	       is_zone_device_page(page) && PageReserved(page) &&
	       page_to_nid(page) == numa_node_id();
}

static void zd_folio_put_refs(struct page *page)
{
	folio_put_refs(page_folio(page), 3);
}

void zd_folios_put(struct page *page)
{
	struct folio_batch batch;

	folio_batch_init(&batch);
	folio_batch_add(&batch, page_folio(page));
	folios_put(&batch);
}

void zd_folios_put_refs(struct page *page)
{
	struct folio_batch batch;
	unsigned int refs = 2;

	folio_batch_init(&batch);
	folio_batch_add(&batch, page_folio(page));
	folios_put_refs(&batch, &refs);
}

const struct zd_put_case zd_puts[] = {
	{ "put_page", 1, zd_put_page },
	{ "folio_put", 1, zd_folio_put },
	{ "folio_put_refs", 3, zd_folio_put_refs },
	{ "release_pages", 1, zd_release_pages },
	{ "folios_put", 1, zd_folios_put },
	{ "folios_put_refs", 2, zd_folios_put_refs },
	{ "unpin_user_page", GUP_PIN_COUNTING_BIAS, zd_unpin_user_page },
	{ "unpin_user_pages", GUP_PIN_COUNTING_BIAS, zd_unpin_user_pages },
};

/* Number of pages of a device's range for which zd_page_is_fresh() */
unsigned int zd_nr_fresh(struct mmk_dev *dev, struct dev_pagemap *pgmap,
			 int refs)
{
	unsigned int i, nr = 0;

	if (zd_nr_valid(dev) != dev->nr_pages)
		return 0;
	for (i = 0; i < dev->nr_pages; i++)
		nr += zd_page_is_fresh(mmk_dev_page(dev, i), pgmap, refs);
	return nr;
}

/* Ways to misuse memremap_pages() */

static void zd_misused_free(struct folio *folio)
{
}

MMK_DEFINE_FOLIO_FREE(zd_misused_free)

static vm_fault_t zd_no_to_ram(struct vm_fault *vmf)
{
	return VM_FAULT_SIGBUS;
}

const struct dev_pagemap_ops zd_ops_without_free = {
	.migrate_to_ram = zd_no_to_ram,
};

static const struct dev_pagemap_ops zd_ops_without_to_ram =
	MMK_PGMAP_OPS(zd_misused_free, NULL);

static void zd_without_ops(struct mmk_dev *dev)
{
	dev->pgmap.ops = NULL;
}

static void zd_without_free(struct mmk_dev *dev)
{
	dev->pgmap.ops = &zd_ops_without_free;
}

static void zd_without_to_ram(struct mmk_dev *dev)
{
	dev->pgmap.ops = &zd_ops_without_to_ram;
}

static void zd_without_owner(struct mmk_dev *dev)
{
	dev->pgmap.owner = NULL;
}

static void zd_without_range(struct mmk_dev *dev)
{
	dev->pgmap.nr_range = 0;
}

#ifdef MMK_REMAP_LIMITS_ORDER
static void zd_too_large(struct mmk_dev *dev)
{
	dev->pgmap.vmemmap_shift = MAX_FOLIO_ORDER + 1;
}
#endif

static void zd_in_ram(struct mmk_dev *dev)
{
	dev->res->flags |= IORESOURCE_SYSTEM_RAM;
}

const struct zd_misuse_case zd_misuses[] = {
	{ "private, no range", MEMORY_DEVICE_PRIVATE, zd_without_range,
	  -EINVAL },
	{ "private, no ops", MEMORY_DEVICE_PRIVATE, zd_without_ops, -EINVAL },
	{ "private, no free callback", MEMORY_DEVICE_PRIVATE, zd_without_free,
	  -EINVAL },
	{ "private, no migrate_to_ram", MEMORY_DEVICE_PRIVATE,
	  zd_without_to_ram, -EINVAL },
	{ "private, no owner", MEMORY_DEVICE_PRIVATE, zd_without_owner,
	  -EINVAL },
	{ "coherent, no ops", MEMORY_DEVICE_COHERENT, zd_without_ops, -EINVAL },
	{ "coherent, no free callback", MEMORY_DEVICE_COHERENT,
	  zd_without_free, -EINVAL },
	{ "coherent, no owner", MEMORY_DEVICE_COHERENT, zd_without_owner,
	  -EINVAL },
	{ "private, in RAM", MEMORY_DEVICE_PRIVATE, zd_in_ram, -ENXIO },
	{ "coherent, in RAM", MEMORY_DEVICE_COHERENT, zd_in_ram, -ENXIO },
#ifdef MMK_REMAP_LIMITS_ORDER
	{ "generic, larger than any folio", MEMORY_DEVICE_GENERIC, zd_too_large,
	  -EINVAL },
	{ "FS_DAX, larger than any folio", MEMORY_DEVICE_FS_DAX, zd_too_large,
	  -EINVAL },
#endif
};

static void zd_ranges_free(struct folio *folio)
{
	struct dev_pagemap *pgmap = page_pgmap(folio_page(folio, 0));

	atomic_inc(&container_of(pgmap, struct zd_ranges, pgmap)->nr_free);
}

MMK_DEFINE_FOLIO_FREE(zd_ranges_free)

static const struct dev_pagemap_ops zd_ranges_ops =
	MMK_PGMAP_OPS(zd_ranges_free, zd_no_to_ram);

/* A pgmap of the ranges of two devices that are not mapped */
struct zd_ranges *zd_ranges_alloc(struct kunit *test, struct mmk_dev *first,
				  struct mmk_dev *second)
{
	struct zd_ranges *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, r);
	r->pgmap.type = first->pgmap.type;
	r->pgmap.ops = &zd_ranges_ops;
	r->pgmap.owner = r;
	r->pgmap.nr_range = 2;
	r->pgmap.ranges[0] = first->pgmap.range;
	r->pgmap.ranges[1] = second->pgmap.range;
	return r;
}

/* The members of an altmap are constant: it is copied as a whole. */
void zd_set_altmap(struct dev_pagemap *pgmap, const struct vmem_altmap *altmap)
{
	memcpy(&pgmap->altmap, altmap, sizeof(*altmap));
	pgmap->flags = PGMAP_ALTMAP_VALID;
}

static void zd_unmap_main(struct mmk_task *task)
{
	mmk_dev_unmap(container_of(task, struct zd_unmap, task)->dev);
}

/* Starts a task that unmaps @dev, and waits for its pages. */
struct zd_unmap *zd_unmap_start(struct kunit *test, struct mmk_dev *dev,
				struct mm_struct *mm)
{
	struct zd_unmap *unmap = mmk_task_alloc(test, sizeof(*unmap), mm,
						zd_unmap_main);

	unmap->dev = dev;
	mmk_task_start(&unmap->task);
	return unmap;
}

/* Whether memunmap_pages() waits for @refs references */
bool zd_unmap_waits(struct zd_unmap *unmap, long refs)
{
	struct mmk_dev *dev = unmap->dev;

	/*
	 * In this order: the references can be read a grace period after
	 * percpu_ref_kill(), and the task sleeps before that.
	 */
	return mmk_task_sleeps_in(&unmap->task, "memunmap_pages") &&
	       mmk_wait_for(mmk_dev_refs(dev) == refs || !dev->mapped) &&
	       dev->mapped;
}
