// SPDX-License-Identifier: GPL-2.0
/*
 * ZONE_DEVICE pages: free at refcount zero, handed out with one reference, and
 * back with their driver after the last put, whichever way that comes.
 */
#include <linux/memremap.h>
#include <linux/mmzone.h>

#include "../internal.h"
#include "fixtures.h"

/**
 * struct zd_type_case - A kind of device memory that an anonymous page can be in
 * @description: its name
 * @type: what memremap_pages() is told
 */
struct zd_type_case {
	const char *description;
	enum memory_type type;
};

static const struct zd_type_case zd_types[] = {
	{ "device private", MEMORY_DEVICE_PRIVATE },
	{ "device coherent", MEMORY_DEVICE_COHERENT },
};

KUNIT_ARRAY_PARAM_DESC(zd_type, zd_types, description);

static enum memory_type zd_param_type(struct kunit *test)
{
	const struct zd_type_case *param = test->param_value;

	return param->type;
}

/* The i-th page, marked as handed out; the case calls zone_device_page_init(). */
static struct page *zd_claim(struct mmk_dev *dev, unsigned int i)
{
	spin_lock_irq(&dev->lock);
	set_bit(i, dev->busy);
	spin_unlock_irq(&dev->lock);
	return mmk_dev_page(dev, i);
}

static unsigned long zd_first_pfn(struct mmk_dev *dev)
{
	return PHYS_PFN(dev->pgmap.range.start);
}

/* How many pfns of a device's range there is a memmap for. */
static unsigned int zd_nr_valid(struct mmk_dev *dev)
{
	unsigned int i, nr = 0;

	for (i = 0; i < dev->nr_pages; i++)
		nr += pfn_valid(zd_first_pfn(dev) + i);
	return nr;
}

/* How many pfns of a range get_dev_pagemap() finds @pgmap for. */
static unsigned int zd_nr_found(unsigned long pfn, unsigned int nr_pages,
				struct dev_pagemap *pgmap)
{
	struct dev_pagemap *found;
	unsigned int i, nr = 0;

	for (i = 0; i < nr_pages; i++) {
		found = mmk_get_dev_pagemap(pfn + i);
		nr += found == pgmap;
		if (found)
			put_dev_pagemap(found);
	}
	return nr;
}

/**
 * fresh_pages_are_free() - memremap_pages() makes pages that nobody has
 * @test: the running case
 *
 * Every page of a new pgmap has no reference, none can be had by a speculative
 * folio_try_get(), and none holds the pgmap. Its struct page says that it is
 * the pgmap's, and nothing else.
 *
 * Contract: ZD-1
 */
static void fresh_pages_are_free(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, zd_param_type(test));
	struct folio *folio;
	struct page *page;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), 0U);

	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);

	KUNIT_ASSERT_EQ(test, zd_nr_valid(dev), dev->nr_pages);
	for (i = 0; i < dev->nr_pages; i++) {
		page = mmk_dev_page(dev, i);
		folio = page_folio(page);
		if (page_ref_count(page) || folio_try_get(folio) ||
		    get_page_unless_zero(page) || folio_order(folio) ||
		    folio_mapped(folio) || folio_test_locked(folio) ||
		    folio_test_lru(folio) || folio_test_anon(folio) ||
		    folio->mapping || folio_memcg(folio) ||
		    page->zone_device_data || page_pgmap(page) != &dev->pgmap ||
		    !is_zone_device_page(page) || !PageReserved(page) ||
		    page_to_nid(page) != numa_node_id() ||
		    get_pageblock_migratetype(page) != MIGRATE_MOVABLE)
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, dev->nr_pages,
			    "page %u is not fresh: refcount %d, flags %lx", i,
			    page_ref_count(page), page->flags);
	KUNIT_EXPECT_EQ(test, is_device_private_page(page),
			dev->pgmap.type == MEMORY_DEVICE_PRIVATE);
	KUNIT_EXPECT_EQ(test, is_device_coherent_page(page),
			dev->pgmap.type == MEMORY_DEVICE_COHERENT);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
}

/**
 * page_init_takes_one_reference() - A page is handed out locked, with one
 * @test: the running case
 *
 * zone_device_page_init() makes a free page one that its caller owns: refcount
 * one, locked, and one reference on the pgmap, which so cannot go away. The
 * pages on either side stay free.
 *
 * Contract: ZD-2
 */
