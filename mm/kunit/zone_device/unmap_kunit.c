// SPDX-License-Identifier: GPL-2.0
/*
 * What memunmap_pages() takes away, and in which order.
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/kallsyms.h>
#include <linux/memremap.h>
#include <linux/mm.h>

#include "../../internal.h"
#include "../compat/linear.h"
#include "../compat/pgmap.h"
#include "../compat/rcu.h"
#include "../compat/trace.h"
#include "../lib/device.h"
#include "../lib/fail.h"
#include "../lib/guard.h"
#include "device_pages.h"

/**
 * struct linear_case - Device memory that the CPU can address, or not
 * @description: its name
 * @type: what memremap_pages() is told
 * @idle: references that its free pages hold on the pgmap, each
 * @mapped: the CPU can address it
 */
struct linear_case {
	const char *description;
	enum memory_type type;
	unsigned int idle;
	bool mapped;
};

static const struct linear_case linear_cases[] = {
	{ "private", MEMORY_DEVICE_PRIVATE, 0, false },
	{ "coherent", MEMORY_DEVICE_COHERENT, 0, true },
	{ "generic", MEMORY_DEVICE_GENERIC, MMK_IDLE_PAGE_PGMAP_REFS, true },
	{ "FS_DAX", MEMORY_DEVICE_FS_DAX, MMK_IDLE_PAGE_PGMAP_REFS, true },
	{ "P2PDMA", MEMORY_DEVICE_PCI_P2PDMA, MMK_IDLE_PAGE_PGMAP_REFS, true },
};

KUNIT_ARRAY_PARAM_DESC(linear, linear_cases, description);

/**
 * linear_map_goes_with_pgmap() - arch_remove_memory()
 *
 * Memory that the CPU can address is in the linear map from memremap_pages() to
 * memunmap_pages(), all of it, and neither before nor after. Other memory never is.
 *
 * Contract: ZD-7
 */
static void linear_map_goes_with_pgmap(struct kunit *test)
{
	const struct linear_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_alloc(test, c->type);
	void *first, *last;

	KUNIT_EXPECT_FALSE(test, mmk_linear_map_has(__va(dev->pgmap.range.start)));
	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);
	first = __va(dev->pgmap.range.start);
	last = __va(dev->pgmap.range.end);
	KUNIT_EXPECT_EQ(test, mmk_linear_map_has(first), c->mapped);
	KUNIT_EXPECT_EQ(test, mmk_linear_map_has(last), c->mapped);
	KUNIT_ASSERT_TRUE(test, mmk_dev_unmap_as(test, dev, c->idle *
						 dev->nr_pages));
	KUNIT_EXPECT_FALSE(test, mmk_linear_map_has(first));
	KUNIT_EXPECT_FALSE(test, mmk_linear_map_has(last));
}

/* nr_memmap_pages of /proc/vmstat */
static atomic_long_t *memmap_pages(void)
{
	return (void *)kallsyms_lookup_name("nr_memmap_pages");
}

/**
 * memmap_is_given_back() - nr_memmap_pages of /proc/vmstat
 *
 * The memmap of the pages counts from memremap_pages() to memunmap_pages(), and
 * not any longer. As many pages count as it takes.
 *
 * Contract: ZD-7
 */
static void memmap_is_given_back(struct kunit *test)
{
	const struct linear_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_alloc(test, c->type);
	long before;

	if (!memmap_pages())
		kunit_skip(test, "needs CONFIG_KALLSYMS_ALL, and Linux 6.12");
	before = atomic_long_read(memmap_pages());
	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(memmap_pages()) - before,
			DIV_ROUND_UP(dev->nr_pages * (long)sizeof(struct page),
				     (long)PAGE_SIZE));
	KUNIT_ASSERT_TRUE(test, mmk_dev_unmap_as(test, dev, c->idle *
						 dev->nr_pages));
	KUNIT_EXPECT_EQ(test, atomic_long_read(memmap_pages()), before);
}

