// SPDX-License-Identifier: GPL-2.0
/*
 * What memremap_pages() refuses, devm_memremap_pages(), and late uses of a
 * pgmap.
 *
 * The kernel WARNs in most of these cases. The WARNs are counted and
 * suppressed; the cases of pgmap_kunit.c with a line "Report:" show that they
 * are printed.
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/ioport.h>
#include <linux/memcontrol.h>
#include <linux/memory_hotplug.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "../lib/warn.h"
#include "device_pages.h"

/* How many pages of a device's range have a memmap, and lead to @pgmap. */
static unsigned int zr_nr_pages(struct mmk_dev *dev, struct dev_pagemap *pgmap)
{
	unsigned long pfn = zd_first_pfn(dev);
	unsigned int i, nr = 0;

	for (i = 0; i < dev->nr_pages; i++)
		nr += pfn_valid(pfn + i) && zd_finds(pfn + i, pgmap);
	return nr;
}

/* Nothing is there, not even half-way. */
static void zr_expect_nothing(struct kunit *test, struct mmk_dev *dev)
{
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), 0U);
	KUNIT_EXPECT_EQ(test, zd_nr_found(zd_first_pfn(dev), dev->nr_pages,
					  NULL), dev->nr_pages);
	KUNIT_EXPECT_EQ(test, lockdep_depth(current), 0);
}

KUNIT_ARRAY_PARAM_DESC(zr_misuse, zd_misuses, description);

/**
 * misuse_is_refused() - A pgmap without what its type needs
 *
 * The pgmap is refused with one WARN and the documented error, and neither
 * memmap nor pgmap nor a lock is left behind. With what was missing, it can be
 * mapped.
 *
 * Contract: ZD-6
 */
static void misuse_is_refused(struct kunit *test)
{
	const struct zd_misuse_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_alloc(test, param->type);
	struct dev_pagemap good = dev->pgmap;
	unsigned long res_flags = dev->res->flags;
	int nr_managed = mmk_nr_devmap_managed();
	int nr_range, error, nr_warned;

	param->spoil(dev);
	nr_range = dev->pgmap.nr_range;
	mmk_warn_begin(test);
	error = mmk_dev_map(dev);
	nr_warned = mmk_warn_end(test);
	dev->res->flags = res_flags;

	KUNIT_ASSERT_EQ(test, error, param->error);
	KUNIT_EXPECT_EQ(test, nr_warned, 1);
	KUNIT_EXPECT_EQ(test, dev->pgmap.nr_range, nr_range);
	KUNIT_EXPECT_PTR_EQ(test, dev->pgmap.ref.data, NULL);
	KUNIT_EXPECT_EQ(test, mmk_nr_devmap_managed(), nr_managed);
	zr_expect_nothing(test, dev);

	dev->pgmap.ops = good.ops;
	dev->pgmap.owner = good.owner;
	dev->pgmap.nr_range = good.nr_range;
	dev->pgmap.vmemmap_shift = good.vmemmap_shift;
	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);
	KUNIT_EXPECT_EQ(test, zr_nr_pages(dev, &dev->pgmap), dev->nr_pages);
}

/**
 * unknown_type_warns() - Its pages are mapped, with a reference each
 *
 * Contract: ZD-6
 */
static void unknown_type_warns(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, MEMORY_DEVICE_PCI_P2PDMA + 1);
	int error;

	mmk_warn_begin(test);
	error = mmk_dev_map(dev);
	KUNIT_EXPECT_EQ(test, mmk_warn_end(test), 1);
	KUNIT_ASSERT_EQ(test, error, 0);
	KUNIT_EXPECT_EQ(test, zr_nr_pages(dev, &dev->pgmap), dev->nr_pages);
}

/**
 * struct zr_overlap_case - A range that overlaps one that is in use
 * @description: its name
 * @type: of the memory
 * @before: it begins before the other
 * @behind: it ends behind the other
 */
struct zr_overlap_case {
	const char *description;
	enum memory_type type;
	bool before;
	bool behind;
};

static const struct zr_overlap_case zr_overlaps[] = {
	{ "private, the same", MEMORY_DEVICE_PRIVATE, false, false },
	{ "private, begins in it", MEMORY_DEVICE_PRIVATE, false, true },
	{ "private, ends in it", MEMORY_DEVICE_PRIVATE, true, false },
	{ "coherent, begins in it", MEMORY_DEVICE_COHERENT, false, true },
	{ "coherent, ends in it", MEMORY_DEVICE_COHERENT, true, false },
};

KUNIT_ARRAY_PARAM_DESC(zr_overlap, zr_overlaps, description);

