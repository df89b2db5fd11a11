// SPDX-License-Identifier: GPL-2.0
/*
 * Memory cgroups at their limits, as Documentation/admin-guide/cgroup-v2.rst has
 * them: memory.max and memory.swap.max.
 */
#include <kunit/test.h>
#include <linux/memcontrol.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/swap.h>
#include <linux/vm_event_item.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "memcg.h"

/* Room for page tables and the like, which are charged as well */
#define MARGIN	64

/* From here on, group @a can be charged for @room pages more. */
static void limit(struct kunit *test, struct mc *mc, long room)
{
	struct mc_usage is;

	mc_usage(test, mc, "a", &is);
	mc_write_pages(test, mc, "a/memory.max",
		       page_counter_read(&mc->a->memory) + room);
}

/**
 * huge_page_beyond_the_limit_becomes_a_small_one() - A fault near memory.max
 *
 * There is no room for a huge page. The fault is served by a small one, and counts
 * as one that could not be charged; the huge page is not charged, nor left.
 *
 * Contract: MC-1
 */
static void huge_page_beyond_the_limit_becomes_a_small_one(struct kunit *test)
{
	struct mc_usage before;
	unsigned long addr, events;
	struct mc mc;

	mc_enter(test, &mc);
	addr = mmk_map_huge_hole(test, mc.mm, 1);
	/* A page table of a neighbour, so that only the page is new */
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mc.mm, addr + MMK_HUGE_SIZE, true),
			0);
	mc_usage(test, &mc, "a", &before);
	limit(test, &mc, MARGIN);
	events = mmk_vm_event(THP_FAULT_FALLBACK_CHARGE);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mc.mm, addr, true), 0);
	KUNIT_EXPECT_EQ(test, mmk_vm_event(THP_FAULT_FALLBACK_CHARGE),
			events + 1);
	MMK_EXPECT_PMD(test, mc.mm, addr, TABLE);
	KUNIT_EXPECT_EQ(test, folio_order(mmk_pte_folio(test, mc.mm, addr)),
			0U);
	before.user++;
	before.anon++;
	mc_expect(test, "with one page more", &mc, "a", before);
}

/**
 * full_group_does_not_keep_a_page() - Migration at memory.max
 *
 * The page is charged for already: it is moved to other memory, to a device and
 * back, though its group could not be charged for another one.
 *
 * Contract: MC-1
 */
static void full_group_does_not_keep_a_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mc_usage full;
	unsigned long addr;
	struct mmk_vma *m;
	struct mc mc;

	mc_enter(test, &mc);
	addr = mmk_map_anon(test, 1);
	mmk_fill(test, addr, 1, MC_SEED);
	/* What the case needs for itself is charged to the other group. */
	mc_attach(test, &mc, "b");
	mc_usage(test, &mc, "a", &full);
	limit(test, &mc, 0);

	m = mmk_vma_alloc(test, mc.mm, addr, 1, MIGRATE_VMA_SELECT_SYSTEM, NULL);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	mmk_vma_copy_to_ram(test, m);
	mmk_vma_pages(m);
	KUNIT_EXPECT_TRUE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);
	mc_expect(test, "moved", &mc, "a", full);

	mmk_migrate_to_dev(test, mc.mm, addr, dev);
	mc_expect(test, "on the device", &mc, "a", full);
	MMK_EXPECT_HOLDS(test, addr, 1, MC_SEED);
	MMK_EXPECT_PTE(test, mc.mm, addr, PRESENT);
	mc_expect(test, "back from it", &mc, "a", full);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0);
}

static const struct swap_case {
	const char *description;
	bool large;
	unsigned int max;
} swap_cases[] = {
	{ "a page, nothing", false, 0 },
	{ "a large folio, nothing", true, 0 },
	{ "a large folio, three pages", true, 3 },
};

KUNIT_ARRAY_PARAM_DESC(swap, swap_cases, description);