/**
 * struct removal - What is there while memunmap_pages() removes a range
 * @task: that calls it
 * @pgmap: of what
 * @begun: it is about to remove the memory map
 * @ended: how often it has
 * @counted: the counter of the pgmap was there then
 * @state: names the grace period that has to end after that
 */
struct removal {
	struct task_struct *task;
	struct dev_pagemap *pgmap;
	bool begun;
	unsigned int ended;
	bool counted;
	struct rcu_gp_seq state;
};

static bool is_hotplug_lock(const struct lockdep_map *lock)
{
	return lock->name && !strcmp(lock->name, "mem_hotplug_lock");
}

static void removal_acquire(void *data, struct lockdep_map *lock,
			    unsigned int subclass, int trylock, int read,
			    int check, struct lockdep_map *next_lock,
			    unsigned long ip)
{
	struct removal *r = data;

	if (current != r->task || r->begun || !is_hotplug_lock(lock))
		return;
	r->begun = true;
	r->counted = r->pgmap->ref.data;
}

static void removal_release(void *data, struct lockdep_map *lock,
			    unsigned long ip)
{
	struct removal *r = data;

	if (current != r->task || !is_hotplug_lock(lock))
		return;
	r->ended++;
	/* Expedited grace periods, which a boot has, count as well. */
	get_state_synchronize_rcu_full(&r->state);
}

KUNIT_ARRAY_PARAM_DESC(zd_type, zd_types, description);

/**
 * counter_outlives_pgmap_lookup() - percpu_ref_exit() comes last
 *
 * get_dev_pagemap() finds a pgmap under RCU, and counts. The counter is there as long
 * as the pgmap can be found, and gone when memunmap_pages() returns.
 *
 * Contract: ZD-7
 */
static void counter_outlives_pgmap_lookup(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct removal r = { .task = current, .pgmap = &dev->pgmap };
	int err;

	err = mmk_watch_locks(removal_acquire, removal_release, &r);
	if (err == -EOPNOTSUPP)
		kunit_skip(test, "needs CONFIG_LOCKDEP and CONFIG_TRACEPOINTS");
	KUNIT_ASSERT_EQ(test, err, 0);
	memunmap_pages(&dev->pgmap);
	mmk_unwatch_locks(removal_acquire, removal_release, &r);
	dev->mapped = false;
	KUNIT_ASSERT_TRUE(test, r.begun && r.ended);
	KUNIT_EXPECT_TRUE(test, r.counted);
	KUNIT_EXPECT_NULL(test, dev->pgmap.ref.data);
}

/**
 * grace_period_ends_before_pgmap_goes() - synchronize_rcu()
 *
 * Who has found the pgmap, and not counted yet, is in an RCU read-side critical section.
 * All of them are over when memunmap_pages() returns.
 *
 * Contract: ZD-7
 */
static void grace_period_ends_before_pgmap_goes(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct removal r = { .task = current, .pgmap = &dev->pgmap };
	bool over;
	int err;

	err = mmk_watch_locks(removal_acquire, removal_release, &r);
	if (err == -EOPNOTSUPP)
		kunit_skip(test, "needs CONFIG_LOCKDEP and CONFIG_TRACEPOINTS");
	KUNIT_ASSERT_EQ(test, err, 0);
	memunmap_pages(&dev->pgmap);
	over = poll_state_synchronize_rcu_full(&r.state);
	mmk_unwatch_locks(removal_acquire, removal_release, &r);
	dev->mapped = false;
	KUNIT_ASSERT_EQ(test, r.ended, 1U);
	KUNIT_EXPECT_TRUE(test, over);
}

/**
 * pfn_is_valid_in_its_ranges() - pgmap_pfn_valid()
 *
 * All page frames of all ranges belong to the pgmap, from the first to the last, but
 * for those of the first range that an altmap reserves. Those beside them do not.
 *
 * Contract: ZD-6
 */
