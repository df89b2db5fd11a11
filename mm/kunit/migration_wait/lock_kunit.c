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
#include "../compat/trace.h"
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
	{ "neither, stalled before", false, false, true, true },
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

/**
 * struct queue_step - What happens right before a wait queue is locked
 * @lock: of the queue
 * @who: the task that is about to take it
 * @folio: for @step
 * @step: happens the first time
 * @done: it has
 */
struct queue_step {
	struct lockdep_map *lock;
	struct task_struct *who;
	struct folio *folio;
	void (*step)(struct folio *folio);
	bool done;
};

static void step_probe(void *data, struct lockdep_map *lock,
		       unsigned int subclass, int trylock, int read, int check,
		       struct lockdep_map *next_lock, unsigned long ip)
{
	struct queue_step *s = data;

	if (lock != s->lock || current != s->who || s->done)
		return;
	s->done = true;
	s->step(s->folio);
}

static void step_stop(void *data)
{
	mmk_lock_unwatch(step_probe, data);
}

static struct queue_step *step_start(struct kunit *test, struct folio *folio,
				     struct task_struct *who,
				     void (*step)(struct folio *folio))
{
	struct queue_step *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->lock = mmk_lock_map(&mmk_folio_waitqueue(test, folio)->lock);
	s->who = who;
	s->folio = folio;
	s->step = step;
	if (mmk_lock_watch(step_probe, s))
		kunit_skip(test, "needs the tracepoints of locks");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, step_stop, s), 0);
	return s;
}

static void step_unlock(struct folio *folio)
{
	folio_unlock(folio);
}

static void step_steal(struct folio *folio)
{
	folio_trylock(folio);
}

static struct locker *locker_start(struct kunit *test, struct folio *folio,
				   enum locking how)
{
	struct locker *l = mmk_task_alloc(test, sizeof(*l), current->mm,
					  locker_main);

	l->folio = folio;
	l->how = how;
	l->ret = 1;
	mmk_task_start(&l->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&l->task,
						   "folio_wait_bit_common"));
	return l;
}

static const enum locking locking_ways[] = {
	LOCKING, LOCKING_KILLABLE, WAITING_KILLABLE,
};

static void locking_name(const enum locking *how, char *desc)
{
	static const char * const names[] = {
		"folio_lock", "folio_lock_killable", "folio_wait_bit_killable",
	};

	strscpy(desc, names[*how], KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(locking, locking_ways, locking_name);

/**
 * lock_dropped_at_the_last_moment_is_not_waited_for() - Right before the task is queued
 *
 * A task finds the folio locked. Before it gets at the queue, the lock is dropped, and
 * nobody is there to be woken. The task does not sleep: it has the lock, if it wanted that.
 *
 * Contract: MW-6, MW-7
 */
static void lock_dropped_at_the_last_moment_is_not_waited_for(struct kunit *test)
{
	const enum locking how = *(const enum locking *)test->param_value;
	struct folio *folio = lock_init(test);
	struct locker *l = mmk_task_alloc(test, sizeof(*l), current->mm,
					  locker_main);
	struct queue_step *s;

	l->folio = folio;
	l->how = how;
	s = step_start(test, folio, l->task.task, step_unlock);
	/* The task drops the lock for us. */
	kunit_remove_action(test, unlock_action, folio);
	mmk_task_start(&l->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&l->task));
	kunit_release_action(test, step_stop, s);
	KUNIT_EXPECT_TRUE(test, s->done);
	KUNIT_EXPECT_EQ(test, l->ret, 0);
	KUNIT_EXPECT_EQ(test, l->locked, how != WAITING_KILLABLE);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, folio), 0);
	if (folio_test_locked(folio))
		folio_unlock(folio);
}

/**
 * all_that_only_wait_are_woken() - By one unlock
 *
 * Three tasks wait for the lock to be dropped, and do not want it. One unlock wakes them
 * all, although somebody takes the lock again before the first of them runs. A task behind
 * them that wants the lock is not woken for nothing.
 *
 * Contract: MW-7
 */