/**
 * swap_goes_to_its_limit() - Page-out at memory.swap.max
 *
 * No more goes to swap than the group may have there, in one piece or not; what
 * does not stays in memory, and is charged for as before.
 *
 * Contract: MC-1
 */
static void swap_goes_to_its_limit(struct kunit *test)
{
	const struct swap_case *how = test->param_value;
	struct mc_usage before, after;
	unsigned int nr = 1;
	struct mmk_large l;
	unsigned long addr;
	struct mc mc;

	mc_enter(test, &mc);
	mmk_swap_on(test);
	if (how->large) {
		mmk_large_map(test, &l, mc.mm, 4);
		addr = l.addr;
		nr = l.nr;
		mmk_fill(test, addr, nr, MC_SEED);
	} else {
		addr = mmk_map_anon(test, 1);
		mmk_fill(test, addr, 1, MC_SEED);
	}
	mc_usage(test, &mc, "a", &before);
	mc_write_pages(test, &mc, "a/memory.swap.max", how->max);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, do_madvise(mc.mm, addr, nr * PAGE_SIZE,
					 MADV_PAGEOUT), 0);
	mc_usage(test, &mc, "a", &after);
	KUNIT_EXPECT_LE(test, after.swap, (long)how->max);
	KUNIT_EXPECT_EQ(test, after.swap, mmk_swap_slots_used());
	KUNIT_EXPECT_EQ(test, after.user + after.swap, before.user);
	KUNIT_EXPECT_EQ(test, after.anon + after.swap, before.anon);
	MMK_EXPECT_HOLDS(test, addr, nr, MC_SEED);
	mc_write(test, &mc, "a/memory.swap.max", "max");
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, nr * PAGE_SIZE), 0);
	before.user -= nr;
	before.anon -= nr;
	mc_expect(test, "when it is gone", &mc, "a", before);
}

/**
 * entry_of_no_area_is_survived() - munmap() of an entry that nobody has made
 *
 * No swap area has ever been on. Unmapping such an entry, and its neighbour, asks
 * for the group that is charged for them: there is none.
 *
 * Contract: MC-1
 */
static void entry_of_no_area_is_survived(struct kunit *test)
{
	struct mc_usage before;
	unsigned long addr;
	unsigned int i;
	struct mc mc;

	if (MMK_FOREIGN_ENTRY_WARNS)
		kunit_skip(test, "needs a kernel without swap_put_entries_direct(), which warns");
	mc_enter(test, &mc);
	KUNIT_ASSERT_EQ(test, total_swap_pages, 0L);
	addr = mmk_map_anon(test, 3);
	/* So that there is a page table */
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mc.mm, addr + 2 * PAGE_SIZE, true),
			0);
	mc_usage(test, &mc, "a", &before);
	for (i = 0; i < 2; i++) {
		swp_entry_t entry = swp_entry(0, 7 + i);

		KUNIT_ASSERT_TRUE(test, mmk_pte_store(mc.mm, addr +
						      i * PAGE_SIZE,
						      swp_entry_to_pte(entry)));
		add_mm_counter(mc.mm, MM_SWAPENTS, 1);
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, 2 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mc.mm, MM_SWAPENTS), 0UL);
	mc_expect(test, "afterwards", &mc, "a", before);
}

static struct kunit_case memcg_limit_cases[] = {
	KUNIT_CASE(huge_page_beyond_the_limit_becomes_a_small_one),
	KUNIT_CASE(full_group_does_not_keep_a_page),
	KUNIT_CASE_PARAM(swap_goes_to_its_limit, swap_gen_params),
	KUNIT_CASE(entry_of_no_area_is_survived),
	{}
};

static struct kunit_suite memcg_limit_suite = {
	.name = "memcg_limit",
	.init = mmk_case_init,
	.test_cases = memcg_limit_cases,
};

kunit_test_suite(memcg_limit_suite);
