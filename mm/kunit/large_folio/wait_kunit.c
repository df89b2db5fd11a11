// SPDX-License-Identifier: GPL-2.0
/*
 * What migrate_pages() waits for when large folios are locked, read or written back.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/param.h"
#include "../lib/guard.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "../lib/task.h"
#include "mover.h"

/**
 * enum busy - Why a large folio is busy
 * @LOCKED: another task has locked it, and there is memory to move it to
 * @LOCKED_NO_MEMORY: another task has locked it, and it has to be split
 * @LOCKED_IN_PART: the same, since a part of it is not mapped
 * @BEING_READ: it is locked until it has been read
 * @WRITTEN_BACK: it is under writeback
 * @NR_BUSY: number of reasons
 */
enum busy {
	LOCKED,
	LOCKED_NO_MEMORY,
	LOCKED_IN_PART,
	BEING_READ,
	WRITTEN_BACK,
	NR_BUSY,
};

static const char * const busy_names[] = {
	"locked", "locked, no memory", "locked, mapped in part", "being read",
	"written back",
};

/**
 * struct busy_way - A busy large folio, and a migration that does not wait
 * @order: of the folio
 * @busy: why
 * @mode: of the migration
 */
struct busy_way {
	unsigned int order;
	enum busy busy;
	enum migrate_mode mode;
};

static struct busy_way busy_way;

/* The light mode may wait for a lock that is not held for long. */
static bool waits(const struct busy_way *w)
{
	return w->mode == MIGRATE_SYNC ||
	       (w->mode == MIGRATE_SYNC_LIGHT && w->busy < BEING_READ);
}

static bool busy_next(void)
{
	if (busy_way.mode == MIGRATE_ASYNC) {
		busy_way.mode = MIGRATE_SYNC_LIGHT;
	} else {
		busy_way.mode = MIGRATE_ASYNC;
		if (++busy_way.busy == NR_BUSY) {
			busy_way.busy = LOCKED;
			busy_way.order++;
		}
	}
	return busy_way.order <= MMK_MAX_ORDER;
}

/* Every order and reason, in the modes that do not wait for it */
MMK_GEN_PARAMS(busy)
{
	if (!prev)
		busy_way = (struct busy_way){ .order = MMK_MIN_ORDER,
					      .mode = MIGRATE_ASYNC };
	else if (!busy_next())
		return NULL;
	while (waits(&busy_way))
		if (!busy_next())
			return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %u, %s, %s",
		 busy_way.order, busy_names[busy_way.busy],
		 busy_way.mode == MIGRATE_ASYNC ? "async" : "light");
	return &busy_way;
}

/**
 * struct mover_task - A task that calls migrate_pages()
 * @task: the thread
 * @mode: how
 * @m: what
 */
struct mover_task {
	struct mmk_task task;
	enum migrate_mode mode;
	struct mover m;
};

static void mover_task_main(struct mmk_task *task)
{
	struct mover_task *t = container_of(task, struct mover_task, task);

	mover_run(&t->m, t->mode);
}

static struct mover_task *mover_task_alloc(struct kunit *test,
					   struct mm_struct *mm,
					   enum migrate_mode mode)
{
	struct mover_task *t = mmk_task_alloc(test, sizeof(*t), mm,
					      mover_task_main);

	t->mode = mode;
	mover_init(&t->m);
	return t;
}

static bool mover_task_sleeps(struct mover_task *t)
{
	return mmk_task_sleeps_in(&t->task, "folio_wait_bit_common");
}

static void busy_begin(struct folio *folio, enum busy busy)
{
	folio_lock(folio);
	if (busy == BEING_READ)
		folio_clear_uptodate(folio);
	if (busy == WRITTEN_BACK) {
		folio_start_writeback(folio);
		folio_unlock(folio);
	}
}

static void busy_end(struct folio *folio, enum busy busy)
{
	if (busy == WRITTEN_BACK) {
		folio_end_writeback(folio);
		return;
	}
	if (busy == BEING_READ)
		folio_mark_uptodate(folio);
	folio_unlock(folio);
}

/**
 * busy_large_folio_is_not_waited_for() - MIGRATE_ASYNC, and the light mode
 *
 * The call returns while the folio is still busy, and leaves it on the list. It
 * does not wait for a split either.
 *
 * Contract: LF-4, LF-3
 */
