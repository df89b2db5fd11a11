// SPDX-License-Identifier: GPL-2.0
/*
 * ZONE_DEVICE pages: free at refcount zero, handed out with one reference, and
 * back with their driver after the last put, whichever way that comes.
 */
#include <linux/dax.h>
#include <linux/ioport.h>
#include <linux/kallsyms.h>
#include <linux/math.h>
#include <linux/memcontrol.h>
#include <linux/memory_hotplug.h>
#include <linux/memremap.h>
#include <linux/mmzone.h>
#include <linux/panic.h>
#include <linux/sched.h>
#include <linux/stacktrace.h>
#include <linux/wait_bit.h>
#include <trace/events/error_report.h>

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

/* A page that its driver has filled and unlocked. */
static struct page *zd_get_page(struct kunit *test, struct mmk_dev *dev)
{
	struct page *page = mmk_dev_get_page(test, dev);

	__folio_clear_locked(page_folio(page));
	return page;
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

/* Whether a page is its pgmap's, with @refs references, and nothing else. */
static bool zd_page_is_fresh(struct page *page, struct dev_pagemap *pgmap,
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
	KUNIT_EXPECT_FALSE(test, folio_mapped(page_folio(page)));
	KUNIT_EXPECT_EQ(test, page_ref_count(mmk_dev_page(dev, 0)), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(mmk_dev_page(dev, 2)), 0);
	KUNIT_EXPECT_FALSE(test, PageLocked(mmk_dev_page(dev, 2)));

	/* The last page counts for itself as well. */
	last = zd_claim(dev, dev->nr_pages - 1);
	mmk_zone_device_page_init(last);
	KUNIT_EXPECT_EQ(test, page_ref_count(last), 1);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 2L);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);

	/* Unlocked they go back, whether they have been locked or not. */
	__folio_clear_locked(page_folio(page));
	__folio_clear_locked(page_folio(last));
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
 * stale_mapping_of_any_kind_is_cleared() - Not only that of anonymous memory
 * @test: the running case
 *
 * What a page has as its mapping when it is freed is stale, whatever it is: the
 * driver is given a page without one.
 *
 * Contract: ZD-3, ZD-5
 */
static void stale_mapping_of_any_kind_is_cleared(struct kunit *test)
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

/* Whether memunmap_pages() has come to wait for so many references. */
static bool zd_unmap_waits(struct zd_unmap *unmap, long refs)
{
	struct mmk_dev *dev = unmap->dev;

	/*
	 * In this order: the references are added up a grace period after
	 * percpu_ref_kill(), when the task sleeps already.
	 */
	return mmk_task_sleeps_in(&unmap->task, "memunmap_pages") &&
	       mmk_wait_for(mmk_dev_refs(dev) == refs || !dev->mapped) &&
	       dev->mapped;
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

	KUNIT_ASSERT_TRUE(test, mmk_dev_unmap_as(test, dev, 0));
	KUNIT_EXPECT_EQ(test, lockdep_depth(current), 0);
	dev->pgmap.range = other->pgmap.range;
	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);

	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, nr, NULL), nr);
	KUNIT_EXPECT_EQ(test, zd_nr_found(zd_first_pfn(dev), nr, &dev->pgmap),
			nr);
}

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

static void zd_put_page(struct page *page)
{
	put_page(page);
}

static void zd_folio_put(struct page *page)
{
	folio_put(page_folio(page));
}

static void zd_folio_put_refs(struct page *page)
{
	folio_put_refs(page_folio(page), 3);
}

static void zd_release_pages(struct page *page)
{
	release_pages(&page, 1);
}

static void zd_folios_put(struct page *page)
{
	struct folio_batch batch;

	folio_batch_init(&batch);
	folio_batch_add(&batch, page_folio(page));
	folios_put(&batch);
}

static void zd_folios_put_refs(struct page *page)
{
	struct folio_batch batch;
	unsigned int refs = 2;

	folio_batch_init(&batch);
	folio_batch_add(&batch, page_folio(page));
	folios_put_refs(&batch, &refs);
}

static void zd_unpin_user_page(struct page *page)
{
	unpin_user_page(page);
}

static void zd_unpin_user_pages(struct page *page)
{
	unpin_user_pages(&page, 1);
}

static const struct zd_put_case zd_puts[] = {
	{ "put_page", 1, zd_put_page },
	{ "folio_put", 1, zd_folio_put },
	{ "folio_put_refs", 3, zd_folio_put_refs },
	{ "release_pages", 1, zd_release_pages },
	{ "folios_put", 1, zd_folios_put },
	{ "folios_put_refs", 2, zd_folios_put_refs },
	{ "unpin_user_page", GUP_PIN_COUNTING_BIAS, zd_unpin_user_page },
	{ "unpin_user_pages", GUP_PIN_COUNTING_BIAS, zd_unpin_user_pages },
};

KUNIT_ARRAY_PARAM_DESC(zd_put, zd_puts, description);

/* A page with @refs references is freed by the last of them, not before. */
static void zd_expect_put_frees(struct kunit *test, struct mmk_dev *dev,
				const struct zd_put_case *way)
{
	struct page *page = zd_get_page(test, dev);
	struct folio *folio = page_folio(page);
	int nr_free = atomic_read(&dev->nr_free);

	folio_ref_add(folio, 2 * way->refs - 1);

	way->put(page);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), way->refs);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), nr_free);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 1L);

	way->put(page);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), nr_free + 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[nr_free].page, page);
	KUNIT_EXPECT_EQ(test, dev->log[nr_free].refcount, 0);
	KUNIT_EXPECT_FALSE(test, dev->log[nr_free].atomic);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * every_put_of_the_last_reference_frees() - All roads lead to the driver
 * @test: the running case
 *
 * Each of the functions that drop references frees a device page when it drops
 * the last, and only then. That there is FS_DAX memory in the machine, whose
 * puts are looked at before, makes no difference.
 *
 * Contract: ZD-4, ZD-3
 */
static void every_put_of_the_last_reference_frees(struct kunit *test)
{
	struct mmk_dev *private = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *coherent = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	const struct zd_put_case *way = test->param_value;

	zd_expect_put_frees(test, private, way);
	zd_expect_put_frees(test, coherent, way);

	mmk_dev_create(test, MEMORY_DEVICE_FS_DAX);
	zd_expect_put_frees(test, private, way);
	zd_expect_put_frees(test, coherent, way);
}

#define ZD_BATCH	4

/**
 * enum zd_slot - What stands in one place of a batch
 * @ZD_PRIVATE: a device-private folio
 * @ZD_COHERENT: a coherent folio
 * @ZD_LRU: a normal folio on the LRU
 * @ZD_NR_SLOTS: how many kinds there are
 */
enum zd_slot {
	ZD_PRIVATE,
	ZD_COHERENT,
	ZD_LRU,
	ZD_NR_SLOTS,
};

static struct folio *zd_slot_folio(struct kunit *test, struct mmk_dev **devs,
				   enum zd_slot slot)
{
	struct folio *folio;

	if (slot == ZD_LRU) {
		folio = folio_alloc(GFP_KERNEL, 0);
		KUNIT_ASSERT_NOT_NULL(test, folio);
		KUNIT_ASSERT_EQ(test, mem_cgroup_charge(folio, NULL,
							GFP_KERNEL), 0);
		folio_add_lru(folio);
		lru_add_drain();
	} else {
		folio = page_folio(zd_get_page(test, devs[slot]));
	}
	return folio;
}

/*
 * Fill a batch, whose places are the digits of @combination; drop it; and say
 * whether everything in it is free and each driver has been told of its own.
 */
static bool zd_batch_is_freed(struct kunit *test, struct mmk_dev **devs,
			      unsigned int combination, bool more_refs)
{
	struct folio *folios[ZD_BATCH];
	unsigned int refs[ZD_BATCH];
	struct folio_batch batch;
	int expected[ZD_NR_SLOTS] = {}, i, nr;
	bool ok = true;

	folio_batch_init(&batch);
	atomic_set(&devs[ZD_PRIVATE]->nr_free, 0);
	atomic_set(&devs[ZD_COHERENT]->nr_free, 0);
	for (i = 0; i < ZD_BATCH; i++, combination /= ZD_NR_SLOTS) {
		folios[i] = zd_slot_folio(test, devs,
					  combination % ZD_NR_SLOTS);
		expected[combination % ZD_NR_SLOTS]++;
		refs[i] = more_refs ? i + 1 : 1;
		folio_ref_add(folios[i], refs[i] - 1);
		folio_batch_add(&batch, folios[i]);
	}

	folios_put_refs(&batch, more_refs ? refs : NULL);

	for (i = 0; i < ZD_BATCH; i++)
		ok &= !folio_ref_count(folios[i]) &&
		      !folio_test_lru(folios[i]) && !folio_memcg_charged(folios[i]);
	for (i = 0; i < ZD_LRU; i++) {
		ok &= atomic_read(&devs[i]->nr_free) == expected[i];
		for (nr = 0; nr < expected[i]; nr++)
			ok &= !devs[i]->log[nr].atomic;
	}
	return ok && !folio_batch_count(&batch);
}

/**
 * mixed_batches_free_all() - Device folios among others, in every order
 * @test: the running case
 *
 * Every batch of four out of device-private, coherent and LRU folios, with one
 * and with several references to drop. All of them are free thereafter; the
 * drivers are told of theirs, and not under the lock of an LRU list.
 *
 * Contract: ZD-4
 */
