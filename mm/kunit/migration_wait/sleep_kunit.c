// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to a task and to the folio during the wait.
 */
#include <kunit/test.h>
#include <linux/delayacct.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/psi.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "../compat/stall.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "moving.h"

/* MW-8: signals */

static void signalled_main(struct mmk_task *task)
{
	/* A kernel thread ignores them otherwise. */
	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	mw_waiter_main(task);
}

/**
 * struct signal_case - A signal
 * @description: for the log
 * @sig: its number
 */
struct signal_case {
	const char *description;
	int sig;
};

static const struct signal_case signal_cases[] = {
	{ "SIGTERM", SIGTERM },
	{ "SIGKILL", SIGKILL },
};

KUNIT_ARRAY_PARAM_DESC(signal, signal_cases, description);

/**
 * signal_does_not_end_wait() - The sleep is uninterruptible
 *
 * A signal does not wake a task that waits. Woken by something else, with the
 * signal pending, the task sleeps again, in the same place of the queue, until
 * the folio is unlocked.
 *
 * Contract: MW-8
 */
static void signal_does_not_end_wait(struct kunit *test)
{
	const struct signal_case *c = test->param_value;
	struct task_struct *task;
	unsigned long switches;
	struct waiter *w;
	struct moving m;

	moving_init(test, &m);
	w = mmk_task_alloc(test, sizeof(*w), m.mm, signalled_main);
	w->addr = m.addr;
	task = w->task.task;
	mmk_task_start(&w->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_waits(&w->task));
	KUNIT_EXPECT_EQ(test, READ_ONCE(task->__state), TASK_UNINTERRUPTIBLE);
	switches = READ_ONCE(task->nvcsw);

	KUNIT_EXPECT_EQ(test, send_sig(c->sig, task, 1), 0);
	KUNIT_EXPECT_TRUE(test, signal_pending(task));
	/* A task that had been woken would be on the run queue. */
	KUNIT_EXPECT_EQ(test, READ_ONCE(task->__state), TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(task->on_rq));
	KUNIT_EXPECT_EQ(test, READ_ONCE(task->nvcsw), switches);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, task, m.folio));

	wake_up_process(task);
	KUNIT_EXPECT_TRUE(test, mmk_wait_for(READ_ONCE(task->nvcsw) >
					     switches || w->returned));
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&w->task));
	KUNIT_EXPECT_EQ(test, READ_ONCE(task->__state), TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, task, m.folio));
	KUNIT_EXPECT_FALSE(test, w->returned);

	moving_put_back(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
	KUNIT_EXPECT_TRUE(test, w->returned);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, m.folio), 0);
}

/* MW-9: the folio is gone when the waiter runs */

static void pages_release(void *list)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, (struct list_head *)list, lru)
		__free_page(page);
}

/* Allocates pages until a page that has just been freed is handed out again. */
static struct page *reuse_page(struct kunit *test, struct page *wanted)
{
	struct list_head *others;
	struct page *page;
	int tries;

	others = kunit_kzalloc(test, sizeof(*others), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, others);
	INIT_LIST_HEAD(others);
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, pages_release, others),
			0);
	for (tries = 0; tries < 1024; tries++) {
		page = alloc_page(GFP_HIGHUSER_MOVABLE);
		KUNIT_ASSERT_NOT_NULL(test, page);
		if (page == wanted)
			return page;
		list_add(&page->lru, others);
	}
	return NULL;
}

/**
 * woken_waiter_leaves_reused_folio_alone() - The page has a new owner by then
 *
 * The migration succeeds: the old folio is unlocked and freed, and its page is
 * handed out again, before the waiter that the unlock has woken runs. The new
 * owner has locked it, and PG_waiters is set. The waiter returns all the same,
 * and the page has not changed.
 *
 * Contract: MW-9
 */
static void woken_waiter_leaves_reused_folio_alone(struct kunit *test)
{
	unsigned long flags;
	struct folio *dst;
	struct page *page;
	struct waiter *w;
	struct moving m;

	moving_init(test, &m);
	w = mw_waiter_alloc(test, m.mm, m.addr);
	kthread_bind(w->task.task, raw_smp_processor_id());
	mmk_task_start(&w->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_waits(&w->task));
	dst = mmk_hold_copy(test, m.hold);
	remove_migration_ptes(m.folio, dst, 0);

	/* No task that is woken runs before this one sleeps. */
	sched_set_fifo(current);
	mmk_hold_finish(test, m.hold, true);
	page = reuse_page(test, folio_page(m.folio, 0));
	KUNIT_EXPECT_FALSE(test, w->returned);
	KUNIT_EXPECT_EQ(test, READ_ONCE(w->task.task->__state), TASK_RUNNING);
	if (page) {
		lock_page(page);
		folio_set_waiters(page_folio(page));
		flags = *folio_flags(page_folio(page), 0);
		memset(page_address(page), 0xc5, PAGE_SIZE);
	}
	sched_set_normal(current, 0);
	KUNIT_ASSERT_NOT_NULL(test, page);

	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
	KUNIT_EXPECT_EQ(test, *folio_flags(page_folio(page), 0), flags);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_NULL(test, memchr_inv(page_address(page), 0xc5,
					   PAGE_SIZE));
	unlock_page(page);
	__free_page(page);
}

/* MW-10: thrashing is accounted in pairs */

/**
 * struct thrashing_case - A folio whose waiters may count as stalled
 * @description: for the log
 * @uptodate: PG_uptodate
 * @workingset: PG_workingset
 * @nested: the waiter is stalled before the wait
 * @stalled: it is stalled during the wait
 */