static void all_that_only_wait_are_woken(struct kunit *test)
{
	struct folio *folio = lock_init(test);
	struct locker *w[3], *l;
	unsigned long switches;
	struct queue_step *s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(w); i++)
		w[i] = locker_start(test, folio, WAITING_KILLABLE);
	l = locker_start(test, folio, LOCKING);
	switches = READ_ONCE(l->task.task->nvcsw);
	s = step_start(test, folio, current, step_steal);
	folio_unlock(folio);
	kunit_release_action(test, step_stop, s);
	KUNIT_EXPECT_TRUE(test, s->done);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
	for (i = 0; i < ARRAY_SIZE(w); i++) {
		KUNIT_EXPECT_TRUE_MSG(test, mmk_task_join(&w[i]->task),
				      "waiter %u", i);
		KUNIT_EXPECT_EQ(test, w[i]->ret, 0);
	}
	KUNIT_EXPECT_TRUE(test, locker_sleeps(test, l));
	KUNIT_EXPECT_EQ(test, READ_ONCE(l->task.task->nvcsw), switches);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, folio), 1);
	lock_drop(test, folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&l->task));
	KUNIT_EXPECT_TRUE(test, l->locked);
	folio_unlock(folio);
}

/* Two locked folios whose waiters stand in one queue */
static void lock_pair(struct kunit *test, struct folio *folios[2])
{
	const unsigned int nr_pages = 256 + 1;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, nr_pages);
	unsigned int i, j;

	mmk_fill(test, addr, nr_pages, SEED);
	lru_add_drain_all();
	for (i = 1; i < nr_pages; i++) {
		folios[1] = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
		for (j = 0; j < i; j++) {
			folios[0] = mmk_pte_folio(test, mm,
						  addr + j * PAGE_SIZE);
			if (mmk_folio_waitqueue(test, folios[0]) ==
			    mmk_folio_waitqueue(test, folios[1]))
				goto found;
		}
	}
	KUNIT_FAIL_AND_ABORT(test, "no two of the folios share a queue");
found:
	for (i = 0; i < 2; i++) {
		folio_lock(folios[i]);
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
								unlock_action,
								folios[i]), 0);
	}
}

/**
 * those_who_want_another_folio_are_passed_over() - In front of the queue
 *
 * Two folios share a wait queue. Two tasks that want the lock of the first stand in front
 * of two that want, or wait for, that of the second. When the second is unlocked, its
 * tasks are woken, and those in front of them are not.
 *
 * Contract: MW-7
 */
static void those_who_want_another_folio_are_passed_over(struct kunit *test)
{
	struct locker *other[2], *own[2];
	unsigned long switches[2];
	struct folio *folios[2];
	unsigned int i;

	lock_pair(test, folios);
	for (i = 0; i < 2; i++)
		other[i] = locker_start(test, folios[0], LOCKING);
	own[0] = locker_start(test, folios[1], WAITING_KILLABLE);
	own[1] = locker_start(test, folios[1], LOCKING);
	for (i = 0; i < 2; i++)
		switches[i] = READ_ONCE(other[i]->task.task->nvcsw);
	lock_drop(test, folios[1]);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE_MSG(test, mmk_task_join(&own[i]->task),
				      "task %u", i);
	KUNIT_EXPECT_TRUE(test, own[1]->locked);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_TRUE(test, locker_sleeps(test, other[i]));
		KUNIT_EXPECT_EQ(test, READ_ONCE(other[i]->task.task->nvcsw),
				switches[i]);
	}
	folio_unlock(folios[1]);
	lock_drop(test, folios[0]);
	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&other[i]->task));
		KUNIT_EXPECT_TRUE(test, other[i]->locked);
		folio_unlock(folios[0]);
	}
}

static struct kunit_case migration_wait_lock_cases[] = {
	KUNIT_CASE(stolen_lock_is_handed_over),
	KUNIT_CASE(lock_goes_to_one_after_the_other),
	KUNIT_CASE_PARAM(killable_wait_tells_how_it_ended, kill_gen_params),
	KUNIT_CASE_PARAM(wait_for_thrashing_folio_is_a_stall, stall_gen_params),
	KUNIT_CASE_PARAM(lock_dropped_at_the_last_moment_is_not_waited_for,
			 locking_gen_params),
	KUNIT_CASE(all_that_only_wait_are_woken),
	KUNIT_CASE(those_who_want_another_folio_are_passed_over),
	{}
};

static struct kunit_suite migration_wait_lock_suite = {
	.name = "migration_wait_lock",
	.init = mmk_case_init,
	.test_cases = migration_wait_lock_cases,
};

kunit_test_suite(migration_wait_lock_suite);