static void page_init_takes_one_reference(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct page *page = zd_claim(dev, 1), *last;

	mmk_zone_device_page_init(page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_TRUE(test, PageLocked(page));
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 1L);
	KUNIT_EXPECT_PTR_EQ(test, page_pgmap(page), &dev->pgmap);
	KUNIT_EXPECT_PTR_EQ(test, page_folio(page)->mapping, NULL);
	KUNIT_EXPECT_FALSE(test, page_mapped(page));
	KUNIT_EXPECT_EQ(test, page_ref_count(mmk_dev_page(dev, 0)), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(mmk_dev_page(dev, 2)), 0);
	KUNIT_EXPECT_FALSE(test, PageLocked(mmk_dev_page(dev, 2)));

	/* The last page counts for itself as well. */
	last = zd_claim(dev, dev->nr_pages - 1);
	mmk_zone_device_page_init(last);
	KUNIT_EXPECT_EQ(test, page_ref_count(last), 1);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 2L);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);

	unlock_page(page);
	unlock_page(last);
	put_page(page);
	put_page(last);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 2);
}

/**
 * last_put_frees_once() - Only the last put tells the driver, and that once
 * @test: the running case
 *
 * A page of a process has been migrated to the device, and then unmapped while
 * three more references are held. What the process left in it is still there:
 * mapping, PG_anon_exclusive, the memory cgroup's charge. Two puts change
 * nothing of that. The third calls the driver, with the refcount at zero and
 * all of it cleared.
 *
 * Contract: ZD-3
 */
static void last_put_frees_once(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_free_event *event = &dev->log[0];
	struct page *page;
	struct folio *folio;
	int refs;

	mmk_fill(test, addr, 1, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	folio = page_folio(page);
	folio_ref_add(folio, 3);
	KUNIT_ASSERT_EQ(test, do_madvise(mm, addr, PAGE_SIZE, MADV_DONTNEED),
			0);
	KUNIT_EXPECT_TRUE(test, folio_test_anon(folio));
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_EQ(test, !!folio_memcg(folio), IS_ENABLED(CONFIG_MEMCG));

	for (refs = 3; refs > 1; refs--) {
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), refs);
		folio_put(folio);
		KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
		KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 1L);
		KUNIT_EXPECT_TRUE(test, folio_test_anon(folio));
		KUNIT_EXPECT_TRUE(test, PageAnonExclusive(page));
	}

	folio_put(folio);

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_PTR_EQ(test, event->page, page);
	KUNIT_EXPECT_PTR_EQ(test, event->task, current);
	KUNIT_EXPECT_EQ(test, event->refcount, 0);
	KUNIT_EXPECT_PTR_EQ(test, event->mapping, NULL);
	KUNIT_EXPECT_FALSE(test, event->anon_exclusive);
	KUNIT_EXPECT_FALSE(test, event->charged);
	KUNIT_EXPECT_FALSE(test, event->locked);
	KUNIT_EXPECT_FALSE(test, event->atomic);
	KUNIT_EXPECT_EQ(test, event->pgmap_refs, 1L);

	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 0);
	KUNIT_EXPECT_PTR_EQ(test, folio->mapping, NULL);
	KUNIT_EXPECT_FALSE(test, test_bit(PG_anon_exclusive, &page->flags));
	KUNIT_EXPECT_PTR_EQ(test, folio_memcg(folio), NULL);
}

/**
 * struct zd_unmap - A task that takes a device's memory away
 * @task: the thread
 * @dev: the device
 */
struct zd_unmap {
	struct mmk_task task;
	struct mmk_dev *dev;
};

static void zd_unmap_main(struct mmk_task *task)
{
	mmk_dev_unmap(container_of(task, struct zd_unmap, task)->dev);
}

static struct zd_unmap *zd_unmap_start(struct kunit *test, struct mmk_dev *dev,
				       struct mm_struct *mm)
{
	struct zd_unmap *unmap = mmk_task_alloc(test, sizeof(*unmap), mm,
						zd_unmap_main);

	unmap->dev = dev;
	mmk_task_start(&unmap->task);
	return unmap;
}

/**
 * free_callback_runs_before_pgmap_goes() - The pgmap outlives the callback
 * @test: the running case
 *
 * memunmap_pages() waits for one page only. Its last put tells the driver while
 * the page still holds the pgmap, and drops that reference thereafter: or the
 * memmap would go away under the callback.
 *
 * Contract: ZD-3
 */
