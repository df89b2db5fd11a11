// SPDX-License-Identifier: GPL-2.0
/*
 * Device pages from memremap_pages() to memunmap_pages(): free at refcount
 * zero, handed out with one reference, and given back to the driver by the last
 * put.
 */
#include <kunit/test.h>
#include <linux/memcontrol.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmzone.h>
#include <linux/pagemap.h>
#include <linux/sched.h>

#include "../../internal.h"
#include "../compat/mm.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "device_pages.h"

KUNIT_ARRAY_PARAM_DESC(zd_type, zd_types, description);

/* Marks page @i as handed out; the case calls zone_device_page_init(). */
static struct page *zd_claim(struct mmk_dev *dev, unsigned int i)
{
	spin_lock_irq(&dev->lock);
	set_bit(i, dev->busy);
	spin_unlock_irq(&dev->lock);
	return mmk_dev_page(dev, i);
}

/**
 * fresh_pages_are_free() - memremap_pages() makes pages without references
 *
 * The pages of a new pgmap have no references, folio_try_get() fails on them,
 * and they have no references on the pgmap. Each struct page refers to the
 * pgmap, and has no other state.
 *
 * Contract: ZD-1
 */
static void fresh_pages_are_free(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, zd_param_type(test));
	struct page *page;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), 0U);

	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);

	KUNIT_ASSERT_EQ(test, zd_nr_valid(dev), dev->nr_pages);
	for (i = 0; i < dev->nr_pages; i++) {
		page = mmk_dev_page(dev, i);
		if (!zd_page_is_fresh(page, &dev->pgmap, 0) ||
		    folio_try_get(page_folio(page)) ||
		    get_page_unless_zero(page))
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, dev->nr_pages,
			    "page %u is not fresh: refcount %d, flags %lx", i,
			    page_ref_count(page), *mmk_page_flags(page));
	KUNIT_EXPECT_EQ(test, get_pageblock_migratetype(mmk_dev_page(dev, 0)),
			MIGRATE_MOVABLE);
	KUNIT_EXPECT_EQ(test, is_device_private_page(page),
			dev->pgmap.type == MEMORY_DEVICE_PRIVATE);
	KUNIT_EXPECT_EQ(test, is_device_coherent_page(page),
			dev->pgmap.type == MEMORY_DEVICE_COHERENT);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
}

/**
 * page_init_takes_one_reference() - zone_device_page_init()
 *
 * zone_device_page_init() hands out a free page: locked, with one reference,
 * and with a reference on the pgmap, which keeps that. The pages on both sides
 * stay free.
 *
 * Contract: ZD-2
 */
static void page_init_takes_one_reference(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct page *page = zd_claim(dev, 1), *last;

	mmk_zone_device_init(page, 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_TRUE(test, PageLocked(page));
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 1L);
	KUNIT_EXPECT_PTR_EQ(test, page_pgmap(page), &dev->pgmap);
	KUNIT_EXPECT_PTR_EQ(test, page_folio(page)->mapping, NULL);
	KUNIT_EXPECT_FALSE(test, folio_mapped(page_folio(page)));
	KUNIT_EXPECT_EQ(test, page_ref_count(mmk_dev_page(dev, 0)), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(mmk_dev_page(dev, 2)), 0);
	KUNIT_EXPECT_FALSE(test, PageLocked(mmk_dev_page(dev, 2)));

	/* The last page has references of its own. */
	last = zd_claim(dev, dev->nr_pages - 1);
	mmk_zone_device_init(last, 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(last), 1);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 2L);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);

	/* Pages are freed unlocked. */
	__folio_clear_locked(page_folio(page));
	__folio_clear_locked(page_folio(last));
	put_page(page);
	put_page(last);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 2);
}

/**
 * last_put_frees_once() - The driver is told by the last put only
 *
 * A page of a process is migrated to the device, and then unmapped while the
 * case has three references. The mapping, PG_anon_exclusive and the charge to
 * the memory cgroup are still there, also after two puts. The third put calls
 * the driver, with the refcount at zero and all of these cleared.
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
	KUNIT_EXPECT_EQ(test, folio_memcg_charged(folio), IS_ENABLED(CONFIG_MEMCG));

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
	KUNIT_EXPECT_FALSE(test, test_bit(PG_anon_exclusive,
					  mmk_page_flags(page)));
	KUNIT_EXPECT_FALSE(test, folio_memcg_charged(folio));
}

/**
 * stale_mapping_is_cleared() - Not only that of anonymous memory
 *
 * The mapping of a page that is freed is stale, whatever it is: the driver gets
 * a page without a mapping.
 *
 * Contract: ZD-3, ZD-5
 */