/**
 * overlap_is_refused() - No pfn belongs to two pgmaps
 *
 * A range that begins or ends in the range of another pgmap is refused with one
 * WARN, and the other pgmap is as before, with the same references.
 *
 * Contract: ZD-6
 */
static void overlap_is_refused(struct kunit *test)
{
	const struct zr_overlap_case *param = test->param_value;
	struct mmk_dev *other = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *dev = mmk_dev_alloc(test, param->type);
	struct range range = other->pgmap.range;
	u64 len = range_len(&range);
	int error, nr_warned;

	dev->pgmap.range.start = range.start - (param->before ? len : 0);
	dev->pgmap.range.end = range.end + (param->behind ? len : 0);
	mmk_warn_begin(test);
	error = mmk_dev_map(dev);
	nr_warned = mmk_warn_end(test);

	KUNIT_ASSERT_EQ(test, error, -ENOMEM);
	KUNIT_EXPECT_EQ(test, nr_warned, 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->pgmap.ref.data, NULL);
	KUNIT_EXPECT_EQ(test, lockdep_depth(current), 0);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(other), 0L);
	KUNIT_EXPECT_EQ(test, zr_nr_pages(other, &other->pgmap),
			other->nr_pages);
	KUNIT_EXPECT_FALSE(test, pfn_valid(PHYS_PFN(range.start) - 1));
	KUNIT_EXPECT_FALSE(test, pfn_valid(PHYS_PFN(range.end) + 1));
}

/**
 * struct zr_half_case - Which half of a range is RAM
 * @description: its name
 * @type: of the memory
 * @second: the second half
 */
struct zr_half_case {
	const char *description;
	enum memory_type type;
	bool second;
};

static const struct zr_half_case zr_halves[] = {
	{ "private, first half", MEMORY_DEVICE_PRIVATE, false },
	{ "private, second half", MEMORY_DEVICE_PRIVATE, true },
	{ "coherent, first half", MEMORY_DEVICE_COHERENT, false },
	{ "coherent, second half", MEMORY_DEVICE_COHERENT, true },
};

KUNIT_ARRAY_PARAM_DESC(zr_half, zr_halves, description);

/**
 * range_half_in_ram_is_refused() - Whichever half is RAM
 *
 * A range lies in two neighbouring resources, one of which is RAM. It is
 * refused with one WARN, and nothing is left behind.
 *
 * Contract: ZD-6
 */
static void range_half_in_ram_is_refused(struct kunit *test)
{
	const struct zr_half_case *param = test->param_value;
	struct mmk_dev *above = mmk_dev_alloc(test, param->type);
	struct mmk_dev *dev = mmk_dev_alloc(test, param->type);
	u64 len = range_len(&dev->pgmap.range);
	struct resource *ram = param->second ? above->res : dev->res;
	unsigned long flags = ram->flags;
	int error, nr_warned;

	/* Free regions are searched from the last address downwards. */
	KUNIT_ASSERT_EQ(test, dev->res->end + 1, above->res->start);
	dev->pgmap.range.start = above->res->start - len;
	dev->pgmap.range.end = above->res->start + len - 1;
	ram->flags |= IORESOURCE_SYSTEM_RAM;
	mmk_warn_begin(test);
	error = mmk_dev_map(dev);
	nr_warned = mmk_warn_end(test);
	ram->flags = flags;

	KUNIT_ASSERT_EQ(test, error, -ENXIO);
	KUNIT_EXPECT_EQ(test, nr_warned, 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->pgmap.ref.data, NULL);
	zr_expect_nothing(test, dev);
	zr_expect_nothing(test, above);
}

struct zr_last_put_case {
	const char *description;
	const struct dev_pagemap_ops *ops;
};

static const struct zr_last_put_case zr_last_puts[] = {
	{ "no ops", NULL },
	{ "no free callback", &zd_ops_without_free },
};

KUNIT_ARRAY_PARAM_DESC(zr_last_put, zr_last_puts, description);

/**
 * put_without_callback_warns() - There is no driver to be told
 *
 * The last reference on a page is dropped, and its pgmap has no free callback.
 * The kernel WARNs, and the page keeps its reference on the pgmap. Up to 6.18
 * the page stays as it is; later kernels WARN last, when mapping and charge
 * have been cleared.
 *
 * Contract: ZD-3
 */
