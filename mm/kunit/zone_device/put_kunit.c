// SPDX-License-Identifier: GPL-2.0
/*
 * The ways to drop the last reference on a device page.
 */
#include <kunit/test.h>
#include <linux/memcontrol.h>
#include <linux/memremap.h>
#include <linux/mm.h>

#include "../../internal.h"
#include "../compat/folio_batch.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "device_pages.h"

KUNIT_ARRAY_PARAM_DESC(zd_put, zd_puts, description);

/* Expects a page to be freed by the last put, and not before. */
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
 * every_last_put_frees() - Each function that drops references
 *
 * Each function that drops references frees a device page when it drops the
 * last one, and only then. It is the same when there is FS_DAX memory, for
 * which put_page() takes another path.
 *
 * Contract: ZD-4, ZD-3
 */
static void every_last_put_frees(struct kunit *test)
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
 * enum zd_slot - What is in one place of a batch
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
 * Fills a batch as the digits of @combination say, and puts it. Returns whether
 * all folios are free, and each driver has been told of its own.
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
 *
 * Every batch of four device-private, coherent and LRU folios, with one or
 * several references each. All of them are freed; the drivers are told of
 * theirs, and not under the lock of an LRU list.
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
 * double_put_is_caught() - A reference that is dropped twice
 *
 * A second put of a free page has to end in a BUG.
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

static struct kunit_case zone_device_put_cases[] = {
	KUNIT_CASE_PARAM(every_last_put_frees, zd_put_gen_params),
	KUNIT_CASE(mixed_batches_free_all),
	KUNIT_CASE(double_put_is_caught),
	{}
};

static struct kunit_suite zone_device_put_suite = {
	.name = "zone_device_put",
	.init = mmk_case_init,
	.test_cases = zone_device_put_cases,
};

kunit_test_suite(zone_device_put_suite);
