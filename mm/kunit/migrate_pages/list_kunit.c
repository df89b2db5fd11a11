// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_pages() with several folios, and without memory.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/snapshot.h"
#include "migration.h"

/**
 * mixed_list_is_counted() - Two folios that can move, and two that cannot
 *
 * One of four folios has an unexpected reference, one is pinned for DMA.
 * Exactly the other two are moved; the return value, the count of successes and
 * the list agree.
 *
 * Contract: ME-15
 */
static void mixed_list_is_counted(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 4);
	struct folio *src[4], *folio;
	unsigned int succeeded = 0;
	struct page *pinned = NULL;
	struct migration m;
	int i;

	mmk_fill(test, addr, 4, SCENE_SEED);
	mp_init(&m);
	for (i = 0; i < 4; i++)
		src[i] = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
	mmk_folio_get(test, src[1]);
	KUNIT_ASSERT_EQ(test, pin_user_pages_unlocked(addr + 3 * PAGE_SIZE, 1,
						      &pinned, FOLL_WRITE), 1);
	for (i = 0; i < 4; i++)
		mp_add(test, &m, src[i]);

	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_SYNC, &succeeded), 2);
	KUNIT_EXPECT_EQ(test, succeeded, 2U);
	KUNIT_EXPECT_EQ(test, m.nr_new, m.nr_returned + 2);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&m.list), 2UL);
	list_for_each_entry(folio, &m.list, lru)
		KUNIT_EXPECT_TRUE(test, folio == src[1] || folio == src[3]);
	putback_movable_pages(&m.list);
	unpin_user_page(pinned);

	for (i = 0; i < 4; i++) {
		folio = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, folio == src[i], i == 1 || i == 3);
		MMK_EXPECT_PTE(test, mm, addr + i * PAGE_SIZE, PRESENT);
		KUNIT_EXPECT_TRUE(test,
				  pte_write(mmk_pte(mm, addr + i * PAGE_SIZE)));
	}
	MMK_EXPECT_HOLDS(test, addr, 4, SCENE_SEED);
}

/**
 * several_busy_folios_are_put_back() - Each with its own destination
 *
 * Three of four folios have an unexpected reference, which shows when all are unmapped and
 * have a destination. That of each of the three is given back once, and each is mapped as
 * before; the other one has moved.
 *
 * Contract: ME-15, ME-5
 */
static void several_busy_folios_are_put_back(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 4);
	struct mmk_folio_state before[4];
	unsigned int succeeded = 0;
	struct folio *src[4];
	struct migration m;
	int i;

	mmk_fill(test, addr, 4, SCENE_SEED);
	mp_init(&m);
	for (i = 0; i < 4; i++) {
		src[i] = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
		if (i != 2)
			mmk_folio_get(test, src[i]);
		lru_add_drain_all();
		mmk_folio_snapshot(src[i], &before[i]);
		/* The try has unmapped it. */
		before[i].dirty = true;
		mp_add(test, &m, src[i]);
	}
	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_ASYNC, &succeeded), 3);
	KUNIT_EXPECT_EQ(test, succeeded, 1U);
	KUNIT_EXPECT_EQ(test, m.nr_new, 4U);
	KUNIT_EXPECT_EQ(test, m.nr_returned, 3U);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&m.list), 3UL);
	putback_movable_pages(&m.list);
	for (i = 0; i < 4; i++) {
		if (i == 2)
			continue;
		KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, addr + i *
							PAGE_SIZE), src[i]);
		mmk_expect_folio_same(test, "a busy folio", src[i], &before[i]);
	}
	MMK_EXPECT_HOLDS(test, addr, 4, SCENE_SEED);
}

struct no_memory_case {
	const char *description;
	unsigned int max_new;
};

static const struct no_memory_case no_memory_cases[] = {
	{ "from the start", 0 },
	{ "for a second try", 1 },
};