static void pfn_is_valid_in_its_ranges(struct kunit *test)
{
	const unsigned long starts[] = { 0x4000, 0x9000 }, nr = 0x10, reserve = 3;
	const struct vmem_altmap reserved = {
		.base_pfn = starts[0],
		.reserve = reserve,
	};
	struct dev_pagemap *pgmap;
	unsigned long pfn, wrong = 0;
	bool altmap, valid;
	unsigned int i;

	pgmap = kunit_kzalloc(test, struct_size(pgmap, ranges, 2), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pgmap);
	pgmap->nr_range = 2;
	for (i = 0; i < 2; i++) {
		pgmap->ranges[i].start = PFN_PHYS(starts[i]);
		pgmap->ranges[i].end = PFN_PHYS(starts[i] + nr) - 1;
	}
	for (altmap = false; ; altmap = true) {
		if (altmap) {
			pgmap->flags |= PGMAP_ALTMAP_VALID;
			/* Its members are not meant to be changed. */
			memcpy(&pgmap->altmap, &reserved, sizeof(reserved));
		}
		for (pfn = starts[0] - 2; pfn < starts[1] + nr + 2; pfn++) {
			valid = (pfn >= starts[0] + (altmap ? reserve : 0) &&
				 pfn < starts[0] + nr) ||
				(pfn >= starts[1] && pfn < starts[1] + nr);
			wrong += pgmap_pfn_valid(pgmap, pfn) != valid;
		}
		if (altmap)
			break;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0UL);
}

/* More allocations than there are */
#define MANY_ALLOCATIONS	500

/**
 * devm_mapping_without_memory_leaves_nothing() - Each allocation fails once
 *
 * devm_memremap_pages() fails if it cannot have what it needs, the record of what is to
 * be undone included, and nothing is mapped then. If it succeeds, what it has mapped
 * goes with the device.
 *
 * Contract: ZD-6, ZD-7
 */
static void devm_mapping_without_memory_leaves_nothing(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, MEMORY_DEVICE_PRIVATE);
	struct device *device = kunit_device_register(test, "mmk");
	unsigned long pfn = zd_first_pfn(dev);
	unsigned int nth, errors = 0, left = 0;
	bool failed = true;
	void *p = NULL;

	KUNIT_ASSERT_FALSE(test, IS_ERR(device));
	mmk_fail_prepare(test);
	for (nth = 1; failed && nth < MANY_ALLOCATIONS; nth++) {
		mmk_fail_nth(nth);
		p = devm_memremap_pages(device, &dev->pgmap);
		failed = mmk_fail_done();
		if (!failed)
			break;
		/* If it could do without, the action has to be there. */
		if (!IS_ERR(p))
			devm_memunmap_pages(device, &dev->pgmap);
		else
			errors++;
		left += zd_nr_found(pfn, dev->nr_pages, NULL) != dev->nr_pages;
	}
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GT(test, errors, 0U);
	KUNIT_EXPECT_EQ_MSG(test, left, 0U, "something stays mapped");
	KUNIT_ASSERT_FALSE(test, IS_ERR(p));
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, dev->nr_pages, &dev->pgmap),
			dev->nr_pages);
	kunit_device_unregister(test, device);
	KUNIT_EXPECT_EQ(test, zd_nr_found(pfn, dev->nr_pages, NULL),
			dev->nr_pages);
}

static struct kunit_case zone_device_unmap_cases[] = {
	KUNIT_CASE_PARAM(linear_map_goes_with_pgmap, linear_gen_params),
	KUNIT_CASE_PARAM(memmap_is_given_back, linear_gen_params),
	KUNIT_CASE_PARAM(counter_outlives_pgmap_lookup,
			 zd_type_gen_params),
	KUNIT_CASE_PARAM(grace_period_ends_before_pgmap_goes,
			 zd_type_gen_params),
	KUNIT_CASE(pfn_is_valid_in_its_ranges),
	KUNIT_CASE(devm_mapping_without_memory_leaves_nothing),
	{}
};

static struct kunit_suite zone_device_unmap_suite = {
	.name = "zone_device_unmap",
	.init = mmk_case_init,
	.test_cases = zone_device_unmap_cases,
};

kunit_test_suite(zone_device_unmap_suite);
