// SPDX-License-Identifier: GPL-2.0
/*
 * Migration entries and swap entries, which share their format.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/swap.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/swap.h"

/* ME-10: never taken for swap */

/**
 * struct advice_case - madvise() that is about pages or swap
 * @description: for the KTAP line
 * @behavior: MADV_*
 */
struct advice_case {
	const char *description;
	int behavior;
};

static const struct advice_case advice_cases[] = {
	{ "MADV_WILLNEED", MADV_WILLNEED },
	{ "MADV_COLD", MADV_COLD },
	{ "MADV_PAGEOUT", MADV_PAGEOUT },
	{ "MADV_FREE", MADV_FREE },
};

KUNIT_ARRAY_PARAM_DESC(advice, advice_cases, description);

/**
 * madvise_leaves_entry_alone() - Advice about pages and swap
 *
 * Contract: ME-10
 */
static void madvise_leaves_entry_alone(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .dirty = true, .young = true };
	const struct advice_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	long free_slots;
	struct scene s;
	pte_t before;

	mmk_swap_on(test);
	mmk_scene_unmap(test, &s, mm, &how);
	before = mmk_pte(mm, s.addr);
	free_slots = get_nr_swap_pages();

	KUNIT_EXPECT_EQ(test, do_madvise(mm, s.addr, PAGE_SIZE, c->behavior),
			0);
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, s.addr), before));
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);
	KUNIT_EXPECT_EQ(test, get_nr_swap_pages(), free_slots);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS), 0UL);

	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
	mmk_expect_mapped(test, mm, s.addr, s.src, true, entry_may_be(true),
			  entry_may_be(true));
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);
}

/**
 * swapoff_leaves_entry_alone() - Swap-in of the neighbours, and swapoff
 *
 * Two pages are in swap, shared with a child so that they are read through the
 * swap cache and its readahead. The page between them is under migration.
 * Neither a read of the first page nor swapoff, which brings the other one
 * back, changes the entry.
 *
 * Contract: ME-10
 */
static void swapoff_leaves_entry_alone(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct mmk_swap *swap = mmk_swap_on(test);
	unsigned long addr = mmk_map_anon(test, 3);
	struct mmk_hold *hold;
	struct folio *src;
	pte_t before;

	mmk_fill(test, addr, 3, SCENE_SEED);
	src = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, 3 * PAGE_SIZE), 0);
	child = mmk_fork(test);
	before = mmk_pte(mm, addr + PAGE_SIZE);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_READ);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SWAPENTS), 2UL);

	MMK_EXPECT_HOLDS(test, addr, 1, SCENE_SEED);
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, addr + PAGE_SIZE),
					 before));
	KUNIT_EXPECT_EQ(test, mmk_swap_off(swap), 0L);
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, addr + PAGE_SIZE),
					 before));
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(child, addr + PAGE_SIZE),
					 before));
	MMK_EXPECT_PTE(test, mm, addr + 2 * PAGE_SIZE, PRESENT);
	MMK_EXPECT_PTE(test, child, addr, PRESENT);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS), 0UL);
	KUNIT_EXPECT_EQ(test, folio_ref_count(src), 1);

	remove_migration_ptes(src, src, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(src), 2);
	mmk_hold_finish(test, hold, false);
	MMK_EXPECT_HOLDS(test, addr, 3, SCENE_SEED);
}

/**
 * fork_shares_slot_beside_entry() - A swap entry beside a migration entry
 *
 * One page is in swap, and its neighbour is under migration. After fork() the
 * slot has two users, the swap entries of both mms are not exclusive, and the
 * child is on the list of swapoff. The migration entry counts as a page, not as
 * swap.
 *
 * Contract: ME-10, ME-6
 */
static void fork_shares_slot_beside_entry(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr, next;
	struct mmk_hold *hold;
	struct folio *src;

	mmk_swap_on(test);
	addr = mmk_map_anon(test, 2);
	next = addr + PAGE_SIZE;
	mmk_fill(test, addr, 2, SCENE_SEED);
	src = mmk_pte_folio(test, mm, next);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, 2 * PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_EXPECT_TRUE(test, pte_swp_exclusive(mmk_pte(mm, addr)));

	child = mmk_fork(test);
	MMK_EXPECT_PTE(test, child, addr, SWAP);
	KUNIT_EXPECT_FALSE(test, pte_swp_exclusive(mmk_pte(mm, addr)));
	KUNIT_EXPECT_FALSE(test, pte_swp_exclusive(mmk_pte(child, addr)));
	KUNIT_EXPECT_FALSE(test, list_empty(&child->mmlist));
	MMK_EXPECT_PTE(test, mm, next, MIGRATION_READ);
	MMK_EXPECT_PTE(test, child, next, MIGRATION_READ);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SWAPENTS), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS), 1UL);

	remove_migration_ptes(src, src, 0);
	mmk_hold_finish(test, hold, false);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, addr, 0xbb), 0);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, next, 0xbb), 0);
	MMK_EXPECT_HOLDS(test, addr, 2, SCENE_SEED);
}