static void stale_mapping_is_cleared(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct page *page = zd_get_page(test, dev);

	page_folio(page)->mapping = (void *)dev;
	KUNIT_EXPECT_FALSE(test, folio_test_anon(page_folio(page)));
	put_page(page);

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].mapping, NULL);
	KUNIT_EXPECT_PTR_EQ(test, (void *)page_folio(page)->mapping, NULL);
	page_folio(page)->mapping = NULL;
}

/**
 * pgmap_outlives_free_callback() - The last page of a dying pgmap
 *
 * memunmap_pages() waits for one page. The last put of the page calls the
 * driver, and then drops the page's reference on the pgmap: in the other order
 * the memmap could go away under the callback.
 *
 * Contract: ZD-3
 */
static void pgmap_outlives_free_callback(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test);
	struct page *page = zd_get_page(test, dev);
	struct zd_unmap *unmap;

	KUNIT_ASSERT_EQ(test, mmk_dev_refs(dev), 1L);
	unmap = zd_unmap_start(test, dev, mm);
	KUNIT_ASSERT_TRUE(test, zd_unmap_waits(unmap, 1));

	put_page(page);

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_TRUE(test, dev->log[0].pgmap_live);
	KUNIT_EXPECT_EQ(test, dev->log[0].pgmap_refs, 1L);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&unmap->task));
}

/**
 * memunmap_waits_for_last_page() - The memmap stays as long as its pages
 *
 * Two pages are in use when their driver calls memunmap_pages(). From then on
 * get_dev_pagemap() does not find the pgmap, but the memmap stays until the
 * second page is freed. Then the range can be mapped again.
 *
 * Contract: ZD-7
 */
static void memunmap_waits_for_last_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test);
	struct page *first = zd_get_page(test, dev);
	struct page *second = zd_get_page(test, dev);
	unsigned long pfn = zd_first_pfn(dev);
	struct zone *zone = page_zone(first);
	struct zd_unmap *unmap;

	KUNIT_EXPECT_TRUE(test, zone_spans_pfn(zone, pfn));
	KUNIT_EXPECT_TRUE(test, zone_spans_pfn(zone, pfn + dev->nr_pages - 1));
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, dev->nr_pages, &dev->pgmap),
			dev->nr_pages);
	KUNIT_ASSERT_EQ(test, mmk_dev_refs(dev), 2L);

	unmap = zd_unmap_start(test, dev, mm);

	KUNIT_ASSERT_TRUE(test, zd_unmap_waits(unmap, 2));
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, dev->nr_pages, NULL),
			dev->nr_pages);
	KUNIT_ASSERT_EQ(test, zd_nr_valid(dev), dev->nr_pages);
	put_page(first);
	KUNIT_ASSERT_TRUE(test, zd_unmap_waits(unmap, 1));
	KUNIT_ASSERT_EQ(test, zd_nr_valid(dev), dev->nr_pages);
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

static struct kunit_case zone_device_life_cases[] = {
	KUNIT_CASE_PARAM(page_init_takes_one_reference, zd_type_gen_params),
	KUNIT_CASE_PARAM(last_put_frees_once, zd_type_gen_params),
	KUNIT_CASE_PARAM(stale_mapping_is_cleared, zd_type_gen_params),
	KUNIT_CASE_PARAM(pgmap_outlives_free_callback, zd_type_gen_params),
	KUNIT_CASE_PARAM(memunmap_waits_for_last_page, zd_type_gen_params),
	KUNIT_CASE_PARAM(fresh_pages_are_free, zd_type_gen_params),
	{}
};

static struct kunit_suite zone_device_life_suite = {
	.name = "zone_device_life",
	.init = mmk_case_init,
	.test_cases = zone_device_life_cases,
};

kunit_test_suite(zone_device_life_suite);