static void busy_large_folio_is_not_waited_for(struct kunit *test)
{
	const struct busy_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_large_state *before;
	struct mover_task *t;
	struct mmk_large l;
	bool waited;

	mmk_large_map(test, &l, mm, w->order);
	if (w->busy == LOCKED_IN_PART)
		mmk_large_leave(test, &l, MMK_PART_MIDDLE);
	before = mmk_large_snapshot(test, &l);
	t = mover_task_alloc(test, mm, w->mode);
	t->m.no_large = w->busy == LOCKED_NO_MEMORY;
	mover_add(test, &t->m, l.folio);
	busy_begin(l.folio, w->busy);
	mmk_task_start(&t->task);
	waited = mover_task_sleeps(t);
	KUNIT_EXPECT_FALSE(test, waited);
	busy_end(l.folio, w->busy);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&t->task));
	if (!waited) {
		KUNIT_EXPECT_EQ(test, t->m.ret, t->m.no_large ? -ENOMEM : 1);
		KUNIT_EXPECT_EQ(test, t->m.events[FAILED], (unsigned long)l.nr);
		KUNIT_EXPECT_TRUE(test, mover_has(&t->m, l.folio));
	}
	putback_movable_pages(&t->m.list);
	if (waited)
		return;
	mmk_expect_large_same(test, "afterwards", &l, before);
}

/**
 * struct alone_way - What MIGRATE_SYNC waits for
 * @description: for the log
 * @order: of the folio that it waits for, and of the one before it
 * @busy: why it waits
 */
struct alone_way {
	const char *description;
	unsigned int order;
	enum busy busy;
};

static const struct alone_way alone_ways[] = {
	{ "order 2, locked", 2, LOCKED },
	{ "order 2, written back", 2, WRITTEN_BACK },
	{ "order 5, locked", 5, LOCKED },
	{ "order 5, locked, mapped in part", 5, LOCKED_IN_PART },
	{ "order 5, being read", 5, BEING_READ },
	{ "order 5, written back", 5, WRITTEN_BACK },
	{ "order 9, locked", 9, LOCKED },
	{ "order 9, written back", 9, WRITTEN_BACK },
};

KUNIT_ARRAY_PARAM_DESC(alone, alone_ways, description);

/**
 * waiting_for_one_folio_holds_no_other() - MIGRATE_SYNC, two large folios
 *
 * The first folio cannot move, since it has an extra reference. The second is
 * busy. While the call sleeps for the second, the first is unlocked and mapped:
 * the task that keeps the second busy may need it. When the second is free, it
 * moves.
 *
 * Contract: LF-4
 */
static void waiting_for_one_folio_holds_no_other(struct kunit *test)
{
	const struct alone_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_large first, second;
	struct mover_task *t;
	struct folio *from;

	mmk_large_map(test, &first, mm, w->order);
	mmk_large_map(test, &second, mm, w->order);
	if (w->busy == LOCKED_IN_PART)
		mmk_large_leave(test, &second, MMK_PART_MIDDLE);
	from = second.folio;
	mmk_folio_get(test, first.folio);
	t = mover_task_alloc(test, mm, MIGRATE_SYNC);
	mover_add(test, &t->m, first.folio);
	mover_add(test, &t->m, from);
	busy_begin(from, w->busy);
	mmk_task_start(&t->task);
	KUNIT_EXPECT_TRUE(test, mover_task_sleeps(t));
	KUNIT_EXPECT_FALSE(test, folio_test_locked(first.folio));
	KUNIT_EXPECT_EQ(test, folio_mapcount(first.folio), (int)first.nr);
	busy_end(from, w->busy);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&t->task));
	/* A folio that has been split counts as one that failed. */
	KUNIT_EXPECT_EQ(test, t->m.ret, w->busy == LOCKED_IN_PART ? 2 : 1);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&t->m.list));
	KUNIT_EXPECT_TRUE(test, mover_has(&t->m, first.folio));
	putback_movable_pages(&t->m.list);
	MMK_EXPECT_HOLDS(test, first.addr, first.nr, MMK_LARGE_SEED);
}

static struct kunit_case large_folio_wait_cases[] = {
	KUNIT_CASE_PARAM(busy_large_folio_is_not_waited_for, busy_gen_params),
	KUNIT_CASE_PARAM(waiting_for_one_folio_holds_no_other, alone_gen_params),
	{}
};

static struct kunit_suite large_folio_wait_suite = {
	.name = "large_folio_wait",
	.init = mmk_case_init,
	.test_cases = large_folio_wait_cases,
};

kunit_test_suite(large_folio_wait_suite);