static void mixed_batches_free_all(struct kunit *test)
{
	static const char letter[ZD_NR_SLOTS] = { 'P', 'C', 'L' };
	struct mmk_dev *devs[] = {
		[ZD_PRIVATE] = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE),
		[ZD_COHERENT] = mmk_dev_create(test, MEMORY_DEVICE_COHERENT),
	};
	unsigned int n, i, rest, more_refs, nr_failed = 0;
	char name[ZD_BATCH + 1] = {}, first[ZD_BATCH + 1] = {};

	for (more_refs = 0; more_refs < 2; more_refs++) {
		for (n = 0; n < int_pow(ZD_NR_SLOTS, ZD_BATCH); n++) {
			for (i = 0, rest = n; i < ZD_BATCH; i++) {
				name[i] = letter[rest % ZD_NR_SLOTS];
				rest /= ZD_NR_SLOTS;
			}
			if (zd_batch_is_freed(test, devs, n, more_refs))
				continue;
			if (!nr_failed++)
				memcpy(first, name, sizeof(first));
		}
	}
	KUNIT_EXPECT_EQ_MSG(test, nr_failed, 0U, "the first was %s", first);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(devs[ZD_PRIVATE]), 0L);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(devs[ZD_COHERENT]), 0L);
}

/**
 * struct zd_give_up_case - A way in which a process gets rid of its pages
 * @description: its name
 * @type: of the device memory
 * @unmap: gets rid of a range in current->mm
 */
struct zd_give_up_case {
	const char *description;
	enum memory_type type;
	int (*unmap)(unsigned long addr, size_t len);
};

static int zd_munmap(unsigned long addr, size_t len)
{
	return vm_munmap(addr, len);
}

static int zd_dontneed(unsigned long addr, size_t len)
{
	return do_madvise(current->mm, addr, len, MADV_DONTNEED);
}

static const struct zd_give_up_case zd_give_ups[] = {
	{ "munmap, device private", MEMORY_DEVICE_PRIVATE, zd_munmap },
	{ "munmap, device coherent", MEMORY_DEVICE_COHERENT, zd_munmap },
	{ "MADV_DONTNEED, device private", MEMORY_DEVICE_PRIVATE, zd_dontneed },
	{ "MADV_DONTNEED, device coherent", MEMORY_DEVICE_COHERENT,
	  zd_dontneed },
};

KUNIT_ARRAY_PARAM_DESC(zd_give_up, zd_give_ups, description);

/**
 * unmap_frees_device_pages() - A process gives its pages back
 * @test: the running case
 *
 * Four pages, the second and the fourth of which are in device memory, with a
 * further reference on the fourth. Once unmapped the second is free, the fourth
 * when that reference is dropped; neither is mapped or counted any more.
 *
 * Contract: ZD-4
 */
static void unmap_frees_device_pages(struct kunit *test)
{
	const struct zd_give_up_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, param->type);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 4);
	struct page *second, *fourth;

	mmk_fill(test, addr, 4, 1);
	second = mmk_migrate_to_dev(test, mm, addr + PAGE_SIZE, dev);
	fourth = mmk_migrate_to_dev(test, mm, addr + 3 * PAGE_SIZE, dev);
	KUNIT_EXPECT_EQ(test, page_ref_count(second), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(second)), 1);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 4UL);
	get_page(fourth);

	KUNIT_EXPECT_EQ(test, param->unmap(addr, 4 * PAGE_SIZE), 0);

	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].page, second);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].mapping, NULL);
	KUNIT_EXPECT_FALSE(test, dev->log[0].anon_exclusive);
	KUNIT_EXPECT_EQ(test, page_ref_count(second), 0);
	KUNIT_EXPECT_FALSE(test, folio_mapped(page_folio(second)));
	KUNIT_EXPECT_EQ(test, page_ref_count(fourth), 1);
	KUNIT_EXPECT_FALSE(test, folio_mapped(page_folio(fourth)));
	put_page(fourth);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 2);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * exit_drops_the_reference_of_its_mapping() - exit_mmap() after a fork
 * @test: the running case
 *
 * Parent and child map the same device page, one reference each. The child
 * exits and drops its own; the parent's is the last.
 *
 * Contract: ZD-4
 */
static void exit_drops_the_reference_of_its_mapping(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 1);
	struct page *page;

	mmk_fill(test, addr, 1, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	child = mmk_fork(test);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 2);

	mmk_mm_put(test, child);

	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);

	/* And where it is the last: a child that is left alone with it. */
	child = mmk_fork(test);
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);

	mmk_mm_put(test, child);

	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * unpin_frees_what_nobody_maps() - The pin is the last reference
 * @test: the running case
 *
 * A process pins a normal page between two coherent ones, and unmaps them all.
 * The pins keep the device pages; unpin_user_pages() frees them.
 *
 * Contract: ZD-4
 */
static void unpin_frees_what_nobody_maps(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 3);
	struct page *pages[3], *first, *last;

	mmk_fill(test, addr, 3, 1);
	first = mmk_migrate_to_dev(test, mm, addr, dev);
	last = mmk_migrate_to_dev(test, mm, addr + 2 * PAGE_SIZE, dev);
	KUNIT_ASSERT_EQ(test, pin_user_pages_fast(addr, 3, FOLL_WRITE, pages),
			3);
	KUNIT_EXPECT_PTR_EQ(test, pages[0], first);
	KUNIT_EXPECT_PTR_EQ(test, pages[2], last);
	KUNIT_EXPECT_EQ(test, page_ref_count(first), 1 + GUP_PIN_COUNTING_BIAS);

	KUNIT_EXPECT_EQ(test, vm_munmap(addr, 3 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(first), GUP_PIN_COUNTING_BIAS);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);

	unpin_user_pages(pages, 3);

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 2);
	KUNIT_EXPECT_EQ(test, page_ref_count(first), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(last), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(pages[1]), 0);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * failed_migration_frees_the_new_page() - What was meant for nothing goes back
 * @test: the running case
 *
 * Two pages are to be moved to device memory. A reference that somebody takes
 * on the first, and a page that appears in the hole which was the second, make
 * migrate_vma_pages() refuse both. Finalize frees the device pages, and the
 * process keeps what it has.
 *
 * Contract: ZD-4
 */
static void failed_migration_frees_the_new_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 2);
	struct folio *folio;
	struct mmk_vma *m;

	mmk_fill(test, addr, 1, 1);
	folio = mmk_pte_folio(test, mm, addr);
	m = mmk_vma_alloc(test, mm, addr, 2, MIGRATE_VMA_SELECT_SYSTEM, dev);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, m->args.cpages, 2UL);
	mmk_vma_copy_to_dev(test, m, dev);
	mmk_folio_get(test, folio);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr + PAGE_SIZE, true), 0);

	mmk_vma_pages(m);

	KUNIT_EXPECT_FALSE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_FALSE(test, m->src[1] & MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
	mmk_vma_finalize(m);

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 2);
	KUNIT_EXPECT_FALSE(test, dev->log[0].locked);
	KUNIT_EXPECT_FALSE(test, dev->log[1].locked);
	KUNIT_EXPECT_FALSE(test, dev->log[0].charged);
	KUNIT_EXPECT_FALSE(test, dev->log[1].charged);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, addr), folio);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 2UL);
}

/**
 * fork_shares_device_private_page() - One reference per mapping
 * @test: the running case
 *
 * A device-private page that its only owner may write to. The fork takes a
 * reference, a mapping and a place in the RSS for the child, and neither owns
 * the page alone any more. A write by the child brings the page back to system
 * memory, for both and once, and then copies it for the child.
 *
 * Contract: ZD-12
 */
static void fork_shares_device_private_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 1);
	struct page *page;
	struct folio *folio;

	mmk_fill(test, addr, 1, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_WRITE);
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(page));

	child = mmk_fork(test);

	MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_READ);
	MMK_EXPECT_PTE(test, child, addr, DEVICE_PRIVATE_READ);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr), page);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(child, addr), page);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 2);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 1UL);

	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, addr, 0xee), 0);

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	MMK_EXPECT_PTE(test, child, addr, PRESENT);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr)));
	KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(child, addr)));
	folio = mmk_pte_folio(test, mm, addr);
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, child, addr), folio);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 1);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(folio_page(folio, 0)));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 1UL);
}

/**
 * forked_device_private_page_is_read_by_both() - One migration serves two
 * @test: the running case
 *
 * The same, but the child reads. The page comes back once and is shared by
 * both, read-only; the parent reads without another call of the driver.
 *
 * Contract: ZD-12
 */
static void forked_device_private_page_is_read_by_both(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 1);
	struct folio *folio;

	mmk_fill(test, addr, 1, 1);
	mmk_migrate_to_dev(test, mm, addr, dev);
	child = mmk_fork(test);

	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, child, addr, 1, 1));

	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	MMK_EXPECT_PTE(test, child, addr, PRESENT);
	folio = mmk_pte_folio(test, mm, addr);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, child, addr), folio);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr)));
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(child, addr)));
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 2);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 2);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(folio_page(folio, 0)));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
}

/**
 * cow_drops_the_writers_reference() - COW of a page in device memory
 * @test: the running case
 *
 * A coherent page is copied like any other: the child that writes gets a page
 * of its own and drops the reference of its mapping; the parent keeps the
 * device page, which is freed when that is unmapped too.
 *
 * Contract: ZD-4, ZD-12
 */
static void cow_drops_the_writers_reference(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 1);
	struct page *page;

	mmk_fill(test, addr, 1, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(page));
	child = mmk_fork(test);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr)));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);

	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, addr, 0xee), 0);

	KUNIT_EXPECT_PTR_NE(test, mmk_pte_page(child, addr), page);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr), page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));

	KUNIT_EXPECT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * freed_page_is_handed_out_again() - Nothing of the last owner is left
 * @test: the running case
 *
 * A process has had the page, exclusively, and has unmapped it. The next one to
 * get it finds it as fresh as the first did, and can use it the same way.
 *
 * Contract: ZD-5
 */