static void put_without_callback_warns(struct kunit *test)
{
	const struct zr_last_put_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	const struct dev_pagemap_ops *ops = dev->pgmap.ops;
	struct page *page = mmk_dev_get_page(test, dev);
	int nr_warned;

	unlock_page(page);
	KUNIT_ASSERT_EQ(test,
			mem_cgroup_charge(page_folio(page), NULL, GFP_KERNEL),
			0);
	page_folio(page)->mapping = (void *)dev;
	dev->pgmap.ops = param->ops;
	mmk_warn_begin(test);
	put_page(page);
	nr_warned = mmk_warn_end(test);
	dev->pgmap.ops = ops;

	KUNIT_EXPECT_EQ(test, nr_warned, 1);
	KUNIT_EXPECT_PTR_EQ(test, (void *)page_folio(page)->mapping,
			    MMK_UNTOLD_PAGE_IS_LEFT ? (void *)dev : NULL);
	KUNIT_EXPECT_EQ(test, folio_memcg_charged(page_folio(page)),
			MMK_UNTOLD_PAGE_IS_LEFT && !mem_cgroup_disabled());
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 1L);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);

	/* Once more, with the callback */
	page_folio(page)->mapping = NULL;
	set_page_count(page, 1);
	put_page(page);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
	KUNIT_EXPECT_FALSE(test, folio_memcg_charged(page_folio(page)));
}

/**
 * devm_pages_go_with_device() - devm_memremap_pages()
 *
 * The pages are there until devm_memunmap_pages(), or until the device is
 * unregistered. The driver gets the address of the range in the linear map.
 *
 * Contract: ZD-6, ZD-7
 */
static void devm_pages_go_with_device(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, MEMORY_DEVICE_COHERENT);
	struct device *device = kunit_device_register(test, "mmk");
	u64 start = dev->pgmap.range.start;
	void *p;

	KUNIT_ASSERT_FALSE(test, IS_ERR(device));
	p = devm_memremap_pages(device, &dev->pgmap);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(p));
	KUNIT_EXPECT_PTR_EQ(test, p, __va(start));
	KUNIT_EXPECT_EQ(test, zr_nr_pages(dev, &dev->pgmap), dev->nr_pages);

	devm_memunmap_pages(device, &dev->pgmap);
	zr_expect_nothing(test, dev);
	/* Pages that are still there are left to the fixture. */
	dev->mapped = zr_nr_pages(dev, &dev->pgmap);
	KUNIT_ASSERT_FALSE(test, dev->mapped);

	p = devm_memremap_pages(device, &dev->pgmap);
	KUNIT_ASSERT_PTR_EQ(test, p, __va(start));
	KUNIT_EXPECT_EQ(test, zr_nr_pages(dev, &dev->pgmap), dev->nr_pages);
	kunit_device_unregister(test, device);
	zr_expect_nothing(test, dev);
	dev->mapped = zr_nr_pages(dev, &dev->pgmap);
}

/**
 * devm_failure_leaves_nothing() - devm_memremap_pages() fails
 *
 * devm_memremap_pages() returns the error of memremap_pages(), and nothing is
 * unmapped when the device is unregistered.
 *
 * Contract: ZD-6
 */
static void devm_failure_leaves_nothing(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, MEMORY_DEVICE_COHERENT);
	struct device *device = kunit_device_register(test, "mmk");
	u64 len = range_len(&dev->pgmap.range);
	void *p;

	KUNIT_ASSERT_FALSE(test, IS_ERR(device));
	dev->pgmap.range.start = mhp_get_pluggable_range(false).end + 1;
	dev->pgmap.range.end = dev->pgmap.range.start + len - 1;
	p = devm_memremap_pages(device, &dev->pgmap);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(p), -EINVAL);
	kunit_device_unregister(test, device);
	KUNIT_EXPECT_EQ(test, lockdep_depth(current), 0);
}

/**
 * subsection_is_the_smallest_range() - As check_pfn_span() has it
 *
 * A range that is aligned to memremap_compat_align() at both ends, in the
 * middle of a section, is mapped. Half of it, with an unaligned end or start,
 * is refused.
 *
 * Contract: ZD-6
 */
static void subsection_is_the_smallest_range(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, MEMORY_DEVICE_COHERENT);
	unsigned long align = memremap_compat_align();
	struct range all = dev->pgmap.range;
	int i, err;

	KUNIT_ASSERT_TRUE(test, IS_ALIGNED(all.start, align));
	KUNIT_ASSERT_EQ(test, (unsigned long)range_len(&all), align);
	for (i = 0; i < 2; i++) {
		if (i)
			dev->pgmap.range.start += align / 2;
		else
			dev->pgmap.range.end -= align / 2;
		mmk_warn_begin(test);
		err = mmk_dev_map(dev);
		KUNIT_EXPECT_EQ(test, mmk_warn_end(test), 1);
		KUNIT_EXPECT_EQ(test, err, -EINVAL);
		if (!err)
			mmk_dev_unmap(dev);
		dev->pgmap.range = all;
		zr_expect_nothing(test, dev);
	}

	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);
	KUNIT_EXPECT_EQ(test, zr_nr_pages(dev, &dev->pgmap), dev->nr_pages);
}