struct thrashing_case {
	const char *description;
	bool uptodate;
	bool workingset;
	bool nested;
	bool stalled;
};

static const struct thrashing_case thrashing_cases[] = {
	{ "neither", false, false, false, false },
	{ "uptodate", true, false, false, false },
	{ "workingset", false, true, false, true },
	{ "both", true, true, false, false },
	{ "neither, stalled before", false, false, true, true },
	{ "workingset, stalled before", false, true, true, true },
};

KUNIT_ARRAY_PARAM_DESC(thrashing, thrashing_cases, description);

/**
 * struct stalled - A waiter, and its pressure and delay accounting
 * @waiter: the waiter
 * @nested: it is stalled before the wait
 * @stalled: it is stalled after the wait
 * @thrashing: the same in delay accounting
 * @nr_thrashings: delays that have been counted by then
 * @thrashing_ns: their length
 */
struct stalled {
	struct waiter waiter;
	bool nested;
	bool stalled;
	bool thrashing;
	unsigned int nr_thrashings;
	u64 thrashing_ns;
};

static void stalled_main(struct mmk_task *task)
{
	struct stalled *s = container_of(task, struct stalled, waiter.task);
	unsigned long pflags;
	bool in_thrashing;

	if (s->nested) {
		psi_memstall_enter(&pflags);
		delayacct_thrashing_start(&in_thrashing);
	}
	mw_waiter_main(task);
	s->stalled = mmk_in_memstall(current);
	s->thrashing = mmk_in_thrashing(current);
	s->nr_thrashings = mmk_nr_thrashings(current);
	s->thrashing_ns = mmk_thrashing_ns(current);
	if (s->nested) {
		delayacct_thrashing_end(&in_thrashing);
		psi_memstall_leave(&pflags);
	}
}

#ifdef CONFIG_TASK_DELAY_ACCT
static void delayacct_switch(void *on)
{
	delayacct_on = !!on;
	if (on)
		static_branch_enable(&delayacct_key);
	else
		static_branch_disable(&delayacct_key);
}

/* Accounts for delays of tasks that are made from now on. */
static void delayacct_begin(struct kunit *test)
{
	if (delayacct_on)
		return;
	delayacct_switch(test);
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, delayacct_switch, NULL),
			0);
}
#else
static void delayacct_begin(struct kunit *test)
{
}
#endif

/**
 * thrashing_wait_counts_as_stall() - PSI and delay accounting
 *
 * A folio that is not uptodate, but was in the working set, has been evicted
 * too early: a task that waits for it is stalled for lack of memory. A task
 * that waits for any other folio is not. After the wait the state of the task
 * is that before it, which may be stalled. Delay accounting counts the wait and
 * its length, unless the task was stalled before.
 *
 * Contract: MW-10
 */
static void thrashing_wait_counts_as_stall(struct kunit *test)
{
	const bool accounts = IS_ENABLED(CONFIG_TASK_DELAY_ACCT);
	const struct thrashing_case *c = test->param_value;
	u64 begin = local_clock(), asleep;
	struct stalled *s;
	struct moving m;
	bool counts;

	if (!IS_ENABLED(CONFIG_PSI))
		kunit_skip(test, "needs CONFIG_PSI");

	delayacct_begin(test);
	moving_init(test, &m);
	if (!c->uptodate)
		folio_clear_uptodate(m.folio);
	if (c->workingset)
		folio_set_workingset(m.folio);
	s = mmk_task_alloc(test, sizeof(*s), m.mm, stalled_main);
	s->waiter.addr = m.addr;
	s->nested = c->nested;
	mmk_task_start(&s->waiter.task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&s->waiter.task));
	KUNIT_EXPECT_EQ(test, mmk_in_memstall(s->waiter.task.task), c->stalled);
	KUNIT_EXPECT_EQ(test, mmk_in_thrashing(s->waiter.task.task),
			accounts && c->stalled);
	/*
	 * A wait of no time, by the clock of delay accounting, does not count.
	 */
	asleep = local_clock();
	KUNIT_EXPECT_TRUE(test, mmk_wait_for(local_clock() > asleep));
	asleep = local_clock() - asleep;

	folio_mark_uptodate(m.folio);
	moving_put_back(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&s->waiter.task));
	KUNIT_EXPECT_EQ(test, s->stalled, c->nested);
	KUNIT_EXPECT_EQ(test, s->thrashing, accounts && c->nested);
	counts = accounts && c->stalled && !c->nested;
	KUNIT_EXPECT_EQ(test, s->nr_thrashings, (unsigned int)counts);
	if (counts) {
		KUNIT_EXPECT_GE(test, s->thrashing_ns, asleep);
		KUNIT_EXPECT_LE(test, s->thrashing_ns, local_clock() - begin);
	} else {
		KUNIT_EXPECT_EQ(test, s->thrashing_ns, 0ULL);
	}
	mw_expect_same_context(test, &s->waiter);
}

static struct kunit_case migration_wait_sleep_cases[] = {
	KUNIT_CASE_PARAM(signal_does_not_end_wait, signal_gen_params),
	KUNIT_CASE(woken_waiter_leaves_reused_folio_alone),
	KUNIT_CASE_PARAM(thrashing_wait_counts_as_stall, thrashing_gen_params),
	{}
};

static struct kunit_suite migration_wait_sleep_suite = {
	.name = "migration_wait_sleep",
	.init = mmk_case_init,
	.test_cases = migration_wait_sleep_cases,
};

kunit_test_suite(migration_wait_sleep_suite);