static void freed_page_is_handed_out_again(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 2);
	struct page *page, *again;
	unsigned int i;

	mmk_fill(test, addr, 2, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	KUNIT_ASSERT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, atomic_read(&dev->nr_free), 1);

	for (i = 0; i < 3; i++) {
		dev->next = page_to_pfn(page) - zd_first_pfn(dev);
		again = mmk_dev_get_page(test, dev);
		KUNIT_EXPECT_PTR_EQ(test, again, page);
		KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
		KUNIT_EXPECT_TRUE(test, PageLocked(page));
		KUNIT_EXPECT_PTR_EQ(test, page_folio(page)->mapping, NULL);
		KUNIT_EXPECT_FALSE(test, folio_mapped(page_folio(page)));
		KUNIT_EXPECT_FALSE(test, test_bit(PG_anon_exclusive,
						  mmk_page_flags(page)));
		KUNIT_EXPECT_EQ(test, folio_order(page_folio(page)), 0U);
		KUNIT_EXPECT_TRUE(test, PageReserved(page));
		KUNIT_EXPECT_PTR_EQ(test, page_pgmap(page), &dev->pgmap);
		KUNIT_EXPECT_FALSE(test, folio_memcg_charged(page_folio(page)));
		KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 1L);
		unlock_page(page);
		put_page(page);
		KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), (int)i + 2);
	}

	dev->next = page_to_pfn(page) - zd_first_pfn(dev);
	again = mmk_migrate_to_dev(test, mm, addr + PAGE_SIZE, dev);
	KUNIT_EXPECT_PTR_EQ(test, again, page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_EQ(test, page_folio(page)->index,
			linear_page_index(vma_lookup(mm, addr + PAGE_SIZE),
					  addr + PAGE_SIZE));
}

/**
 * cached_pgmap_lookup_moves_the_reference() - get_dev_pagemap() of a neighbour
 * @test: the running case
 *
 * A walker that has a pgmap already keeps it, and its one reference, from the
 * first pfn of the range to the last. At the first pfn of another one it gets
 * that and loses the old; where there is none it ends up with nothing.
 *
 * Contract: ZD-7
 */
static void cached_pgmap_lookup_moves_the_reference(struct kunit *test)
{
	struct mmk_dev *a = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *b = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	unsigned long pfn = zd_first_pfn(a), last = pfn + a->nr_pages - 1;
	struct dev_pagemap *pgmap;

	if (!MMK_PGMAP_LOOKUP_CACHES)
		kunit_skip(test, "get_dev_pagemap() takes no cached pgmap");

	pgmap = mmk_get_dev_pagemap_cached(pfn, NULL);
	KUNIT_ASSERT_PTR_EQ(test, pgmap, &a->pgmap);
	pgmap = mmk_get_dev_pagemap_cached(pfn, pgmap);
	KUNIT_ASSERT_PTR_EQ(test, pgmap, &a->pgmap);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(a), 1L);
	pgmap = mmk_get_dev_pagemap_cached(last, pgmap);
	KUNIT_ASSERT_PTR_EQ(test, pgmap, &a->pgmap);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(a), 1L);

	pgmap = mmk_get_dev_pagemap_cached(zd_first_pfn(b), pgmap);
	KUNIT_ASSERT_PTR_EQ(test, pgmap, &b->pgmap);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(a), 0L);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(b), 1L);

	pgmap = mmk_get_dev_pagemap_cached(last + 1, pgmap);
	KUNIT_EXPECT_PTR_EQ(test, pgmap, NULL);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(a), 0L);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(b), 0L);
}

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

static void zd_ranges_free(struct folio *folio)
{
	struct dev_pagemap *pgmap = page_pgmap(folio_page(folio, 0));

	atomic_inc(&container_of(pgmap, struct zd_ranges, pgmap)->nr_free);
}

MMK_DEFINE_FOLIO_FREE(zd_ranges_free)

static vm_fault_t zd_no_to_ram(struct vm_fault *vmf)
{
	return VM_FAULT_SIGBUS;
}

static const struct dev_pagemap_ops zd_ranges_ops =
	MMK_PGMAP_OPS(zd_ranges_free, zd_no_to_ram);

/* A pgmap of the ranges of two devices that are not mapped. */
static struct zd_ranges *zd_ranges_alloc(struct kunit *test,
					 struct mmk_dev *first,
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

/* How many pages of a device's range are fresh ones of a pgmap. */
static unsigned int zd_nr_fresh(struct mmk_dev *dev, struct dev_pagemap *pgmap,
				int refs)
{
	unsigned int i, nr = 0;

	if (zd_nr_valid(dev) != dev->nr_pages)
		return 0;
	for (i = 0; i < dev->nr_pages; i++)
		nr += zd_page_is_fresh(mmk_dev_page(dev, i), pgmap, refs);
	return nr;
}

/**
 * all_ranges_come_and_go_together() - A pgmap of two ranges
 * @test: the running case
 *
 * Both ranges get pages, each of which leads to the pgmap. When the second is
 * refused, the first is taken back; the pgmap can be used again thereafter.
 *
 * Contract: ZD-1, ZD-6, ZD-7
 */
static void all_ranges_come_and_go_together(struct kunit *test)
{
	struct mmk_dev *a = mmk_dev_alloc(test, zd_param_type(test));
	struct mmk_dev *b = mmk_dev_alloc(test, zd_param_type(test));
	struct zd_ranges *r = zd_ranges_alloc(test, a, b);
	unsigned long pfn_a = zd_first_pfn(a), pfn_b = zd_first_pfn(b);
	unsigned int nr = a->nr_pages;
	void *p;

	r->pgmap.ranges[1].start = mhp_get_pluggable_range(false).end + 1;
	r->pgmap.ranges[1].end = r->pgmap.ranges[1].start +
				 range_len(&b->pgmap.range) - 1;
	p = memremap_pages(&r->pgmap, numa_node_id());
	KUNIT_ASSERT_EQ(test, PTR_ERR_OR_ZERO(p), -EINVAL);
	KUNIT_ASSERT_EQ(test, r->pgmap.nr_range, 2);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(a), 0U);
	KUNIT_EXPECT_PTR_EQ(test, r->pgmap.ref.data, NULL);

	r->pgmap.ranges[1] = b->pgmap.range;
	p = memremap_pages(&r->pgmap, numa_node_id());
	KUNIT_ASSERT_EQ(test, PTR_ERR_OR_ZERO(p), 0);
	KUNIT_EXPECT_PTR_EQ(test, p, __va(a->pgmap.range.start));
	KUNIT_EXPECT_EQ(test, zd_nr_fresh(a, &r->pgmap, 0), nr);
	KUNIT_EXPECT_EQ(test, zd_nr_fresh(b, &r->pgmap, 0), nr);
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn_a, nr, &r->pgmap), nr);
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn_b, nr, &r->pgmap), nr);
	KUNIT_EXPECT_FALSE(test, pgmap_pfn_valid(&r->pgmap, pfn_a - 1));
	KUNIT_EXPECT_TRUE(test, pgmap_pfn_valid(&r->pgmap, pfn_a));
	KUNIT_EXPECT_TRUE(test, pgmap_pfn_valid(&r->pgmap, pfn_a + nr - 1));
	KUNIT_EXPECT_FALSE(test, pgmap_pfn_valid(&r->pgmap, pfn_a + nr));
	KUNIT_EXPECT_FALSE(test, pgmap_pfn_valid(&r->pgmap, pfn_b - 1));
	KUNIT_EXPECT_TRUE(test, pgmap_pfn_valid(&r->pgmap, pfn_b));
	KUNIT_EXPECT_TRUE(test, pgmap_pfn_valid(&r->pgmap, pfn_b + nr - 1));
	KUNIT_EXPECT_FALSE(test, pgmap_pfn_valid(&r->pgmap, pfn_b + nr));

	mmk_zone_device_page_init(mmk_dev_page(b, nr - 1));
	__folio_clear_locked(page_folio(mmk_dev_page(b, nr - 1)));
	put_page(mmk_dev_page(b, nr - 1));
	KUNIT_EXPECT_EQ(test, atomic_read(&r->nr_free), 1);

	KUNIT_ASSERT_TRUE(test, mmk_pgmap_unmap(test, &r->pgmap, 0));
	KUNIT_EXPECT_EQ(test, zd_nr_valid(a), 0U);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(b), 0U);
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn_a, nr, NULL), nr);
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn_b, nr, NULL), nr);
}

/**
 * struct zd_refusal_case - A range that memremap_pages() refuses
 * @description: what is wrong with it
 * @type: of the memory
 * @spoil: makes it so
 */
struct zd_refusal_case {
	const char *description;
	enum memory_type type;
	void (*spoil)(struct mmk_dev *dev);
};

static void zd_move(struct mmk_dev *dev, u64 start)
{
	dev->pgmap.range.start = start;
	dev->pgmap.range.end = start + dev->nr_pages * PAGE_SIZE - 1;
}

static void zd_beyond_memory(struct mmk_dev *dev)
{
	zd_move(dev, mhp_get_pluggable_range(false).end + 1);
}

static void zd_beyond_linear_map(struct mmk_dev *dev)
{
	zd_move(dev, mhp_get_pluggable_range(true).start -
		     dev->nr_pages * PAGE_SIZE);
}