KUNIT_ARRAY_PARAM_DESC(no_memory, no_memory_cases, description);

/**
 * no_destination_leaves_folio() - No memory for a destination
 *
 * MIGRATE_SYNC first tries asynchronously. There is no memory for that; or
 * there is, but the folio has an unexpected reference, and there is no memory
 * for the second try. The folio is mapped as before.
 *
 * Contract: ME-5, ME-15
 */
static void no_destination_leaves_folio(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .dirty = true, .young = true };
	const struct no_memory_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	unsigned int succeeded = 7;
	struct migration m;
	struct scene s;
	bool flag;

	mmk_scene_map(test, &s, mm, &how);
	if (c->max_new)
		mmk_folio_get(test, s.src);
	mmk_folio_snapshot(s.src, &before);
	/* The first try unmaps it. */
	before.dirty = c->max_new;
	mp_init(&m);
	m.max_new = c->max_new;
	mp_add(test, &m, s.src);

	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_SYNC, &succeeded), -ENOMEM);
	KUNIT_EXPECT_EQ(test, succeeded, 0U);
	KUNIT_EXPECT_EQ(test, m.nr_new, c->max_new + 1);
	KUNIT_EXPECT_EQ(test, m.nr_returned, c->max_new);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&m.list));
	putback_movable_pages(&m.list);
	mmk_expect_folio_same(test, "the folio", s.src, &before);
	flag = !c->max_new || entry_may_be(true);
	mmk_expect_mapped(test, mm, s.addr, s.src, true, flag, flag);
}

/**
 * each_folio_gets_its_destination() - Three folios in one batch
 *
 * The caller chooses the destination of each folio. All are unmapped
 * before the first is moved, and yet each gets the one that was meant for it.
 *
 * Contract: ME-5, ME-15
 */
static void each_folio_gets_its_destination(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 3);
	unsigned int i, succeeded = 0;
	struct migration m;

	mmk_fill(test, addr, 3, SCENE_SEED);
	mp_init(&m);
	for (i = 0; i < 3; i++)
		mp_add(test, &m,
		       mmk_pte_folio(test, mm, addr + i * PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_ASYNC, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, 3U);
	KUNIT_EXPECT_EQ(test, m.nr_new, 3U);
	/* The list begins with what was added last. */
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_PTR_EQ(test, m.dst[2 - i],
				    mmk_pte_folio(test, mm,
						  addr + i * PAGE_SIZE));
	putback_movable_pages(&m.list);
	MMK_EXPECT_HOLDS(test, addr, 3, SCENE_SEED);
}

/**
 * list_of_several_batches_moves() - More pages than one batch holds
 *
 * migrate_pages() takes 512 pages at a time. Of 520, one in the first batch and
 * one in the second have an unexpected reference; all others are moved.
 *
 * Contract: ME-15
 */
static void list_of_several_batches_moves(struct kunit *test)
{
	const unsigned int nr_pages = 520, stay[] = { 3, 516 };
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, nr_pages);
	unsigned int i, nr_left = 0, succeeded = 0;
	struct folio *folio[2], *now;
	struct migration m;

	mmk_fill(test, addr, nr_pages, SCENE_SEED);
	for (i = 0; i < 2; i++) {
		folio[i] = mmk_pte_folio(test, mm, addr + stay[i] * PAGE_SIZE);
		mmk_folio_get(test, folio[i]);
	}
	mp_init(&m);
	lru_add_drain_all();
	for (i = 0; i < nr_pages; i++) {
		now = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
		KUNIT_ASSERT_TRUE(test, isolate_folio_to_list(now, &m.list));
	}

	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_ASYNC, &succeeded), 2);
	KUNIT_EXPECT_EQ(test, succeeded, nr_pages - 2);
	KUNIT_EXPECT_EQ(test, m.nr_new, nr_pages);
	KUNIT_EXPECT_EQ(test, m.nr_returned, 2U);
	for (i = 0; i < nr_pages; i++)
		nr_left += mmk_pte_kind(mm, addr + i * PAGE_SIZE) !=
			   MMK_PTE_PRESENT;
	KUNIT_EXPECT_EQ(test, nr_left, 0U);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&m.list), 2UL);
	putback_movable_pages(&m.list);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_PTR_EQ(test, folio[i],
				    mmk_pte_folio(test, mm,
						  addr + stay[i] * PAGE_SIZE));
	MMK_EXPECT_HOLDS(test, addr, nr_pages, SCENE_SEED);
}