/* ME-2: the swap types */

/**
 * every_swap_type_has_one_kind() - All types, exhaustively
 *
 * For each type, exactly one predicate is true: swap for types below
 * MAX_SWAPFILES, and another one for those above. The types of the kernel's own
 * entries are pairwise different, and fit into MAX_SWAPFILES_SHIFT bits.
 *
 * Contract: ME-2
 */
static void every_swap_type_has_one_kind(struct kunit *test)
{
	const unsigned int own[] = {
		swp_type(make_readable_migration_entry(0)),
		swp_type(make_readable_exclusive_migration_entry(0)),
		swp_type(make_writable_migration_entry(0)),
		swp_type(make_readable_device_private_entry(0)),
		swp_type(make_writable_device_private_entry(0)),
		swp_type(make_pte_marker_entry(PTE_MARKER_POISONED)),
	};
	unsigned int type, i, j;
	enum mmk_pte_kind kind;

	for (type = 0; type < 1 << MAX_SWAPFILES_SHIFT; type++) {
		kind = mmk_pte_classify(softleaf_to_pte(swp_entry(type, 1)));
		KUNIT_EXPECT_NE_MSG(test, (int)kind, (int)MMK_PTE_AMBIGUOUS,
				    "type %u", type);
		KUNIT_EXPECT_EQ_MSG(test, kind == MMK_PTE_SWAP,
				    type < MAX_SWAPFILES, "type %u is %s", type,
				    mmk_pte_kind_name(kind));
	}
	for (i = 0; i < ARRAY_SIZE(own); i++) {
		KUNIT_EXPECT_GE(test, own[i], (unsigned int)MAX_SWAPFILES);
		KUNIT_EXPECT_LT(test, own[i], 1U << MAX_SWAPFILES_SHIFT);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_NE(test, own[i], own[j]);
	}
}

/**
 * swapon_refuses_excess_area() - MAX_SWAPFILES areas, and one more
 *
 * MAX_SWAPFILES swap areas are on. One more is refused with -EPERM; the others
 * stay on, with the same size, and a page in one of them can be read. When one
 * area has been turned off, another can be turned on.
 *
 * Contract: ME-2
 */
static void swapon_refuses_excess_area(struct kunit *test)
{
	struct mmk_swap *swap[MAX_SWAPFILES + 1];
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr;
	long total, free;
	int i;

	for (i = 0; i <= MAX_SWAPFILES; i++)
		swap[i] = mmk_swap_alloc(test, i);
	addr = mmk_map_anon(test, 1);
	mmk_fill(test, addr, 1, SCENE_SEED);
	for (i = 0; i < MAX_SWAPFILES; i++)
		KUNIT_ASSERT_EQ_MSG(test, mmk_swap_try_on(swap[i]), 0L,
				    "area %d", i);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	total = total_swap_pages;
	free = get_nr_swap_pages();

	KUNIT_EXPECT_EQ(test, (long)-EPERM,
			mmk_swap_try_on(swap[MAX_SWAPFILES]));
	KUNIT_EXPECT_EQ(test, total_swap_pages, total);
	KUNIT_EXPECT_EQ(test, get_nr_swap_pages(), free);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	MMK_EXPECT_HOLDS(test, addr, 1, SCENE_SEED);

	KUNIT_EXPECT_EQ(test, mmk_swap_off(swap[1]), 0L);
	KUNIT_EXPECT_EQ(test, mmk_swap_try_on(swap[MAX_SWAPFILES]), 0L);
}

/* ME-7: fork() races with a migration */

/*
 * RAM disks keep pages that have been written to: not to be a leak of a case.
 */
static int swap_suite_init(struct kunit_suite *suite)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i <= MAX_SWAPFILES && !err; i++)
		err = mmk_swap_format(i);
	return err;
}

static struct kunit_case migration_entry_swap_cases[] = {
	KUNIT_CASE_PARAM(madvise_leaves_entry_alone, advice_gen_params),
	KUNIT_CASE(fork_shares_slot_beside_entry),
	KUNIT_CASE(swapoff_leaves_entry_alone),
	KUNIT_CASE(every_swap_type_has_one_kind),
	KUNIT_CASE(swapon_refuses_excess_area),
	{}
};

static struct kunit_suite migration_entry_swap_suite = {
	.name = "migration_entry_swap",
	.suite_init = swap_suite_init,
	.init = mmk_case_init,
	.test_cases = migration_entry_swap_cases,
};

kunit_test_suite(migration_entry_swap_suite);