/* Members of an altmap are constant: drivers copy it as a whole as well. */
static void zd_set_altmap(struct mmk_dev *dev, unsigned long base_pfn,
			  unsigned long reserve)
{
	struct vmem_altmap altmap = {
		.base_pfn	= base_pfn,
		.reserve	= reserve,
	};

	memcpy(&dev->pgmap.altmap, &altmap, sizeof(altmap));
	dev->pgmap.flags = PGMAP_ALTMAP_VALID;
}

static void zd_altmap_elsewhere(struct mmk_dev *dev)
{
	zd_set_altmap(dev, zd_first_pfn(dev) + 1, 0);
}

static void zd_altmap_too_large(struct mmk_dev *dev)
{
	zd_set_altmap(dev, zd_first_pfn(dev), dev->nr_pages + 1);
}

static const struct zd_refusal_case zd_refusals[] = {
	{ "private, beyond the last physical address", MEMORY_DEVICE_PRIVATE,
	  zd_beyond_memory },
	{ "coherent, beyond the last physical address", MEMORY_DEVICE_COHERENT,
	  zd_beyond_memory },
	{ "coherent, outside of the linear map", MEMORY_DEVICE_COHERENT,
	  zd_beyond_linear_map },
	{ "FS_DAX, outside of the linear map", MEMORY_DEVICE_FS_DAX,
	  zd_beyond_linear_map },
	{ "coherent, altmap of another range", MEMORY_DEVICE_COHERENT,
	  zd_altmap_elsewhere },
	{ "private, altmap of another range", MEMORY_DEVICE_PRIVATE,
	  zd_altmap_elsewhere },
	{ "FS_DAX, altmap larger than the range", MEMORY_DEVICE_FS_DAX,
	  zd_altmap_too_large },
};

KUNIT_ARRAY_PARAM_DESC(zd_refusal, zd_refusals, description);

/**
 * refused_range_leaves_nothing_behind() - memremap_pages() fails cleanly
 * @test: the running case
 *
 * A range that cannot be had gives -EINVAL, and neither memmap nor pgmap nor a
 * lock is left behind. With the range put right, the same pgmap can be mapped.
 *
 * Contract: ZD-6
 */
static void refused_range_leaves_nothing_behind(struct kunit *test)
{
	const struct zd_refusal_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_alloc(test, param->type);
	struct range good = dev->pgmap.range;
	int nr_managed = mmk_nr_devmap_managed();
	unsigned long pfn;

	param->spoil(dev);
	pfn = zd_first_pfn(dev);

	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), -EINVAL);

	KUNIT_ASSERT_EQ(test, dev->pgmap.nr_range, 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->pgmap.ref.data, NULL);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), 0U);
	KUNIT_EXPECT_EQ(test, lockdep_depth(current), 0);
	KUNIT_EXPECT_EQ(test, mmk_nr_devmap_managed(), nr_managed);

	dev->pgmap.range = good;
	dev->pgmap.flags = 0;
	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), dev->nr_pages);
	KUNIT_EXPECT_EQ(test, lockdep_depth(current), 0);
	if (pfn != zd_first_pfn(dev))
		KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, dev->nr_pages, NULL),
				dev->nr_pages);
}

/* What is worse than a bad range makes memremap_pages() WARN, as it should. */
static atomic_t zd_nr_warned;

static void zd_warned(void *unused, enum error_detector detector,
		      unsigned long id)
{
	if (detector == ERROR_DETECTOR_WARN)
		atomic_inc(&zd_nr_warned);
}

static void zd_warned_release(void *unused)
{
	unregister_trace_error_report_end(zd_warned, NULL);
	tracepoint_synchronize_unregister();
}

/* From here on until the end of the case, count WARNs. */
static void zd_count_warnings(struct kunit *test)
{
	mmk_expect_report(test);
	if (panic_on_warn)
		kunit_skip(test, "WARNs, and the kernel panics on that");

	atomic_set(&zd_nr_warned, 0);
	KUNIT_ASSERT_EQ(test, register_trace_error_report_end(zd_warned, NULL),
			0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, zd_warned_release,
							NULL), 0);
}

/**
 * struct zd_misuse_case - A pgmap that no driver should come up with
 * @description: what is wrong with it
 * @type: of the memory
 * @spoil: makes it so
 * @error: what memremap_pages() says to it
 */
struct zd_misuse_case {
	const char *description;
	enum memory_type type;
	void (*spoil)(struct mmk_dev *dev);
	int error;
};

static const struct dev_pagemap_ops zd_ops_without_free = {
	.migrate_to_ram = zd_no_to_ram,
};

static const struct dev_pagemap_ops zd_ops_without_to_ram =
	MMK_PGMAP_OPS(zd_ranges_free, NULL);

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

static void zd_in_ram(struct mmk_dev *dev)
{
	dev->res->flags |= IORESOURCE_SYSTEM_RAM;
}

static const struct zd_misuse_case zd_misuses[] = {
	{ "private, no range", MEMORY_DEVICE_PRIVATE, zd_without_range,
	  -EINVAL },
	{ "private, no ops", MEMORY_DEVICE_PRIVATE, zd_without_ops, -EINVAL },
	{ "private, no free callback", MEMORY_DEVICE_PRIVATE, zd_without_free,
	  -EINVAL },
	{ "private, no migrate_to_ram", MEMORY_DEVICE_PRIVATE,
	  zd_without_to_ram, -EINVAL },
	{ "private, no owner", MEMORY_DEVICE_PRIVATE, zd_without_owner,
	  -EINVAL },
	{ "coherent, no free callback", MEMORY_DEVICE_COHERENT,
	  zd_without_free, -EINVAL },
	{ "coherent, no owner", MEMORY_DEVICE_COHERENT, zd_without_owner,
	  -EINVAL },
	{ "coherent, in RAM", MEMORY_DEVICE_COHERENT, zd_in_ram, -ENXIO },
};

KUNIT_ARRAY_PARAM_DESC(zd_misuse, zd_misuses, description);

/**
 * misused_memremap_pages_warns_and_refuses() - A driver's bug is reported
 * @test: the running case
 *
 * A pgmap without what its type needs, or on top of RAM, is refused with one
 * WARN and the documented error, and nothing is left behind.
 *
 * Contract: ZD-6
 * Report: warning mm/memremap.c
 */
static void misused_memremap_pages_warns_and_refuses(struct kunit *test)
{
	const struct zd_misuse_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_alloc(test, param->type);
	unsigned long res_flags = dev->res->flags;
	int nr_range;

	zd_count_warnings(test);
	param->spoil(dev);
	nr_range = dev->pgmap.nr_range;

	KUNIT_EXPECT_EQ(test, mmk_dev_map(dev), param->error);

	KUNIT_EXPECT_EQ(test, atomic_read(&zd_nr_warned), 1);
	KUNIT_EXPECT_EQ(test, dev->pgmap.nr_range, nr_range);
	KUNIT_EXPECT_PTR_EQ(test, dev->pgmap.ref.data, NULL);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), 0U);
	KUNIT_EXPECT_EQ(test, zd_nr_found(zd_first_pfn(dev), dev->nr_pages,
					  NULL), dev->nr_pages);
	dev->res->flags = res_flags;
}

/**
 * overlapping_pgmaps_are_refused() - No pfn belongs to two
 * @test: the running case
 *
 * A range that begins, or ends, in another pgmap's is refused, and the other
 * one is as before, down to its reference count.
 *
 * Contract: ZD-6
 * Report: warning mm/memremap.c
 */
static void overlapping_pgmaps_are_refused(struct kunit *test)
{
	struct mmk_dev *other = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *dev = mmk_dev_alloc(test, zd_param_type(test));
	u64 start = other->pgmap.range.start;
	u64 len = range_len(&other->pgmap.range);

	zd_count_warnings(test);
	dev->pgmap.range = other->pgmap.range;
	dev->pgmap.range.end += len;
	KUNIT_EXPECT_EQ(test, mmk_dev_map(dev), -ENOMEM);
	KUNIT_EXPECT_EQ(test, atomic_read(&zd_nr_warned), 1);

	dev->pgmap.range.start = start - len;
	dev->pgmap.range.end = start + len - 1;
	KUNIT_EXPECT_EQ(test, mmk_dev_map(dev), -ENOMEM);
	KUNIT_EXPECT_EQ(test, atomic_read(&zd_nr_warned), 2);

	KUNIT_EXPECT_EQ(test, mmk_dev_refs(other), 0L);
	KUNIT_EXPECT_EQ(test, zd_nr_found(zd_first_pfn(other), other->nr_pages,
					  &other->pgmap), other->nr_pages);
	KUNIT_EXPECT_EQ(test, zd_nr_fresh(other, &other->pgmap, 0),
			other->nr_pages);
}

/**
 * altmap_is_for_one_range_only() - Two ranges cannot share an altmap
 * @test: the running case
 *
 * A pgmap of two ranges that comes with an altmap is refused at the second, and
 * the first is taken back.
 *
 * Contract: ZD-6
 * Report: warning mm/memremap.c
 */
static void altmap_is_for_one_range_only(struct kunit *test)
{
	struct mmk_dev *a = mmk_dev_alloc(test, MEMORY_DEVICE_COHERENT);
	struct mmk_dev *b = mmk_dev_alloc(test, MEMORY_DEVICE_COHERENT);
	struct zd_ranges *r = zd_ranges_alloc(test, a, b);
	void *p;

	zd_count_warnings(test);
	zd_set_altmap(a, zd_first_pfn(a), 0);
	memcpy(&r->pgmap.altmap, &a->pgmap.altmap, sizeof(r->pgmap.altmap));
	r->pgmap.flags = PGMAP_ALTMAP_VALID;

	p = memremap_pages(&r->pgmap, numa_node_id());

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(p), -EINVAL);
	KUNIT_EXPECT_EQ(test, atomic_read(&zd_nr_warned), 1);
	KUNIT_ASSERT_EQ(test, r->pgmap.nr_range, 2);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(a), 0U);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(b), 0U);
	KUNIT_EXPECT_PTR_EQ(test, r->pgmap.ref.data, NULL);
}