struct mode_case {
	const char *description;
	enum migrate_mode mode;
};

static const struct mode_case mode_cases[] = {
	{ "async", MIGRATE_ASYNC },
	{ "sync", MIGRATE_SYNC },
};

KUNIT_ARRAY_PARAM_DESC(mode, mode_cases, description);

/**
 * enomem_ends_migration_cleanly() - No memory for the fifth destination
 *
 * Of five folios, the first is under writeback, which is an error, and the
 * fourth is locked, and to be retried. The second and third have been unmapped
 * when there is no destination for the fifth. These two are moved; the other
 * three stay on the list, and count as failed.
 *
 * Contract: ME-5, ME-15
 */
static void enomem_ends_migration_cleanly(struct kunit *test)
{
	const struct mode_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 5);
	unsigned long done, failed;
	struct folio *src[5], *now;
	unsigned int succeeded = 7;
	struct migration m;
	int i;

	mmk_fill(test, addr, 5, SCENE_SEED);
	mp_init(&m);
	m.max_new = 4;
	for (i = 4; i >= 0; i--) {
		src[i] = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
		mp_add(test, &m, src[i]);
	}
	folio_lock(src[0]);
	folio_start_writeback(src[0]);
	folio_unlock(src[0]);
	folio_lock(src[3]);
	done = mmk_vm_event(PGMIGRATE_SUCCESS);
	failed = mmk_vm_event(PGMIGRATE_FAIL);

	KUNIT_EXPECT_EQ(test, mp_run(&m, c->mode, &succeeded), -ENOMEM);
	KUNIT_EXPECT_EQ(test, succeeded, 2U);
	KUNIT_EXPECT_EQ(test, mmk_vm_event(PGMIGRATE_SUCCESS), done + 2);
	KUNIT_EXPECT_EQ(test, mmk_vm_event(PGMIGRATE_FAIL), failed + 3);
	KUNIT_EXPECT_EQ(test, m.nr_returned, 2U);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&m.list), 3UL);
	folio_end_writeback(src[0]);
	folio_unlock(src[3]);
	putback_movable_pages(&m.list);
	lru_add_drain_all();
	for (i = 0; i < 5; i++) {
		now = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, now != src[i], i == 1 || i == 2);
		KUNIT_EXPECT_TRUE(test, folio_test_lru(now));
		KUNIT_EXPECT_FALSE(test, folio_test_locked(now));
		KUNIT_EXPECT_EQ(test, folio_ref_count(now), 1);
	}
	MMK_EXPECT_HOLDS(test, addr, 5, SCENE_SEED);
}

static struct kunit_case migrate_pages_list_cases[] = {
	KUNIT_CASE(mixed_list_is_counted),
	KUNIT_CASE(several_busy_folios_are_put_back),
	KUNIT_CASE(each_folio_gets_its_destination),
	KUNIT_CASE(list_of_several_batches_moves),
	KUNIT_CASE_PARAM(no_destination_leaves_folio, no_memory_gen_params),
	KUNIT_CASE_PARAM(enomem_ends_migration_cleanly, mode_gen_params),
	{}
};

static struct kunit_suite migrate_pages_list_suite = {
	.name = "migrate_pages_list",
	.init = mmk_case_init,
	.test_cases = migrate_pages_list_cases,
};

kunit_test_suite(migrate_pages_list_suite);