/**
 * private_memory_needs_no_linear_map() - Unlike what the CPU can address
 *
 * Device-private pages may lie outside of the linear map, and can be unmapped
 * there.
 *
 * Contract: ZD-1, ZD-7
 */
static void private_memory_needs_no_linear_map(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, MEMORY_DEVICE_PRIVATE);
	u64 len = range_len(&dev->pgmap.range);
	u64 start = mhp_get_pluggable_range(true).start;

	if (start < len)
		kunit_skip(test, "the linear map begins at the first address");
	dev->pgmap.range.start = start - len;
	dev->pgmap.range.end = start - 1;
	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);
	KUNIT_EXPECT_EQ(test, zr_nr_pages(dev, &dev->pgmap), dev->nr_pages);
	mmk_dev_unmap(dev);
	zr_expect_nothing(test, dev);
}

/**
 * every_generic_page_holds_pgmap() - A pgmap of two ranges
 *
 * Contract: ZD-9, ZD-7
 */
static void every_generic_page_holds_pgmap(struct kunit *test)
{
	struct mmk_dev *a = mmk_dev_alloc(test, MEMORY_DEVICE_GENERIC);
	struct mmk_dev *b = mmk_dev_alloc(test, MEMORY_DEVICE_GENERIC);
	struct zd_ranges *r = zd_ranges_alloc(test, a, b);
	long nr = (a->nr_pages + b->nr_pages) * MMK_IDLE_PAGE_PGMAP_REFS;
	void *p;

	p = memremap_pages(&r->pgmap, numa_node_id());
	KUNIT_ASSERT_EQ(test, PTR_ERR_OR_ZERO(p), 0);
	KUNIT_EXPECT_EQ(test, zr_nr_pages(a, &r->pgmap), a->nr_pages);
	KUNIT_EXPECT_EQ(test, zr_nr_pages(b, &r->pgmap), b->nr_pages);
	KUNIT_ASSERT_TRUE(test, mmk_pgmap_unmap(test, &r->pgmap, nr));
	zr_expect_nothing(test, a);
	zr_expect_nothing(test, b);
}

/**
 * altmap_is_refused_for_two_ranges() - It lies in one of them only
 *
 * It is refused with one WARN, the first range is unmapped again, and nothing
 * is left behind.
 *
 * Contract: ZD-6
 */
static void altmap_is_refused_for_two_ranges(struct kunit *test)
{
	struct mmk_dev *a = mmk_dev_alloc(test, MEMORY_DEVICE_GENERIC);
	struct mmk_dev *b = mmk_dev_alloc(test, MEMORY_DEVICE_GENERIC);
	struct zd_ranges *r = zd_ranges_alloc(test, a, b);
	const struct vmem_altmap altmap = { .base_pfn = zd_first_pfn(a) };
	int nr_warned;
	void *p;

	zd_set_altmap(&r->pgmap, &altmap);
	mmk_warn_begin(test);
	p = memremap_pages(&r->pgmap, numa_node_id());
	nr_warned = mmk_warn_end(test);

	KUNIT_ASSERT_EQ(test, PTR_ERR_OR_ZERO(p), -EINVAL);
	KUNIT_EXPECT_EQ(test, nr_warned, 1);
	KUNIT_EXPECT_EQ(test, r->pgmap.nr_range, 2);
	KUNIT_EXPECT_PTR_EQ(test, r->pgmap.ref.data, NULL);
	zr_expect_nothing(test, a);
	zr_expect_nothing(test, b);
}

/**
 * memmap_pages_are_movable() - The pageblock that begins with the memmap
 *
 * The first pages of a range hold its memmap. The pageblock that begins with
 * them is movable, as that of a range without an altmap.
 *
 * Contract: ZD-1
 */
static void memmap_pages_are_movable(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, MEMORY_DEVICE_GENERIC);
	const struct vmem_altmap altmap = {
		.base_pfn	= zd_first_pfn(dev),
		.free		= 16,
	};
	struct page *page;

	zd_set_altmap(&dev->pgmap, &altmap);
	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);
	page = mmk_dev_page(dev, 0);
	KUNIT_EXPECT_EQ(test, get_pageblock_migratetype(page),
			MIGRATE_MOVABLE);
	KUNIT_EXPECT_EQ(test, (int)page_zonenum(page),
			(int)ZONE_DEVICE);
	mmk_dev_unmap(dev);
}