/**
 * double_put_is_caught() - A reference that is dropped twice
 * @test: the running case
 *
 * A second put of a free page has to end in the BUG that says so.
 *
 * Contract: ZD-11
 * Report: bug put_page_testzero
 */
static void double_put_is_caught(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct page *page;

	mmk_expect_report(test);
	if (!IS_ENABLED(CONFIG_DEBUG_VM))
		kunit_skip(test, "nobody looks without CONFIG_DEBUG_VM");

	page = zd_get_page(test, dev);
	put_page(page);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);

	put_page(page);

	KUNIT_FAIL(test, "a double put has been survived");
	set_page_count(page, 0);
}

/**
 * reserved_pages_are_no_device_pages() - An altmap keeps the first pages
 * @test: the running case
 *
 * The driver has reserved the first pages of the range for itself. The pgmap's
 * pages begin after them, and only those hold the pgmap.
 *
 * Contract: ZD-1
 */
static void reserved_pages_are_no_device_pages(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, MEMORY_DEVICE_GENERIC);
	unsigned long pfn = zd_first_pfn(dev), reserve = 16;
	unsigned int i, nr = 0;

	zd_set_altmap(dev, pfn, reserve);

	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);

	KUNIT_EXPECT_FALSE(test, pgmap_pfn_valid(&dev->pgmap,
						 pfn + reserve - 1));
	KUNIT_EXPECT_TRUE(test, pgmap_pfn_valid(&dev->pgmap, pfn + reserve));
	for (i = reserve; i < dev->nr_pages; i++)
		nr += zd_page_is_fresh(mmk_dev_page(dev, i), &dev->pgmap, 1);
	KUNIT_EXPECT_EQ(test, nr, dev->nr_pages - (unsigned int)reserve);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev),
			(long)(dev->nr_pages - reserve));

	mmk_dev_unmap(dev);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), 0U);
}

/**
 * compound_device_pages_count_once() - A pgmap of pages of a higher order
 * @test: the running case
 *
 * vmemmap_shift makes compound pages: the head has the reference and holds the
 * pgmap, its tails have none.
 *
 * Contract: ZD-9
 */
static void compound_device_pages_count_once(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, MEMORY_DEVICE_GENERIC);
	const unsigned int order = 2, size = 1 << order;
	struct page *page, *head;
	unsigned int i;

	dev->pgmap.vmemmap_shift = order;

	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);

	for (i = 0; i < dev->nr_pages; i++) {
		page = mmk_dev_page(dev, i);
		head = mmk_dev_page(dev, round_down(i, size));
		if (compound_head(page) != head ||
		    compound_order(head) != order ||
		    page_ref_count(page) != (page == head ? 1 : 0) ||
		    page_pgmap(head) != &dev->pgmap)
			break;
	}
	KUNIT_EXPECT_EQ(test, i, dev->nr_pages);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), (long)dev->nr_pages / size);

	KUNIT_ASSERT_TRUE(test, mmk_dev_unmap_as(test, dev,
						 dev->nr_pages / size));
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), 0U);
}

/**
 * generic_page_comes_back_with_a_reference() - GENERIC still counts from one
 * @test: the running case
 *
 * A page of a GENERIC pgmap has a reference from the start. The last put tells
 * the driver where there is one to tell, and then gives the page its reference
 * back; what the pages hold of their pgmap stays as it is.
 *
 * Contract: ZD-9
 */
static void generic_page_comes_back_with_a_reference(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_GENERIC);
	struct page *page = mmk_dev_page(dev, 3);
	long pgmap_refs = dev->nr_pages;
	int i, calls;

	KUNIT_EXPECT_EQ(test, zd_nr_fresh(dev, &dev->pgmap, 1), dev->nr_pages);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), pgmap_refs);

	for (i = 1; i <= 2; i++) {
		calls = MMK_GENERIC_CALLS_FREE ? i : 0;
		get_page(page);
		put_page(page);
		KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
		KUNIT_EXPECT_LT(test, atomic_read(&dev->nr_free), i);

		put_page(page);

		KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), calls);
		KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
		KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), pgmap_refs);
	}
	KUNIT_EXPECT_EQ(test, dev->log[0].refcount, 0);
	KUNIT_EXPECT_EQ(test, zd_nr_fresh(dev, &dev->pgmap, 1), dev->nr_pages);
}

/**
 * p2pdma_page_goes_back_to_its_driver() - Its last put
 * @test: the running case
 *
 * A page of a P2PDMA pgmap is used twice. Each time the last put, and no other,
 * tells the driver, and leaves the page as idle as it was in the beginning. What
 * the pages hold of their pgmap stays as it is.
 *
 * Contract: ZD-3, ZD-5
 */
static void p2pdma_page_goes_back_to_its_driver(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PCI_P2PDMA);
	struct page *page = mmk_dev_page(dev, 3);
	int i;

	for (i = 1; i <= 2; i++) {
		/* Drivers hand it out with one. */
		set_page_count(page, 1);
		get_page(page);
		put_page(page);
		KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
		KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), i - 1);

		put_page(page);

		KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), i);
		KUNIT_EXPECT_PTR_EQ(test, dev->log[i - 1].page, page);
		KUNIT_EXPECT_EQ(test, dev->log[i - 1].refcount, 0);
		KUNIT_EXPECT_EQ(test, page_ref_count(page),
				MMK_P2PDMA_IDLE_REFS);
		KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), (long)dev->nr_pages);
	}
}

/**
 * struct zd_idle_case - Memory whose pages are not for anonymous memory
 * @description: its name
 * @type: what memremap_pages() is told
 * @refs: what its pages have from the start
 */
struct zd_idle_case {
	const char *description;
	enum memory_type type;
	int refs;
};

static const struct zd_idle_case zd_idles[] = {
	{ "FS_DAX", MEMORY_DEVICE_FS_DAX, MMK_FSDAX_IDLE_REFS },
	{ "P2PDMA", MEMORY_DEVICE_PCI_P2PDMA, MMK_P2PDMA_IDLE_REFS },
	{ "GENERIC", MEMORY_DEVICE_GENERIC, 1 },
};

KUNIT_ARRAY_PARAM_DESC(zd_idle, zd_idles, description);

/**
 * pages_begin_idle() - The references of pages that nobody uses yet
 * @test: the running case
 *
 * Every page has the references that it has when it is idle. Where that is none
 * it is free, and cannot be had by a speculative folio_try_get(). All of them
 * hold the pgmap.
 *
 * Contract: ZD-1
 */
static void pages_begin_idle(struct kunit *test)
{
	const struct zd_idle_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, param->type);
	unsigned int i, had = 0;
	struct folio *folio;

	KUNIT_EXPECT_EQ(test, zd_nr_fresh(dev, &dev->pgmap, param->refs),
			dev->nr_pages);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), (long)dev->nr_pages);
	for (i = 0; i < dev->nr_pages; i++) {
		folio = page_folio(mmk_dev_page(dev, i));
		if (!folio_try_get(folio))
			continue;
		had++;
		folio_ref_dec(folio);
	}
	KUNIT_EXPECT_EQ(test, had, param->refs ? dev->nr_pages : 0);
}

/**
 * struct zd_idle - A task that waits until nobody uses an FS_DAX page
 * @task: the thread
 * @page: the page
 * @looks: how often it has looked
 */
struct zd_idle {
	struct mmk_task task;
	struct page *page;
	atomic_t looks;
};

static bool zd_looks_idle(struct zd_idle *idle)
{
	atomic_inc(&idle->looks);
	return page_ref_count(idle->page) == MMK_FSDAX_IDLE_REFS;
}

static void zd_idle_main(struct mmk_task *task)
{
	struct zd_idle *idle = container_of(task, struct zd_idle, task);

	wait_var_event(mmk_fsdax_wait_key(idle->page), zd_looks_idle(idle));
}

static const struct zd_put_case zd_fsdax_puts[] = {
	{ "put_page", 1, zd_put_page },
	{ "release_pages", 1, zd_release_pages },
	{ "folios_put", 1, zd_folios_put },
	{ "folios_put_refs", 2, zd_folios_put_refs },
	{ "unpin_user_page", GUP_PIN_COUNTING_BIAS, zd_unpin_user_page },
	{ "unpin_user_pages", GUP_PIN_COUNTING_BIAS, zd_unpin_user_pages },
};

KUNIT_ARRAY_PARAM_DESC(zd_fsdax_put, zd_fsdax_puts, description);

/**
 * put_to_idle_wakes_who_waits_for_it() - The end of an FS_DAX page's use
 * @test: the running case
 *
 * A file system waits until nobody uses a page of its device any more. A put
 * that leaves references does not wake it; the one which makes the page idle
 * does. No driver is told, and the pgmap stays as it is.
 *
 * Contract: ZD-8
 */
