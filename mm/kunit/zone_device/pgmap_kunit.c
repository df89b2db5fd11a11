// SPDX-License-Identifier: GPL-2.0
/*
 * Which ranges memremap_pages() takes, and how pfns lead to their pgmap.
 */
#include <kunit/test.h>
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/warn.h"
#include "device_pages.h"

KUNIT_ARRAY_PARAM_DESC(zd_type, zd_types, description);

/**
 * pgmap_is_found_by_pfn() - get_dev_pagemap()
 *
 * get_dev_pagemap() finds the pgmap for every pfn of its range, and takes one
 * reference on it; it finds nothing for the pfns on both sides. When the pgmap
 * has been unmapped, and is used for another range, it is not found for the old
 * pfns.
 *
 * Contract: ZD-7
 */
static void pgmap_is_found_by_pfn(struct kunit *test)
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
 * cached_lookup_moves_reference() - get_dev_pagemap() of a neighbour
 *
 * A caller that passes the pgmap of the last look-up keeps it, with one
 * reference, from the first pfn of the range to the last. At the first pfn of
 * another range it gets the other pgmap instead; where there is none it gets
 * NULL, and its reference is dropped.
 *
 * Contract: ZD-7
 */
static void cached_lookup_moves_reference(struct kunit *test)
{
	struct mmk_dev *a = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *b = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	unsigned long pfn = zd_first_pfn(a), last = pfn + a->nr_pages - 1;
	struct dev_pagemap *pgmap;

	if (!MMK_PGMAP_LOOKUP_CACHES)
		kunit_skip(test, "needs the second parameter of get_dev_pagemap()");

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
 * ranges_come_and_go_together() - A pgmap of two ranges
 *
 * Both ranges get pages, and all pages refer to the pgmap. If the second range
 * is refused, the first is unmapped again; the pgmap can be used after that.
 *
 * Contract: ZD-1, ZD-6, ZD-7
 */
static void ranges_come_and_go_together(struct kunit *test)
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

	mmk_zone_device_init(mmk_dev_page(b, nr - 1), 0);
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

static void zd_set_altmap_at(struct mmk_dev *dev, unsigned long base_pfn,
			     unsigned long reserve)
{
	const struct vmem_altmap altmap = {
		.base_pfn	= base_pfn,
		.reserve	= reserve,
	};

	zd_set_altmap(&dev->pgmap, &altmap);
}

static void zd_altmap_elsewhere(struct mmk_dev *dev)
{
	zd_set_altmap_at(dev, zd_first_pfn(dev) + 1, 0);
}

static void zd_altmap_too_large(struct mmk_dev *dev)
{
	zd_set_altmap_at(dev, zd_first_pfn(dev), dev->nr_pages + 1);
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
 * refused_range_leaves_nothing_behind() - memremap_pages() fails
 *
 * A bad range gives -EINVAL, and leaves neither memmap nor pgmap nor a lock
 * behind. With a good range, the same pgmap can be mapped.
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

/* From here on memremap_pages() WARNs, as it should. */
static void zd_count_warns(struct kunit *test)
{
	mmk_expect_report(test);
	mmk_warn_count(test);
}

KUNIT_ARRAY_PARAM_DESC(zd_misuse, zd_misuses, description);

/**
 * misuse_is_reported() - The WARN for a bug of a driver
 *
 * A pgmap without what its type needs, or on top of RAM, is refused with one
 * WARN and the documented error, and nothing is left behind.
 *
 * Contract: ZD-6
 * Report: warning mm/memremap.c
 */
static void misuse_is_reported(struct kunit *test)
{
	const struct zd_misuse_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_alloc(test, param->type);
	unsigned long res_flags = dev->res->flags;
	int nr_range;

	zd_count_warns(test);
	param->spoil(dev);
	nr_range = dev->pgmap.nr_range;

	KUNIT_EXPECT_EQ(test, mmk_dev_map(dev), param->error);

	KUNIT_EXPECT_EQ(test, mmk_warns(), 1);
	KUNIT_EXPECT_EQ(test, dev->pgmap.nr_range, nr_range);
	KUNIT_EXPECT_PTR_EQ(test, dev->pgmap.ref.data, NULL);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), 0U);
	KUNIT_EXPECT_EQ(test, zd_nr_found(zd_first_pfn(dev), dev->nr_pages,
					  NULL), dev->nr_pages);
	dev->res->flags = res_flags;
}

/**
 * overlap_is_reported() - The WARN for two pgmaps with common pfns
 *
 * A range that begins or ends in the range of another pgmap is refused with one
 * WARN, and the other pgmap is as before, with the same references.
 *
 * Contract: ZD-6
 * Report: warning mm/memremap.c
 */
