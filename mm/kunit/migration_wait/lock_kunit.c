// SPDX-License-Identifier: GPL-2.0
/*
 * The lock of a folio: those who want it stand in the same queues as those who wait
 * for a migration. Expected is what Documentation/admin-guide/sysctl/vm.rst and the
 * comments of mm/filemap.c say.
 */
#include <kunit/test.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/psi.h>
#include <linux/sched/signal.h>

#include "../../internal.h"
#include "../compat/stall.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "moving.h"

/**
 * enum locking - How a task waits
 * @LOCKING: folio_lock()
 * @LOCKING_KILLABLE: folio_lock_killable()
 * @WAITING_KILLABLE: folio_wait_bit_killable(), for the lock to be dropped
 */
enum locking {
	LOCKING,
	LOCKING_KILLABLE,
	WAITING_KILLABLE,
};

/**
 * struct locker - A task that wants a folio's lock, or waits for it to be dropped
 * @task: the task
 * @folio: the folio
 * @how: what it calls
 * @nested: it counts as stalled from the start
 * @ret: what the call returned
 * @locked: the folio was locked then
 * @stalled: the task counted as stalled then
 */
struct locker {
	struct mmk_task task;
	struct folio *folio;
	enum locking how;
	bool nested;
	int ret;
	bool locked;
	bool stalled;
};

static void locker_main(struct mmk_task *task)
{
	struct locker *l = container_of(task, struct locker, task);
	unsigned long pflags;

	if (l->nested)
		psi_memstall_enter(&pflags);
	switch (l->how) {
	case LOCKING:
		folio_lock(l->folio);
		break;
	case LOCKING_KILLABLE:
		l->ret = folio_lock_killable(l->folio);
		break;
	case WAITING_KILLABLE:
		l->ret = folio_wait_bit_killable(l->folio, PG_locked);
		break;
	}
	l->locked = folio_test_locked(l->folio);
	l->stalled = mmk_in_memstall(current);
	if (l->nested)
		psi_memstall_leave(&pflags);
}

static void unlock_action(void *folio)
{
	folio_unlock(folio);
}

/* A folio that the case has locked until lock_drop() */
static struct folio *lock_init(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct folio *folio;

	mmk_fill(test, addr, 1, SEED);
	folio = mmk_pte_folio(test, mm, addr);
	lru_add_drain_all();
	folio_lock(folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unlock_action,
							folio), 0);
	return folio;
}

static void lock_drop(struct kunit *test, struct folio *folio)
{
	kunit_release_action(test, unlock_action, folio);
}

static bool locker_sleeps(struct kunit *test, struct locker *l)
{
	return mmk_task_sleeps_in(&l->task, "folio_wait_bit_common") &&
	       mmk_task_waits_for(test, l->task.task, l->folio);
}

/**
 * stolen_lock_is_handed_over() - A waiter is passed over a few times only
 *
 * A task waits for the lock of a folio. Each time the lock is dropped, another task
 * takes it before the waiter runs, and the waiter goes back into the queue.
 * vm.page_lock_unfairness says how often. After that, the lock is handed over: the
 * waiter has it as soon as it is dropped.
 *
 * Contract: MW-7
 */
static void stolen_lock_is_handed_over(struct kunit *test)
{
	const int *unfairness = (void *)
		kallsyms_lookup_name("sysctl_page_lock_unfairness");
	struct folio *folio = lock_init(test);
	struct locker *l = mmk_task_alloc(test, sizeof(*l), current->mm,
					  locker_main);
	bool asleep, stolen = true;
	int steals = -1;

	if (!unfairness)
		kunit_skip(test, "needs CONFIG_KALLSYMS_ALL");
	l->folio = folio;
	mmk_task_start(&l->task);
	do {
		asleep = locker_sleeps(test, l);
		if (!asleep)
			break;
		steals++;
		preempt_disable();
		folio_unlock(folio);
		stolen = folio_trylock(folio);
		preempt_enable();
	} while (stolen && steals <= *unfairness);
	KUNIT_EXPECT_TRUE(test, asleep);
	KUNIT_EXPECT_FALSE_MSG(test, stolen, "the lock is never handed over");
	KUNIT_EXPECT_EQ(test, steals, *unfairness);
	if (stolen) {
		lock_drop(test, folio);
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&l->task));
		folio_unlock(folio);
		return;
	}
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&l->task));
	KUNIT_EXPECT_TRUE(test, l->locked);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
	/* It is the waiter's, who leaves it to us. */
	lock_drop(test, folio);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, folio), 0);
}

/**
 * lock_goes_to_one_after_the_other() - No waiter is woken in vain
 *
 * Three tasks wait for the lock. Each time it is dropped one of them gets it, and the
 * others sleep on, until it is dropped again.
 *
 * Contract: MW-7
 */
static void lock_goes_to_one_after_the_other(struct kunit *test)
{
	struct folio *folio = lock_init(test);
	struct locker *l[3];
	unsigned int i, j, done;

	for (i = 0; i < ARRAY_SIZE(l); i++) {
		l[i] = mmk_task_alloc(test, sizeof(*l[i]), current->mm,
				      locker_main);
		l[i]->folio = folio;
		mmk_task_start(&l[i]->task);
		KUNIT_ASSERT_TRUE(test, locker_sleeps(test, l[i]));
	}
	lock_drop(test, folio);
	for (i = 0; i < ARRAY_SIZE(l); i++) {
		/* First come, first served */
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&l[i]->task));
		KUNIT_EXPECT_TRUE(test, l[i]->locked);
		for (j = i + 1, done = 0; j < ARRAY_SIZE(l); j++)
			done += !locker_sleeps(test, l[j]);
		KUNIT_EXPECT_EQ(test, done, 0U);
		KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, folio),
				(int)ARRAY_SIZE(l) - 1 - (int)i);
		folio_unlock(folio);
	}
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
}