static void put_to_idle_wakes_who_waits_for_it(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_FS_DAX);
	const struct zd_put_case *way = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct page *page = mmk_dev_page(dev, 1);
	struct zd_idle *idle;
	long pgmap_refs;
	int looks;

	KUNIT_EXPECT_EQ(test, zd_nr_fresh(dev, &dev->pgmap,
					  MMK_FSDAX_IDLE_REFS), dev->nr_pages);
	mmk_fsdax_page_use(page);
	pgmap_refs = mmk_dev_refs(dev);
	page_ref_add(page, 2 * way->refs - 1);
	idle = mmk_task_alloc(test, sizeof(*idle), mm, zd_idle_main);
	idle->page = page;
	mmk_task_start(&idle->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&idle->task,
						   "zd_idle_main"));
	looks = atomic_read(&idle->looks);

	way->put(page);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&idle->task,
						   "zd_idle_main"));
	KUNIT_EXPECT_EQ(test, atomic_read(&idle->looks), looks);
	KUNIT_EXPECT_EQ(test, page_ref_count(page),
			MMK_FSDAX_IDLE_REFS + way->refs);

	way->put(page);

	KUNIT_EXPECT_TRUE(test, mmk_task_join(&idle->task));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), MMK_FSDAX_IDLE_REFS);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), pgmap_refs);
	/* If nothing else has. */
	wake_up_var(mmk_fsdax_wait_key(page));
}

/**
 * only_fsdax_makes_puts_look() - The static key of put_page()
 * @test: the running case
 *
 * put_page() looks for FS_DAX pages as long as there are any, and no longer.
 *
 * Contract: ZD-8
 */
static void only_fsdax_makes_puts_look(struct kunit *test)
{
	struct mmk_dev *private = mmk_dev_alloc(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *fsdax = mmk_dev_alloc(test, MEMORY_DEVICE_FS_DAX);
	int nr = mmk_nr_devmap_managed();

	if (nr < 0)
		kunit_skip(test, "put_page() looks at no static key");

	KUNIT_ASSERT_EQ(test, mmk_dev_map(private), 0);
	KUNIT_EXPECT_EQ(test, mmk_nr_devmap_managed(), nr);
	KUNIT_ASSERT_EQ(test, mmk_dev_map(fsdax), 0);
	KUNIT_EXPECT_EQ(test, mmk_nr_devmap_managed(), nr + 1);
	mmk_dev_unmap(private);
	KUNIT_EXPECT_EQ(test, mmk_nr_devmap_managed(), nr + 1);
	mmk_dev_unmap(fsdax);
	KUNIT_EXPECT_EQ(test, mmk_nr_devmap_managed(), nr);
}

#define ZD_FILE_PAGES	4

/* An entry of fs/dax.c for one page: its pfn, above four flags that are clear. */
static void *zd_dax_entry(struct page *page)
{
	return xa_mk_value(page_to_pfn(page) << 4);
}

static void zd_file_release(void *data)
{
	struct inode *inode = data;
	pgoff_t i;

	for (i = 0; i < ZD_FILE_PAGES; i++)
		xa_erase_irq(&inode->i_mapping->i_pages, i);
	inode->i_flags &= ~S_DAX;
}

/* A file, mapped at least once, whose pages are the first ones of a device. */
static struct inode *zd_dax_file(struct kunit *test, struct mmk_dev *dev)
{
	struct file *file = mmk_shmem_file(test, ZD_FILE_PAGES);
	struct inode *inode = file_inode(file);
	void *old;
	pgoff_t i;

	mmk_mmap(test, file, ZD_FILE_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
		 MAP_SHARED);
	inode->i_flags |= S_DAX;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, zd_file_release,
							inode), 0);
	for (i = 0; i < ZD_FILE_PAGES; i++) {
		old = xa_store_irq(&inode->i_mapping->i_pages, i,
				   zd_dax_entry(mmk_dev_page(dev, i)),
				   GFP_KERNEL);
		KUNIT_ASSERT_PTR_EQ(test, old, NULL);
	}
	return inode;
}

/* The first busy one of the pages @first to @last of a file. */
static struct page *zd_busy_page(struct address_space *mapping, pgoff_t first,
				 pgoff_t last)
{
	return dax_layout_busy_page_range(mapping, first * PAGE_SIZE,
					  (last + 1) * PAGE_SIZE - 1);
}

/**
 * busy_fsdax_page_is_found() - Which page a file system has to wait for
 * @test: the running case
 *
 * A file on a DAX device is about to be truncated. As long as its pages are
 * idle none is found; then the one that somebody uses, the first of two, and
 * only if it is in the range. When both are idle again there is none.
 *
 * Contract: ZD-8
 */
static void busy_fsdax_page_is_found(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_FS_DAX);
	struct page *second = mmk_dev_page(dev, 1), *last = mmk_dev_page(dev, 3);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct inode *inode = zd_dax_file(test, dev);
	struct address_space *mapping = inode->i_mapping;

	KUNIT_EXPECT_EQ(test, mm->map_count, 1);
	KUNIT_EXPECT_PTR_EQ(test, dax_layout_busy_page(mapping), NULL);

	mmk_fsdax_page_use(last);
	KUNIT_EXPECT_PTR_EQ(test, dax_layout_busy_page(mapping), last);
	mmk_fsdax_page_use(second);
	KUNIT_EXPECT_PTR_EQ(test, dax_layout_busy_page(mapping), second);
	KUNIT_EXPECT_PTR_EQ(test, zd_busy_page(mapping, 0, 0), NULL);
	KUNIT_EXPECT_PTR_EQ(test, zd_busy_page(mapping, 0, 1), second);
	KUNIT_EXPECT_PTR_EQ(test, zd_busy_page(mapping, 1, 1), second);
	KUNIT_EXPECT_PTR_EQ(test, zd_busy_page(mapping, 2, 3), last);
	KUNIT_EXPECT_PTR_EQ(test, zd_busy_page(mapping, 2, 2), NULL);

	put_page(second);
	KUNIT_EXPECT_PTR_EQ(test, dax_layout_busy_page(mapping), last);
	put_page(last);
	KUNIT_EXPECT_PTR_EQ(test, dax_layout_busy_page(mapping), NULL);
}

#define ZD_DROPPERS	8
#define ZD_DROPPED	32

/**
 * struct zd_dropper - A task that drops one reference on each of many pages
 * @task: the thread
 * @pages: the pages
 * @first: which one to begin with
 */
struct zd_dropper {
	struct mmk_task task;
	struct page **pages;
	unsigned int first;
};

static void zd_dropper_main(struct mmk_task *task)
{
	struct zd_dropper *dropper = container_of(task, struct zd_dropper,
						  task);
	void (*const puts[])(struct page *page) = {
		zd_put_page, zd_folio_put, zd_release_pages, zd_folios_put,
	};
	unsigned int i;

	for (i = 0; i < ZD_DROPPED; i++) {
		puts[i % ARRAY_SIZE(puts)](dropper->pages[(dropper->first + i) %
							  ZD_DROPPED]);
		schedule();
	}
}

/**
 * each_page_is_freed_by_one_of_many() - Many tasks, one last reference each
 * @test: the running case
 *
 * Tasks take turns at dropping the references of the same pages. However they
 * come in between each other, the driver is told of every page once.
 *
 * Contract: ZD-10
 */
static void each_page_is_freed_by_one_of_many(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test);
	struct zd_dropper *droppers[ZD_DROPPERS];
	struct page *pages[ZD_DROPPED];
	unsigned int i, j, nr;

	for (i = 0; i < ZD_DROPPED; i++) {
		pages[i] = zd_get_page(test, dev);
		page_ref_add(pages[i], ZD_DROPPERS - 1);
	}
	for (i = 0; i < ZD_DROPPERS; i++) {
		droppers[i] = mmk_task_alloc(test, sizeof(*droppers[i]), mm,
					     zd_dropper_main);
		droppers[i]->pages = pages;
		droppers[i]->first = i * ZD_DROPPED / ZD_DROPPERS;
	}
	for (i = 0; i < ZD_DROPPERS; i++)
		mmk_task_start(&droppers[i]->task);
	for (i = 0; i < ZD_DROPPERS; i++)
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&droppers[i]->task));

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), ZD_DROPPED);
	for (i = 0; i < ZD_DROPPED; i++) {
		for (j = 0, nr = 0; j < ZD_DROPPED; j++)
			nr += dev->log[j].page == pages[i];
		KUNIT_EXPECT_EQ_MSG(test, nr, 1U, "page %u", i);
		KUNIT_EXPECT_EQ(test, page_ref_count(pages[i]), 0);
	}
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

#define ZD_IN_STEP	8

/**
 * struct zd_racer - A task that drops its reference on a page when others do
 * @task: the thread
 * @pages: the pages
 * @meet: for every ZD_IN_STEP pages, where those who drop them meet
 * @dropped: for each page, how many have changed its count
 * @nr: how many they are
 * @at: which page it is at
 */
struct zd_racer {
	struct mmk_task task;
	struct page **pages;
	atomic_t *meet;
	atomic_t *dropped;
	unsigned int nr;
	unsigned int at;
};

static void zd_racer_main(struct mmk_task *task)
{
	struct zd_racer *racer = container_of(task, struct zd_racer, task);
	unsigned int i;

	for (i = 0; i < ZD_DROPPED; i++) {
		racer->at = i;
		/* They stay in step for a while; meeting takes its time. */
		if (!(i % ZD_IN_STEP))
			mmk_meet(&racer->meet[i], racer->nr);
		if (i % 2)
			zd_folios_put(racer->pages[i]);
		else
			put_page(racer->pages[i]);
	}
}

/* Each has changed the count; nobody has looked at what that gave. */
static void zd_all_have_dropped(void *data, struct page *page, int v)
{
	struct zd_racer **racers = data, *racer;
	unsigned int i;

	for (i = 0; i < racers[0]->nr; i++) {
		racer = racers[i];
		if (current == racer->task.task &&
		    page == racer->pages[racer->at])
			mmk_meet(&racer->dropped[racer->at], racer->nr);
	}
}

static void zd_all_have_dropped_and(void *data, struct page *page, int v,
				    int ret)
{
	zd_all_have_dropped(data, page, v);
}