static void overlap_is_reported(struct kunit *test)
{
	struct mmk_dev *other = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *dev = mmk_dev_alloc(test, zd_param_type(test));
	u64 start = other->pgmap.range.start;
	u64 len = range_len(&other->pgmap.range);

	zd_count_warns(test);
	dev->pgmap.range = other->pgmap.range;
	dev->pgmap.range.end += len;
	KUNIT_EXPECT_EQ(test, mmk_dev_map(dev), -ENOMEM);
	KUNIT_EXPECT_EQ(test, mmk_warns(), 1);

	dev->pgmap.range.start = start - len;
	dev->pgmap.range.end = start + len - 1;
	KUNIT_EXPECT_EQ(test, mmk_dev_map(dev), -ENOMEM);
	KUNIT_EXPECT_EQ(test, mmk_warns(), 2);

	KUNIT_EXPECT_EQ(test, mmk_dev_refs(other), 0L);
	KUNIT_EXPECT_EQ(test, zd_nr_found(zd_first_pfn(other), other->nr_pages,
					  &other->pgmap), other->nr_pages);
	KUNIT_EXPECT_EQ(test, zd_nr_fresh(other, &other->pgmap, 0),
			other->nr_pages);
}

/**
 * altmap_of_two_ranges_is_reported() - The WARN for an altmap with two ranges
 *
 * A pgmap of two ranges with an altmap is refused with one WARN, and the first
 * range is unmapped again.
 *
 * Contract: ZD-6
 * Report: warning mm/memremap.c
 */
static void altmap_of_two_ranges_is_reported(struct kunit *test)
{
	struct mmk_dev *a = mmk_dev_alloc(test, MEMORY_DEVICE_COHERENT);
	struct mmk_dev *b = mmk_dev_alloc(test, MEMORY_DEVICE_COHERENT);
	struct zd_ranges *r = zd_ranges_alloc(test, a, b);
	const struct vmem_altmap altmap = { .base_pfn = zd_first_pfn(a) };
	void *p;

	zd_count_warns(test);
	zd_set_altmap(&r->pgmap, &altmap);

	p = memremap_pages(&r->pgmap, numa_node_id());

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(p), -EINVAL);
	KUNIT_EXPECT_EQ(test, mmk_warns(), 1);
	KUNIT_ASSERT_EQ(test, r->pgmap.nr_range, 2);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(a), 0U);
	KUNIT_EXPECT_EQ(test, zd_nr_valid(b), 0U);
	KUNIT_EXPECT_PTR_EQ(test, r->pgmap.ref.data, NULL);
}

/**
 * reserved_pages_are_no_device_pages() - An altmap keeps the first pages
 *
 * The driver has reserved the first pages of the range. The pages of the pgmap
 * begin behind them, and at most these have references on the pgmap. The range
 * goes again, although its first page has never been initialised.
 *
 * Contract: ZD-1, ZD-7
 */
static void reserved_pages_are_no_device_pages(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, MEMORY_DEVICE_GENERIC);
	unsigned long pfn = zd_first_pfn(dev), reserve = 16;
	unsigned int i, nr = 0;

	zd_set_altmap_at(dev, pfn, reserve);

	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);

	KUNIT_EXPECT_FALSE(test, pgmap_pfn_valid(&dev->pgmap,
						 pfn + reserve - 1));
	KUNIT_EXPECT_TRUE(test, pgmap_pfn_valid(&dev->pgmap, pfn + reserve));
	for (i = reserve; i < dev->nr_pages; i++)
		nr += zd_page_is_fresh(mmk_dev_page(dev, i), &dev->pgmap,
				       MMK_GENERIC_IDLE_REFS);
	KUNIT_EXPECT_EQ(test, nr, dev->nr_pages - (unsigned int)reserve);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev),
			(long)(dev->nr_pages - reserve) *
			MMK_IDLE_PAGE_PGMAP_REFS);

	KUNIT_EXPECT_TRUE(test, mmk_dev_unmap_as(test, dev,
						 (dev->nr_pages - reserve) *
						 MMK_IDLE_PAGE_PGMAP_REFS));
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), 0U);
}

static struct kunit_case zone_device_pgmap_cases[] = {
	/* First the case that all others rely on */
	KUNIT_CASE_PARAM(pgmap_is_found_by_pfn, zd_type_gen_params),
	KUNIT_CASE_PARAM(ranges_come_and_go_together, zd_type_gen_params),
	KUNIT_CASE(cached_lookup_moves_reference),
	KUNIT_CASE_PARAM(refused_range_leaves_nothing_behind,
			 zd_refusal_gen_params),
	KUNIT_CASE_PARAM(misuse_is_reported, zd_misuse_gen_params),
	KUNIT_CASE_PARAM(overlap_is_reported, zd_type_gen_params),
	KUNIT_CASE(altmap_of_two_ranges_is_reported),
	KUNIT_CASE(reserved_pages_are_no_device_pages),
	{}
};

static struct kunit_suite zone_device_pgmap_suite = {
	.name = "zone_device_pgmap",
	.init = mmk_case_init,
	.test_cases = zone_device_pgmap_cases,
};

kunit_test_suite(zone_device_pgmap_suite);
