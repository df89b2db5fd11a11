// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_pages() and folios that are locked, written back or freed: what each
 * mode waits for.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "migration.h"

/**
 * struct migrate_task - A task that calls migrate_pages()
 * @task: the thread
 * @mode: MIGRATE_*
 * @memalloc: PF_MEMALLOC, as in reclaim
 * @m: the folios
 * @failed: what migrate_pages() returned
 * @succeeded: what it stored as the number of pages moved
 */
struct migrate_task {
	struct mmk_task task;
	enum migrate_mode mode;
	bool memalloc;
	struct migration m;
	int failed;
	unsigned int succeeded;
};

static void migrate_task_main(struct mmk_task *task)
{
	struct migrate_task *t = container_of(task, struct migrate_task, task);
	unsigned int flags = 0;

	if (t->memalloc)
		flags = memalloc_noreclaim_save();
	t->failed = mp_run(&t->m, t->mode, &t->succeeded);
	if (t->memalloc)
		memalloc_noreclaim_restore(flags);
}

/* A task that will migrate the folio, which is isolated at once */
static struct migrate_task *migrate_task_alloc(struct kunit *test,
					       struct scene *s,
					       enum migrate_mode mode)
{
	struct migrate_task *t = mmk_task_alloc(test, sizeof(*t), s->mm,
						migrate_task_main);

	t->mode = mode;
	t->succeeded = 7;
	mp_init(&t->m);
	mp_add(test, &t->m, s->src);
	return t;
}

/*
 * Waits until the task sleeps on the folio, or has ended; returns whether it
 * sleeps.
 */
static bool migrate_task_sleeps(struct migrate_task *t)
{
	return mmk_task_sleeps_in(&t->task, "folio_wait_bit_common");
}

/**
 * async_skips_locked_folio() - MIGRATE_ASYNC
 *
 * The migration fails at once, and leaves the lock to the task that holds it.
 *
 * Contract: ME-15
 */
static void async_skips_locked_folio(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	struct migrate_task *t;
	unsigned long events;
	struct scene s;

	mmk_scene_map(test, &s, mm, &how);
	mmk_folio_snapshot(s.src, &before);
	events = mmk_vm_event(PGMIGRATE_FAIL);
	t = migrate_task_alloc(test, &s, MIGRATE_ASYNC);
	folio_lock(s.src);
	mmk_task_start(&t->task);
	KUNIT_EXPECT_FALSE(test, migrate_task_sleeps(t));
	KUNIT_EXPECT_TRUE(test, folio_test_locked(s.src));
	if (folio_test_locked(s.src))
		folio_unlock(s.src);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&t->task));

	KUNIT_EXPECT_EQ(test, t->failed, 1);
	KUNIT_EXPECT_EQ(test, t->succeeded, 0U);
	KUNIT_EXPECT_EQ(test, mmk_vm_event(PGMIGRATE_FAIL), events + 1);
	KUNIT_EXPECT_EQ(test, t->m.nr_returned, t->m.nr_new);
	putback_movable_pages(&t->m.list);
	mmk_expect_folio_same(test, "the folio", s.src, &before);
	mmk_expect_mapped(test, mm, s.addr, s.src, true, true, false);
}

/*
 * Migrates a folio under writeback, which ends once the task sleeps or has
 * ended.
 */
static struct migrate_task *migrate_under_writeback(struct kunit *test,
						    struct scene *s,
						    enum migrate_mode mode)
{
	struct migrate_task *t = migrate_task_alloc(test, s, mode);
	bool waits = mode == MIGRATE_SYNC;

	folio_lock(s->src);
	folio_start_writeback(s->src);
	folio_unlock(s->src);
	mmk_task_start(&t->task);
	KUNIT_EXPECT_EQ(test, migrate_task_sleeps(t), waits);
	mmk_expect_mapped(test, s->mm, s->addr, s->src, true, true, false);
	/* Its own reference has to be dropped before the task runs. */
	preempt_disable();
	folio_end_writeback(s->src);
	preempt_enable();
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&t->task));
	KUNIT_EXPECT_EQ(test, t->failed, waits ? 0 : 1);
	KUNIT_EXPECT_EQ(test, t->succeeded, (unsigned int)waits);
	putback_movable_pages(&t->m.list);
	return t;
}

/**
 * only_sync_waits_for_writeback() - -EBUSY in all other modes
 *
 * The other modes do not try again either, since writeback takes a while.
 *
 * Contract: ME-15
 */
static void only_sync_waits_for_writeback(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct migrate_task *t;
	struct scene s;

	mmk_scene_map(test, &s, mm, &how);
	t = migrate_under_writeback(test, &s, MIGRATE_ASYNC);
	KUNIT_EXPECT_EQ(test, t->m.nr_new, 1U);
	KUNIT_EXPECT_EQ(test, t->m.nr_returned, 1U);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.src));
	KUNIT_ASSERT_PTR_EQ(test, mmk_pte_folio(test, mm, s.addr), s.src);
	migrate_under_writeback(test, &s, MIGRATE_SYNC_LIGHT);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.src));
	KUNIT_ASSERT_PTR_EQ(test, mmk_pte_folio(test, mm, s.addr), s.src);
	migrate_under_writeback(test, &s, MIGRATE_SYNC);
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, mm, s.addr), s.src);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);
}