static void zd_all_drop_release(void *data)
{
	mmk_unwatch_page_refs(zd_all_have_dropped, zd_all_have_dropped_and,
			      data);
}

/**
 * struct zd_race_case - How tasks drop their references at the same time
 * @description: its name
 * @type: of the memory
 * @in_step: nobody looks at what a put gave before all have done it
 */
struct zd_race_case {
	const char *description;
	enum memory_type type;
	bool in_step;
};

static const struct zd_race_case zd_races[] = {
	{ "device private", MEMORY_DEVICE_PRIVATE, false },
	{ "device coherent", MEMORY_DEVICE_COHERENT, false },
	{ "device private, in step", MEMORY_DEVICE_PRIVATE, true },
	{ "device coherent, in step", MEMORY_DEVICE_COHERENT, true },
};

KUNIT_ARRAY_PARAM_DESC(zd_race, zd_races, description);

/**
 * each_page_is_freed_by_one_of_many_cpus() - All at the same time
 * @test: the running case
 *
 * Tasks on all CPUs set out together to drop their references on the same pages,
 * one after the other; or they even wait, in the middle of each put, until all
 * have changed the count. One of them frees each page: the driver is told of it
 * once.
 *
 * Contract: ZD-10
 */
static void each_page_is_freed_by_one_of_many_cpus(struct kunit *test)
{
	const struct zd_race_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, param->type);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int i, j, nr, nr_racers;
	struct zd_racer **racers;
	atomic_t *meet, *dropped;
	struct page **pages;

	mmk_need_cpus(test, 2);
	if (param->in_step && !IS_ENABLED(CONFIG_DEBUG_PAGE_REF))
		kunit_skip(test, "needs CONFIG_DEBUG_PAGE_REF");
	nr_racers = min(num_online_cpus(), ZD_DROPPERS);
	racers = kunit_kcalloc(test, nr_racers, sizeof(*racers), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, racers);
	pages = kunit_kcalloc(test, ZD_DROPPED, sizeof(*pages), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pages);
	meet = kunit_kcalloc(test, ZD_DROPPED, sizeof(*meet), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, meet);
	dropped = kunit_kcalloc(test, ZD_DROPPED, sizeof(*dropped), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dropped);
	for (i = 0; i < ZD_DROPPED; i++) {
		pages[i] = zd_get_page(test, dev);
		page_ref_add(pages[i], nr_racers - 1);
	}
	for (i = 0; i < nr_racers; i++) {
		racers[i] = mmk_task_alloc(test, sizeof(*racers[i]), mm,
					   zd_racer_main);
		racers[i]->pages = pages;
		racers[i]->meet = meet;
		racers[i]->dropped = dropped;
		racers[i]->nr = nr_racers;
		mmk_task_place(&racers[i]->task, i);
	}
	if (param->in_step) {
		KUNIT_ASSERT_EQ(test, 0,
				mmk_watch_page_refs(zd_all_have_dropped,
						    zd_all_have_dropped_and,
						    racers));
		KUNIT_ASSERT_EQ(test, 0,
				kunit_add_action_or_reset(test,
							  zd_all_drop_release,
							  racers));
	}

	/* Who waits on this CPU does not let it go: that one comes last. */
	for (i = nr_racers; i-- > 0;)
		mmk_task_start(&racers[i]->task);
	for (i = 0; i < nr_racers; i++)
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&racers[i]->task));
	if (param->in_step)
		kunit_release_action(test, zd_all_drop_release, racers);

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), ZD_DROPPED);
	for (i = 0; i < ZD_DROPPED; i++) {
		for (j = 0, nr = 0; j < ZD_DROPPED; j++)
			nr += dev->log[j].page == pages[i];
		KUNIT_EXPECT_EQ_MSG(test, nr, 1U, "page %u", i);
		KUNIT_EXPECT_EQ(test, page_ref_count(pages[i]), 0);
		if (param->in_step)
			KUNIT_EXPECT_EQ(test, atomic_read(&dropped[i]),
					(int)nr_racers);
	}
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * struct zd_crossing - Two tasks that drop the last references of a page
 * @first: drops its own first
 * @second: does so before the other has looked at what that gave
 * @page: the page
 * @put: how both do it
 * @crossed: whether the second has come in between
 */
struct zd_crossing {
	struct mmk_task *first;
	struct mmk_task *second;
	struct page *page;
	void (*put)(struct page *page);
	bool crossed;
};

/**
 * struct zd_crosser - One of them
 * @task: the thread
 * @crossing: what it takes part in
 */
struct zd_crosser {
	struct mmk_task task;
	struct zd_crossing *crossing;
};

static void zd_crosser_main(struct mmk_task *task)
{
	struct zd_crosser *crosser = container_of(task, struct zd_crosser,
						  task);

	crosser->crossing->put(crosser->crossing->page);
}

static struct mmk_task *zd_crosser_alloc(struct kunit *test,
					 struct mm_struct *mm,
					 struct zd_crossing *crossing)
{
	struct zd_crosser *crosser = mmk_task_alloc(test, sizeof(*crosser), mm,
						    zd_crosser_main);

	crosser->crossing = crossing;
	return &crosser->task;
}

/*
 * The first has changed the count, or tried to, and knows no more yet. The
 * second has a higher priority: it runs as soon as it is woken here.
 */
static void zd_ref_modified(void *data, struct page *page, int v)
{
	struct zd_crossing *crossing = data;

	if (crossing->crossed || page != crossing->page ||
	    current != crossing->first->task)
		return;
	crossing->crossed = true;
	mmk_task_start(crossing->second);
}

static void zd_ref_modified_and(void *data, struct page *page, int v, int ret)
{
	zd_ref_modified(data, page, v);
}

static void zd_ref_release(void *data)
{
	mmk_unwatch_page_refs(zd_ref_modified, zd_ref_modified_and, data);
}

static void zd_cross(struct kunit *test, struct mmk_dev *dev,
		     struct mm_struct *mm, const struct zd_put_case *way)
{
	struct page *page = zd_get_page(test, dev);
	struct zd_crossing *crossing;

	crossing = kunit_kzalloc(test, sizeof(*crossing), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, crossing);
	crossing->page = page;
	crossing->put = way->put;
	crossing->first = zd_crosser_alloc(test, mm, crossing);
	crossing->second = zd_crosser_alloc(test, mm, crossing);
	sched_set_fifo(crossing->second->task);
	page_ref_add(page, 2 * way->refs - 1);
	KUNIT_ASSERT_EQ(test, mmk_watch_page_refs(zd_ref_modified,
						  zd_ref_modified_and,
						  crossing), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, zd_ref_release,
							crossing), 0);

	mmk_task_start(crossing->first);

	KUNIT_EXPECT_TRUE(test, mmk_task_join(crossing->first));
	kunit_release_action(test, zd_ref_release, crossing);
	KUNIT_ASSERT_TRUE(test, crossing->crossed);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(crossing->second));
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].page, page);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].task, crossing->second->task);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * crossing_puts_free_once() - One last put comes in the middle of another
 * @test: the running case
 *
 * A task has changed the count of a page, but has not looked at the result yet,
 * when another drops the last reference. Only the other tells the driver.
 *
 * Contract: ZD-10
 */
static void crossing_puts_free_once(struct kunit *test)
{
	struct mmk_dev *private = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *coherent = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	const struct zd_put_case *way = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);

	if (!IS_ENABLED(CONFIG_DEBUG_PAGE_REF) ||
	    !IS_ENABLED(CONFIG_PREEMPTION))
		kunit_skip(test, "needs CONFIG_DEBUG_PAGE_REF and preemption");

	zd_cross(test, private, mm, way);
	zd_cross(test, coherent, mm, way);
}

/* Where a fault waits in migrate_to_ram; outlives a case that fails. */
static struct completion zd_entered, zd_go_on;

static vm_fault_t zd_to_ram_in_two_steps(struct mmk_dev *dev,
					 struct vm_fault *vmf)
{
	complete(&zd_entered);
	wait_for_completion(&zd_go_on);
	return mmk_dev_to_ram(dev, vmf);
}

static void zd_let_go(void *unused)
{
	complete_all(&zd_go_on);
}

/**
 * page_unmapped_during_its_fault_outlives_it() - The fault holds a reference
 * @test: the running case
 *
 * A task that faulted on a device-private page has come to the driver when
 * another unmaps the page. It is not freed under the driver's hands, but when
 * the fault drops its reference, and what was unmapped does not come back.
 *
 * Contract: ZD-13
 */
static void page_unmapped_during_its_fault_outlives_it(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_fault *fault;
	struct page *page;

	mmk_fill(test, addr, 1, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	init_completion(&zd_entered);
	init_completion(&zd_go_on);
	dev->to_ram = zd_to_ram_in_two_steps;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, zd_let_go, NULL),
			0);
	fault = mmk_fault_start(test, mm, addr, FAULT_FLAG_DEFAULT,
				MMK_MMAP_LOCK);
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&zd_entered,
							  MMK_DEADLINE), 0UL);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);

	KUNIT_EXPECT_EQ(test, do_madvise(mm, addr, PAGE_SIZE, MADV_DONTNEED),
			0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
	complete_all(&zd_go_on);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret & VM_FAULT_ERROR, 0U);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].task, fault->task.task);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 0UL);
}

/**
 * struct zd_intruder - A task that unmaps in the middle of another's fault
 * @task: the thread
 * @addr: what it unmaps
 * @fault: whose fault
 * @ptl: the page table lock, as lockdep knows it
 * @came: whether it has been let in
 * @ret: what madvise() returned
 */
struct zd_intruder {
	struct mmk_task task;
	unsigned long addr;
	struct mmk_fault *fault;
	struct lockdep_map *ptl;
	bool came;
	int ret;
};