/**
 * struct kill_case - A wait that a fatal signal ends
 * @description: for the KTAP line
 * @how: what the task calls
 * @kill: it is killed; or else it gets what it waits for
 * @ret: what the call returns
 * @locked: the folio is locked then
 */
struct kill_case {
	const char *description;
	enum locking how;
	bool kill;
	int ret;
	bool locked;
};

static const struct kill_case kill_cases[] = {
	{ "folio_lock_killable, killed", LOCKING_KILLABLE, true, -EINTR, true },
	{ "folio_lock_killable, served", LOCKING_KILLABLE, false, 0, true },
	{ "folio_wait_bit_killable, killed", WAITING_KILLABLE, true, -EINTR,
	  true },
	{ "folio_wait_bit_killable, served", WAITING_KILLABLE, false, 0, false },
};

KUNIT_ARRAY_PARAM_DESC(kill, kill_cases, description);

/**
 * killable_wait_tells_how_it_ended() - 0, or -EINTR
 *
 * A task that is killed gives up: -EINTR, out of the queue, and without the lock, which
 * is still that of its owner. One that has been served gets 0, and the lock if it wanted
 * that.
 *
 * Contract: MW-7, SF-4
 */
static void killable_wait_tells_how_it_ended(struct kunit *test)
{
	const struct kill_case *c = test->param_value;
	struct folio *folio = lock_init(test);
	struct locker *l = mmk_process_alloc(test, sizeof(*l), locker_main);

	l->folio = folio;
	l->how = c->how;
	l->ret = 1;
	mmk_process_start(&l->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&l->task,
						   "folio_wait_bit_common"));
	if (c->kill)
		KUNIT_EXPECT_EQ(test, kill_pid(task_pid(l->task.task), SIGKILL,
					       1), 0);
	else
		lock_drop(test, folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&l->task));
	KUNIT_EXPECT_EQ(test, l->ret, c->ret);
	KUNIT_EXPECT_EQ(test, l->locked, c->locked);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, folio), 0);
	if (c->kill)
		lock_drop(test, folio);
	else if (c->locked)
		folio_unlock(folio);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
}

/**
 * struct stall_case - A folio whose lock is wanted
 * @description: for the KTAP line
 * @uptodate: PG_uptodate
 * @workingset: PG_workingset
 * @nested: the task counts as stalled already
 * @stalled: what it counts as while it waits
 */
struct stall_case {
	const char *description;
	bool uptodate;
	bool workingset;
	bool nested;
	bool stalled;
};

static const struct stall_case stall_cases[] = {
	{ "neither", false, false, false, false },
	{ "uptodate", true, false, false, false },
	{ "workingset", false, true, false, true },
	{ "both", true, true, false, false },
	{ "workingset, stalled before", false, true, true, true },
};

KUNIT_ARRAY_PARAM_DESC(stall, stall_cases, description);

/**
 * wait_for_thrashing_folio_is_a_stall() - Pressure stall information
 *
 * As thrashing_wait_counts_as_stall(), for the lock of the folio.
 *
 * Contract: MW-10
 */
static void wait_for_thrashing_folio_is_a_stall(struct kunit *test)
{
	const struct stall_case *c = test->param_value;
	struct folio *folio;
	struct locker *l;

	if (!IS_ENABLED(CONFIG_PSI))
		kunit_skip(test, "needs CONFIG_PSI");
	folio = lock_init(test);
	if (!c->uptodate)
		folio_clear_uptodate(folio);
	if (c->workingset)
		folio_set_workingset(folio);
	l = mmk_task_alloc(test, sizeof(*l), current->mm, locker_main);
	l->folio = folio;
	l->nested = c->nested;
	mmk_task_start(&l->task);
	KUNIT_EXPECT_TRUE(test, locker_sleeps(test, l));
	KUNIT_EXPECT_EQ(test, mmk_in_memstall(l->task.task), c->stalled);
	folio_mark_uptodate(folio);
	lock_drop(test, folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&l->task));
	KUNIT_EXPECT_TRUE(test, l->locked);
	KUNIT_EXPECT_EQ(test, l->stalled, c->nested);
	folio_unlock(folio);
}

static struct kunit_case migration_wait_lock_cases[] = {
	KUNIT_CASE(stolen_lock_is_handed_over),
	KUNIT_CASE(lock_goes_to_one_after_the_other),
	KUNIT_CASE_PARAM(killable_wait_tells_how_it_ended, kill_gen_params),
	KUNIT_CASE_PARAM(wait_for_thrashing_folio_is_a_stall, stall_gen_params),
	{}
};

static struct kunit_suite migration_wait_lock_suite = {
	.name = "migration_wait_lock",
	.init = mmk_case_init,
	.test_cases = migration_wait_lock_cases,
};

kunit_test_suite(migration_wait_lock_suite);