struct freed_case {
	const char *description;
	bool unevictable;
};

static const struct freed_case freed_cases[] = {
	{ "active", false },
	{ "unevictable", true },
};

KUNIT_ARRAY_PARAM_DESC(freed, freed_cases, description);

/**
 * freed_folio_counts_as_moved() - Only the reference of the isolation is left
 *
 * The only process that mapped the folio has unmapped it since. The folio is
 * freed and counts as moved. No destination is asked for.
 *
 * Contract: ME-15
 */
static void freed_folio_counts_as_moved(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .young = true };
	const struct freed_case *param = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int succeeded = 0;
	struct migration m;
	struct scene s;

	mmk_scene_map(test, &s, mm, &how);
	mp_init(&m);
	mp_add(test, &m, s.src);
	KUNIT_ASSERT_EQ(test, sys_munmap(s.addr, PAGE_SIZE), 0L);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);
	/* Flags that a free folio must not have */
	if (param->unevictable)
		folio_set_unevictable(s.src);
	else
		folio_set_active(s.src);

	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_SYNC, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, 1U);
	KUNIT_EXPECT_EQ(test, m.nr_new, 0U);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 0);
	KUNIT_EXPECT_FALSE(test, folio_test_active(s.src));
	KUNIT_EXPECT_FALSE(test, folio_test_unevictable(s.src));
}

/**
 * struct locked_case - A folio that somebody else has locked
 * @description: its name
 * @mode: MIGRATE_*
 * @memalloc: the task that migrates is in reclaim
 * @read: the folio is still being read from its disk
 * @waits: the migration waits for it
 */
struct locked_case {
	const char *description;
	enum migrate_mode mode;
	bool memalloc;
	bool read;
	bool waits;
};

static const struct locked_case locked_cases[] = {
	{ "sync", MIGRATE_SYNC, .waits = true },
	{ "sync, in reclaim", MIGRATE_SYNC, .memalloc = true },
	{ "sync, not uptodate", MIGRATE_SYNC, .read = true, .waits = true },
	{ "light", MIGRATE_SYNC_LIGHT, .waits = true },
	{ "light, in reclaim", MIGRATE_SYNC_LIGHT, .memalloc = true },
	{ "light, not uptodate", MIGRATE_SYNC_LIGHT, .read = true },
};

KUNIT_ARRAY_PARAM_DESC(locked, locked_cases, description);

/**
 * sync_waits_for_locked_folio() - MIGRATE_SYNC and MIGRATE_SYNC_LIGHT
 *
 * A migration waits for the lock that another task holds, and then goes on. It
 * does not wait in reclaim, for which the other task could be waiting. In the
 * light mode it does not wait for a read from a disk.
 *
 * Contract: ME-15
 */
static void sync_waits_for_locked_folio(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .young = true };
	const struct locked_case *param = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct migrate_task *t;
	struct folio *now;
	struct scene s;

	mmk_scene_map(test, &s, mm, &how);
	t = migrate_task_alloc(test, &s, param->mode);
	t->memalloc = param->memalloc;
	folio_lock(s.src);
	if (param->read)
		folio_clear_uptodate(s.src);
	mmk_task_start(&t->task);
	KUNIT_EXPECT_EQ(test, migrate_task_sleeps(t), param->waits);
	mmk_expect_mapped(test, mm, s.addr, s.src, true, true, false);
	if (param->read)
		folio_mark_uptodate(s.src);
	folio_unlock(s.src);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&t->task));

	KUNIT_EXPECT_EQ(test, t->failed, !param->waits);
	KUNIT_EXPECT_EQ(test, t->m.nr_new - t->m.nr_returned,
			(unsigned int)param->waits);
	putback_movable_pages(&t->m.list);
	now = mmk_pte_folio(test, mm, s.addr);
	KUNIT_EXPECT_EQ(test, now != s.src, param->waits);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(now));
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);
}

static struct kunit_case migrate_pages_wait_cases[] = {
	KUNIT_CASE(async_skips_locked_folio),
	KUNIT_CASE(only_sync_waits_for_writeback),
	KUNIT_CASE_PARAM(freed_folio_counts_as_moved, freed_gen_params),
	KUNIT_CASE_PARAM(sync_waits_for_locked_folio, locked_gen_params),
	{}
};

static struct kunit_suite migrate_pages_wait_suite = {
	.name = "migrate_pages_wait",
	.init = mmk_case_init,
	.test_cases = migrate_pages_wait_cases,
};

kunit_test_suite(migrate_pages_wait_suite);