static void free_callback_runs_before_pgmap_goes(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test);
	struct page *page = mmk_dev_get_page(test, dev);
	struct zd_unmap *unmap;

	unlock_page(page);
	unmap = zd_unmap_start(test, dev, mm);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&unmap->task,
						   "memunmap_pages"));
	KUNIT_EXPECT_TRUE(test, mmk_wait_for(mmk_dev_refs(dev) == 1));

	put_page(page);

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_TRUE(test, dev->log[0].pgmap_live);
	KUNIT_EXPECT_EQ(test, dev->log[0].pgmap_refs, 1L);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&unmap->task));
}

/**
 * memunmap_waits_for_the_last_page() - No memmap goes away under its pages
 * @test: the running case
 *
 * Two pages are in use when their driver calls memunmap_pages(). From then on
 * the pgmap cannot be had any more, but all there is of it stays: until the
 * second of the pages is free. Then it is gone, and the range can be used anew.
 *
 * Contract: ZD-7
 */
static void memunmap_waits_for_the_last_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test);
	struct page *first = mmk_dev_get_page(test, dev);
	struct page *second = mmk_dev_get_page(test, dev);
	unsigned long pfn = zd_first_pfn(dev);
	struct zone *zone = page_zone(first);
	struct zd_unmap *unmap;

	unlock_page(first);
	unlock_page(second);
	KUNIT_EXPECT_TRUE(test, zone_spans_pfn(zone, pfn));
	KUNIT_EXPECT_TRUE(test, zone_spans_pfn(zone, pfn + dev->nr_pages - 1));
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, dev->nr_pages, &dev->pgmap),
			dev->nr_pages);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 2L);

	unmap = zd_unmap_start(test, dev, mm);

	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&unmap->task,
						   "memunmap_pages"));
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, dev->nr_pages, NULL),
			dev->nr_pages);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), dev->nr_pages);
	put_page(first);
	KUNIT_EXPECT_TRUE(test, mmk_wait_for(mmk_dev_refs(dev) == 1));
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&unmap->task,
						   "memunmap_pages"));
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), dev->nr_pages);
	KUNIT_EXPECT_PTR_EQ(test, page_pgmap(second), &dev->pgmap);
	put_page(second);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&unmap->task));
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 2);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), 0U);
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, dev->nr_pages, NULL),
			dev->nr_pages);
	KUNIT_EXPECT_PTR_EQ(test, dev->pgmap.ref.data, NULL);

	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), dev->nr_pages);
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, dev->nr_pages, &dev->pgmap),
			dev->nr_pages);
	KUNIT_EXPECT_EQ(test, page_ref_count(second), 0);
}

/**
 * pgmap_is_found_by_its_pfns_only() - get_dev_pagemap() knows who is where
 * @test: the running case
 *
 * Every pfn of a range leads to its pgmap, and takes one reference on it; the
 * pfns beside it lead nowhere. When the driver has given the range back and
 * uses the same pgmap for another one, the old pfns lead nowhere either.
 *
 * Contract: ZD-7
 */
static void pgmap_is_found_by_its_pfns_only(struct kunit *test)
{
	struct mmk_dev *other = mmk_dev_alloc(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *dev = mmk_dev_alloc(test, zd_param_type(test));
	unsigned int nr = dev->nr_pages;
	unsigned long pfn = zd_first_pfn(dev);
	struct dev_pagemap *found;

	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, nr, NULL), nr);
	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, nr, &dev->pgmap), nr);
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn - 1, 1, NULL), 1U);
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn + nr, 1, NULL), 1U);

	found = mmk_get_dev_pagemap(pfn);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 1L);
	if (found)
		put_dev_pagemap(found);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);

	mmk_dev_unmap(dev);
	dev->pgmap.range = other->pgmap.range;
	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);

	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, nr, NULL), nr);
	KUNIT_EXPECT_EQ(test, zd_nr_found(zd_first_pfn(dev), nr, &dev->pgmap),
			nr);
}

static struct kunit_case zone_device_cases[] = {
	KUNIT_CASE_PARAM(fresh_pages_are_free, zd_type_gen_params),
	KUNIT_CASE_PARAM(page_init_takes_one_reference, zd_type_gen_params),
	KUNIT_CASE_PARAM(last_put_frees_once, zd_type_gen_params),
	KUNIT_CASE_PARAM(free_callback_runs_before_pgmap_goes,
			 zd_type_gen_params),
	KUNIT_CASE_PARAM(memunmap_waits_for_the_last_page, zd_type_gen_params),
	KUNIT_CASE_PARAM(pgmap_is_found_by_its_pfns_only, zd_type_gen_params),
	{}
};

static struct kunit_suite zone_device_suite = {
	.name = "zone_device",
	.init = mmk_case_init,
	.test_cases = zone_device_cases,
};

kunit_test_suite(zone_device_suite);