/**
 * dying_pgmap_stays_cached() - get_dev_pagemap() with a cached pgmap
 *
 * memunmap_pages() waits for a task that has a reference on the pgmap. That
 * task still gets the pgmap for all pfns of the range, if it passes it to the
 * look-up. Without it, get_dev_pagemap() returns NULL.
 *
 * Contract: ZD-7
 */
static void dying_pgmap_stays_cached(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	unsigned long pfn = zd_first_pfn(dev);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct dev_pagemap *pgmap;
	struct zd_unmap *unmap;

	if (!MMK_PGMAP_LOOKUP_CACHES)
		kunit_skip(test, "needs the second parameter of get_dev_pagemap()");

	pgmap = mmk_get_dev_pagemap_cached(pfn, NULL);
	KUNIT_ASSERT_PTR_EQ(test, pgmap, &dev->pgmap);
	unmap = zd_unmap_start(test, dev, mm);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&unmap->task,
						   "memunmap_pages"));
	KUNIT_EXPECT_PTR_EQ(test, mmk_get_dev_pagemap(pfn), NULL);
	pgmap = mmk_get_dev_pagemap_cached(pfn, pgmap);
	KUNIT_ASSERT_PTR_EQ(test, pgmap, &dev->pgmap);
	pgmap = mmk_get_dev_pagemap_cached(pfn + dev->nr_pages - 1, pgmap);
	KUNIT_ASSERT_PTR_EQ(test, pgmap, &dev->pgmap);
	put_dev_pagemap(pgmap);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&unmap->task));
}

/**
 * page_init_of_dying_pgmap_warns() - zone_device_page_init() comes too late
 *
 * memunmap_pages() waits for the last page when the driver hands out another
 * one. If that page cannot get a reference on the pgmap, which would keep the
 * memmap, the kernel WARNs.
 *
 * Contract: ZD-2, ZD-7
 */
static void page_init_of_dying_pgmap_warns(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct page *last = mmk_dev_get_page(test, dev);
	struct page *page = mmk_dev_page(dev, dev->nr_pages - 1);
	struct zd_unmap *unmap;
	bool held;
	int nr;

	unlock_page(last);
	unmap = zd_unmap_start(test, dev, mm);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&unmap->task,
						   "memunmap_pages"));
	KUNIT_EXPECT_TRUE(test, mmk_wait_for(mmk_dev_refs(dev) == 1));
	mmk_warn_begin(test);
	mmk_zone_device_init(page, 0);
	nr = mmk_warn_end(test);

	KUNIT_EXPECT_EQ(test, nr, MMK_PAGE_INIT_HOLDS_DYING_PGMAP ? 0 : 1);
	held = mmk_dev_refs(dev) == 2;
	KUNIT_EXPECT_EQ(test, held, MMK_PAGE_INIT_HOLDS_DYING_PGMAP);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	unlock_page(page);
	if (held)
		put_page(page);
	else
		set_page_count(page, 0);
	KUNIT_EXPECT_TRUE(test, dev->mapped);
	put_page(last);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&unmap->task));
}

static struct kunit_case zone_device_refusal_cases[] = {
	KUNIT_CASE_PARAM(misuse_is_refused, zr_misuse_gen_params),
	KUNIT_CASE(unknown_type_warns),
	KUNIT_CASE_PARAM(overlap_is_refused, zr_overlap_gen_params),
	KUNIT_CASE_PARAM(range_half_in_ram_is_refused, zr_half_gen_params),
	KUNIT_CASE_PARAM(put_without_callback_warns, zr_last_put_gen_params),
	KUNIT_CASE(devm_pages_go_with_device),
	KUNIT_CASE(devm_failure_leaves_nothing),
	KUNIT_CASE(subsection_is_the_smallest_range),
	KUNIT_CASE(private_memory_needs_no_linear_map),
	KUNIT_CASE(every_generic_page_holds_pgmap),
	KUNIT_CASE(altmap_is_refused_for_two_ranges),
	KUNIT_CASE(memmap_pages_are_movable),
	KUNIT_CASE(dying_pgmap_stays_cached),
	KUNIT_CASE(page_init_of_dying_pgmap_warns),
	{}
};

static struct kunit_suite zone_device_refusal_suite = {
	.name = "zone_device_refusal",
	.init = mmk_case_init,
	.test_cases = zone_device_refusal_cases,
};

kunit_test_suite(zone_device_refusal_suite);