static void zd_intruder_main(struct mmk_task *task)
{
	struct zd_intruder *intruder = container_of(task, struct zd_intruder,
						    task);

	intruder->ret = do_madvise(task->mm, intruder->addr, PAGE_SIZE,
				   MADV_DONTNEED);
}

static bool zd_in_function(const char *function)
{
	unsigned long entries[48];
	char sym[KSYM_SYMBOL_LEN];
	unsigned int i, n;

	n = stack_trace_save(entries, ARRAY_SIZE(entries), 0);
	for (i = 0; i < n; i++) {
		sprint_symbol_no_offset(sym, entries[i]);
		if (!strcmp(sym, function))
			return true;
	}
	return false;
}

/*
 * The first lock that do_swap_page() takes for a device-private entry is RCU's
 * read lock, on the way to the ptl. The intruder has a higher priority: it runs
 * as soon as it is woken here.
 */
static void zd_let_intruder_in(void *data, struct lockdep_map *lock,
			       unsigned int subclass, int trylock, int read,
			       int check, struct lockdep_map *nest_lock,
			       unsigned long ip)
{
	struct zd_intruder *intruder = data;

	if (intruder->came || current != intruder->fault->task.task ||
	    in_interrupt() || irqs_disabled())
		return;
	/* What follows takes locks as well. */
	intruder->came = true;
	if (zd_in_function("do_swap_page"))
		mmk_task_start(&intruder->task);
	else
		intruder->came = false;
}

/* And this is when it drops the ptl. */
static void zd_let_intruder_in_late(void *data, struct lockdep_map *lock,
				    unsigned long ip)
{
	struct zd_intruder *intruder = data;

	if (lock == intruder->ptl)
		zd_let_intruder_in(data, lock, 0, 0, 0, 0, NULL, ip);
}

static void zd_ignore_lock(void *data, struct lockdep_map *lock,
			   unsigned int subclass, int trylock, int read,
			   int check, struct lockdep_map *nest_lock,
			   unsigned long ip)
{
}

static void zd_late_release(void *data)
{
	mmk_unwatch_locks(zd_ignore_lock, zd_let_intruder_in_late, data);
}

static void zd_probe_release(void *data)
{
	mmk_lock_probe_unregister(zd_let_intruder_in, data);
	tracepoint_synchronize_unregister();
}

/* A device-private page, a fault on it and an intruder, none of them started. */
static struct page *zd_intrude(struct kunit *test, struct mmk_dev *dev,
			       struct mm_struct *mm, unsigned long addr,
			       struct zd_intruder **intruderp)
{
	struct zd_intruder *intruder;
	struct page *page;

	if (!IS_ENABLED(CONFIG_LOCKDEP) || !IS_ENABLED(CONFIG_PREEMPTION))
		kunit_skip(test, "needs lockdep's tracepoints and preemption");

	mmk_fill(test, addr, 1, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	intruder = mmk_task_alloc(test, sizeof(*intruder), mm,
				  zd_intruder_main);
	sched_set_fifo(intruder->task.task);
	intruder->addr = addr;
	intruder->ptl = mmk_lock_map(pte_lockptr(mm, mm_find_pmd(mm, addr)));
	intruder->ret = -EINPROGRESS;
	intruder->fault = mmk_fault_alloc(test, mm, addr, FAULT_FLAG_DEFAULT,
					  MMK_MMAP_LOCK);
	*intruderp = intruder;
	return page;
}

/**
 * fault_on_page_just_freed_leaves_it_alone() - The pte is looked at once more
 * @test: the running case
 *
 * A fault has read a device-private entry, but not locked the page table yet,
 * when another task unmaps and so frees the page. The fault finds the entry
 * changed: it neither takes a reference on the free page nor calls the driver.
 *
 * Contract: ZD-13
 */
static void fault_on_page_just_freed_leaves_it_alone(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct zd_intruder *intruder;
	struct page *page;

	page = zd_intrude(test, dev, mm, addr, &intruder);
	KUNIT_ASSERT_EQ(test, mmk_lock_probe_register(zd_let_intruder_in,
						      intruder), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, zd_probe_release,
							intruder), 0);

	mmk_task_start(&intruder->fault->task);

	KUNIT_EXPECT_TRUE(test, mmk_task_join(&intruder->fault->task));
	kunit_release_action(test, zd_probe_release, intruder);
	KUNIT_ASSERT_TRUE(test, intruder->came);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&intruder->task));
	KUNIT_EXPECT_EQ(test, intruder->ret, 0);
	KUNIT_EXPECT_EQ(test, intruder->fault->ret, 0U);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].task, intruder->task.task);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
}

/**
 * page_unmapped_behind_the_ptl_outlives_the_fault() - No gap after the lock
 * @test: the running case
 *
 * A fault has found its device-private entry unchanged; another task unmaps the
 * page the moment the page table is unlocked. By then the fault holds a
 * reference, and the page is freed when that is dropped.
 *
 * Contract: ZD-13
 */
static void page_unmapped_behind_the_ptl_outlives_the_fault(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct zd_intruder *intruder;
	struct mmk_fault *fault;
	struct page *page;

	page = zd_intrude(test, dev, mm, addr, &intruder);
	fault = intruder->fault;
	KUNIT_ASSERT_EQ(test, mmk_watch_locks(zd_ignore_lock,
					      zd_let_intruder_in_late,
					      intruder), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, zd_late_release,
							intruder), 0);

	mmk_task_start(&fault->task);

	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	kunit_release_action(test, zd_late_release, intruder);
	KUNIT_ASSERT_TRUE(test, intruder->came);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&intruder->task));
	KUNIT_EXPECT_EQ(test, intruder->ret, 0);
	KUNIT_EXPECT_EQ(test, fault->ret & VM_FAULT_ERROR, 0U);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].page, page);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].task, fault->task.task);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
}

static struct kunit_case zone_device_cases[] = {
	/* First what all the others stand on. */
	KUNIT_CASE_PARAM(pgmap_is_found_by_its_pfns_only, zd_type_gen_params),
	KUNIT_CASE_PARAM(page_init_takes_one_reference, zd_type_gen_params),
	KUNIT_CASE_PARAM(last_put_frees_once, zd_type_gen_params),
	KUNIT_CASE_PARAM(stale_mapping_of_any_kind_is_cleared,
			 zd_type_gen_params),
	KUNIT_CASE_PARAM(free_callback_runs_before_pgmap_goes,
			 zd_type_gen_params),
	KUNIT_CASE_PARAM(memunmap_waits_for_the_last_page, zd_type_gen_params),
	KUNIT_CASE_PARAM(fresh_pages_are_free, zd_type_gen_params),
	KUNIT_CASE_PARAM(all_ranges_come_and_go_together, zd_type_gen_params),
	KUNIT_CASE(cached_pgmap_lookup_moves_the_reference),
	KUNIT_CASE_PARAM(refused_range_leaves_nothing_behind,
			 zd_refusal_gen_params),
	KUNIT_CASE_PARAM(misused_memremap_pages_warns_and_refuses,
			 zd_misuse_gen_params),
	KUNIT_CASE_PARAM(overlapping_pgmaps_are_refused, zd_type_gen_params),
	KUNIT_CASE(altmap_is_for_one_range_only),
	KUNIT_CASE(reserved_pages_are_no_device_pages),
	KUNIT_CASE_PARAM(every_put_of_the_last_reference_frees,
			 zd_put_gen_params),
	KUNIT_CASE(mixed_batches_free_all),
	KUNIT_CASE_PARAM(unmap_frees_device_pages, zd_give_up_gen_params),
	KUNIT_CASE_PARAM(exit_drops_the_reference_of_its_mapping,
			 zd_type_gen_params),
	KUNIT_CASE(unpin_frees_what_nobody_maps),
	KUNIT_CASE_PARAM(failed_migration_frees_the_new_page,
			 zd_type_gen_params),
	KUNIT_CASE_PARAM(freed_page_is_handed_out_again, zd_type_gen_params),
	KUNIT_CASE(fork_shares_device_private_page),
	KUNIT_CASE(forked_device_private_page_is_read_by_both),
	KUNIT_CASE(cow_drops_the_writers_reference),
	KUNIT_CASE_PARAM(pages_begin_idle, zd_idle_gen_params),
	KUNIT_CASE_PARAM(put_to_idle_wakes_who_waits_for_it,
			 zd_fsdax_put_gen_params),
	KUNIT_CASE(only_fsdax_makes_puts_look),
	KUNIT_CASE(busy_fsdax_page_is_found),
	KUNIT_CASE(generic_page_comes_back_with_a_reference),
	KUNIT_CASE(p2pdma_page_goes_back_to_its_driver),
	KUNIT_CASE(compound_device_pages_count_once),
	KUNIT_CASE_PARAM(each_page_is_freed_by_one_of_many, zd_type_gen_params),
	KUNIT_CASE_PARAM(each_page_is_freed_by_one_of_many_cpus,
			 zd_race_gen_params),
	KUNIT_CASE_PARAM(crossing_puts_free_once, zd_put_gen_params),
	KUNIT_CASE(page_unmapped_during_its_fault_outlives_it),
	KUNIT_CASE(fault_on_page_just_freed_leaves_it_alone),
	KUNIT_CASE(page_unmapped_behind_the_ptl_outlives_the_fault),
	KUNIT_CASE(double_put_is_caught),
	{}
};

static struct kunit_suite zone_device_suite = {
	.name = "zone_device",
	.init = mmk_case_init,
	.test_cases = zone_device_cases,
};

kunit_test_suite(zone_device_suite);
