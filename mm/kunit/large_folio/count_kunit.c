// SPDX-License-Identifier: GPL-2.0
/*
 * How migrate_pages() counts a huge page that stays, for whatever reason. Expected is what
 * Documentation/mm/page_migration.rst says of the events.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "mover.h"

/**
 * struct count_scene - A huge page that is on the list, and perhaps a page behind it
 * @test: the case
 * @mm: current->mm
 * @addr: of the huge page
 * @folio: the huge page
 * @small: the page behind it, or NULL
 * @m: the call of migrate_pages()
 */
struct count_scene {
	struct kunit *test;
	struct mm_struct *mm;
	unsigned long addr;
	struct folio *folio;
	struct folio *small;
	struct mover m;
};

static void scene_file(struct count_scene *s)
{
	s->addr = mmk_map_huge_file(s->test, s->mm);
	mmk_fill(s->test, s->addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	s->folio = page_folio(mmk_pmd_page(s->mm, s->addr));
}

static void scene_anon(struct count_scene *s)
{
	s->addr = mmk_map_huge(s->test, s->mm, 1);
	mmk_fill(s->test, s->addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	s->folio = mmk_pmd_folio(s->test, s->mm, s->addr);
}

static void stay_locked(struct count_scene *s)
{
	scene_anon(s);
	folio_lock(s->folio);
}

static void end_locked(struct count_scene *s)
{
	folio_unlock(s->folio);
}

static void stay_written(struct count_scene *s)
{
	scene_file(s);
	folio_lock(s->folio);
	folio_start_writeback(s->folio);
	folio_unlock(s->folio);
}

static void end_written(struct count_scene *s)
{
	folio_end_writeback(s->folio);
}

static void stay_referenced(struct count_scene *s)
{
	scene_anon(s);
	folio_get(s->folio);
}

static void end_referenced(struct count_scene *s)
{
	folio_put(s->folio);
}

static void stay_for_a_pin(struct count_scene *s)
{
	stay_referenced(s);
	s->m.no_large = true;
	s->m.reason = MR_LONGTERM_PIN;
}

/* Nothing is left when the page behind the huge one is met. */
static void refuse_small(struct mover *m, struct folio *src)
{
	if (!folio_test_large(src))
		m->no_memory = true;
}

static void stay_before_memory_is_short(struct count_scene *s)
{
	unsigned long addr = mmk_map_anon(s->test, 1);

	stay_locked(s);
	mmk_fill(s->test, addr, 1, MMK_LARGE_SEED);
	s->small = mmk_pte_folio(s->test, s->mm, addr);
	s->m.asked = refuse_small;
}

/**
 * struct count_case - Why a huge page stays
 * @description: for the KTAP line
 * @stay: makes it, and sees to it that it stays
 * @end: lets it go
 * @mode: of the call
 * @ret: what the call returns
 * @failed: pages that count as failed
 */
struct count_case {
	const char *description;
	void (*stay)(struct count_scene *s);
	void (*end)(struct count_scene *s);
	enum migrate_mode mode;
	int ret;
	unsigned long failed;
};

static const struct count_case count_cases[] = {
	{ "somebody has its lock", stay_locked, end_locked, MIGRATE_ASYNC, 1,
	  MMK_HUGE_PAGES },
	{ "it is under writeback", stay_written, end_written, MIGRATE_ASYNC, 1,
	  MMK_HUGE_PAGES },
	{ "it is under writeback, light", stay_written, end_written,
	  MIGRATE_SYNC_LIGHT, 1, MMK_HUGE_PAGES },
	{ "somebody has a reference", stay_referenced, end_referenced,
	  MIGRATE_ASYNC, 1, MMK_HUGE_PAGES },
	{ "somebody has a reference, sync", stay_referenced, end_referenced,
	  MIGRATE_SYNC, 1, MMK_HUGE_PAGES },
	{ "it can never be split for a pin", stay_for_a_pin, end_referenced,
	  MIGRATE_SYNC, 1, MMK_HUGE_PAGES },
	{ "memory is short behind it", stay_before_memory_is_short, end_locked,
	  MIGRATE_ASYNC, -ENOMEM, MMK_HUGE_PAGES + 1 },
};

KUNIT_ARRAY_PARAM_DESC(count, count_cases, description);

/**
 * huge_page_that_stays_is_counted_once() - pgmigrate_fail and thp_migration_fail
 *
 * Each page of the huge page counts as one that could not be moved, and the huge page
 * counts as one, too: once, however often it was tried. It is not split, and nothing moves.
 *
 * Contract: LF-3
 */
static void huge_page_that_stays_is_counted_once(struct kunit *test)
{
	const struct count_case *c = test->param_value;
	struct count_scene s = { .test = test, .mm = mmk_mm_enter(test) };

	mover_init(&s.m);
	c->stay(&s);
	mover_add(test, &s.m, s.folio);
	if (s.small)
		mover_add(test, &s.m, s.small);
	mover_run(&s.m, c->mode);
	c->end(&s);
	KUNIT_EXPECT_EQ(test, s.m.ret, c->ret);
	KUNIT_EXPECT_EQ(test, s.m.succeeded, 0U);
	KUNIT_EXPECT_EQ(test, s.m.events[MOVED], 0UL);
	KUNIT_EXPECT_EQ(test, s.m.events[FAILED], c->failed);
	KUNIT_EXPECT_EQ(test, s.m.events[THP_MOVED], 0UL);
	KUNIT_EXPECT_EQ(test, s.m.events[THP_FAILED], 1UL);
	KUNIT_EXPECT_EQ(test, s.m.events[THP_SPLIT_UP], 0UL);
	KUNIT_EXPECT_EQ(test, s.m.nr_back, s.m.nr_given);
	KUNIT_EXPECT_TRUE(test, mover_has(&s.m, s.folio));
	putback_movable_pages(&s.m.list);
	MMK_EXPECT_PMD(test, s.mm, s.addr, PRESENT);
	MMK_EXPECT_HOLDS(test, s.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/**
 * freed_huge_page_counts_as_moved() - The last user has gone meanwhile
 *
 * The huge page is on the list, and its last mapping goes. There is nothing to be moved:
 * no destination is asked for, the list is empty, and the memory is free.
 *
 * Contract: LF-3
 */
static void freed_huge_page_counts_as_moved(struct kunit *test)
{
	struct count_scene s = { .test = test, .mm = mmk_mm_enter(test) };

	mover_init(&s.m);
	scene_anon(&s);
	mover_add(test, &s.m, s.folio);
	KUNIT_ASSERT_EQ(test, vm_munmap(s.addr, MMK_HUGE_SIZE), 0);
	mover_run(&s.m, MIGRATE_SYNC);
	KUNIT_EXPECT_EQ(test, s.m.ret, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&s.m.list));
	KUNIT_EXPECT_EQ(test, s.m.nr_new, 0U);
	KUNIT_EXPECT_EQ(test, s.m.succeeded, MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, s.m.events[MOVED], (unsigned long)MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, s.m.events[THP_MOVED], 1UL);
	KUNIT_EXPECT_EQ(test, s.m.events[FAILED], 0UL);
	KUNIT_EXPECT_EQ(test, s.m.events[THP_FAILED], 0UL);
	putback_movable_pages(&s.m.list);
}

static struct kunit_case large_folio_count_cases[] = {
	KUNIT_CASE_PARAM(huge_page_that_stays_is_counted_once,
			 count_gen_params),
	KUNIT_CASE(freed_huge_page_counts_as_moved),
	{}
};

static struct kunit_suite large_folio_count_suite = {
	.name = "large_folio_count",
	.init = mmk_case_init,
	.test_cases = large_folio_count_cases,
};

kunit_test_suite(large_folio_count_suite);
