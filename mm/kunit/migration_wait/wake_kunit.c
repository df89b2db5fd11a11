// SPDX-License-Identifier: GPL-2.0
/*
 * Which unlock wakes which of the tasks that share a queue.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "../compat/trace.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "moving.h"

/*
 * More pages than there are queues, so that two of them have to share one.
 * Leaves those two under migration.
 */
static void moving_init_pair(struct kunit *test, struct moving *a,
			     struct moving *b)
{
	const unsigned int nr_pages = 256 + 1;
	wait_queue_head_t **queues;
	unsigned int i, j;

	a->mm = mmk_mm_enter(test);
	b->mm = a->mm;
	a->huge = false;
	b->huge = false;
	a->addr = mmk_map_anon(test, nr_pages);
	mmk_fill(test, a->addr, nr_pages, SEED);
	queues = kunit_kcalloc(test, nr_pages, sizeof(*queues), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, queues);
	for (i = 0, j = 0; j == i; i++) {
		KUNIT_ASSERT_LT(test, i, nr_pages);
		b->addr = a->addr + i * PAGE_SIZE;
		b->folio = mmk_pte_folio(test, b->mm, b->addr);
		queues[i] = mmk_folio_waitqueue(test, b->folio);
		for (j = 0; j < i && queues[j] != queues[i]; j++)
			;
		if (j < i)
			break;
		j = i + 1;
	}
	a->addr += j * PAGE_SIZE;
	a->folio = mmk_pte_folio(test, a->mm, a->addr);
	a->queue = queues[j];
	b->queue = queues[j];
	a->hold = mmk_hold(test, a->folio);
	b->hold = mmk_hold(test, b->folio);
	try_to_migrate(a->folio, 0);
	try_to_migrate(b->folio, 0);
}

/* Whoever stands in the queue still would do so for ever. */
static void wake_forgotten(struct folio *folio)
{
	folio_trylock(folio);
	folio_set_waiters(folio);
	folio_unlock(folio);
}

static struct waiter *sleeper(struct kunit *test, struct moving *m)
{
	struct waiter *w = mw_waiter_alloc(test, m->mm, m->addr);

	mmk_task_start(&w->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_waits(&w->task));
	return w;
}

/**
 * unlock_wakes_only_own_waiters() - Two folios share a wait queue
 *
 * Tasks wait for two folios that hash to the same queue, and stand in it in
 * turns. The unlock of one wakes all of its waiters; the others do not so much
 * as wake up and sleep again, and are still known to be there. When the last
 * has gone PG_waiters is cleared: at once if the queue is empty, otherwise by
 * the next unlock.
 *
 * Contract: MW-7
 */
static void unlock_wakes_only_own_waiters(struct kunit *test)
{
	struct waiter *wa[3], *wb[2];
	unsigned long switches[2];
	struct moving a, b;
	int i;

	moving_init_pair(test, &a, &b);
	KUNIT_ASSERT_PTR_NE(test, a.folio, b.folio);
	for (i = 0; i < 3; i++) {
		wa[i] = sleeper(test, &a);
		if (i < 2)
			wb[i] = sleeper(test, &b);
	}
	for (i = 0; i < 2; i++)
		switches[i] = READ_ONCE(wb[i]->task.task->nvcsw);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, a.folio), 3);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, b.folio), 2);

	moving_put_back(test, &a);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE_MSG(test, mmk_task_join(&wa[i]->task),
				      "waiter %d of the unlocked folio", i);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, a.folio), 0);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, b.folio), 2);
	KUNIT_EXPECT_TRUE(test, folio_test_waiters(b.folio));
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_FALSE(test, wb[i]->returned);
		KUNIT_EXPECT_EQ_MSG(test, wb[i]->task.task->nvcsw, switches[i],
				    "woken for another folio");
	}

	/* The others stand there still. */
	folio_lock(a.folio);
	folio_unlock(a.folio);
	KUNIT_EXPECT_FALSE(test, folio_test_waiters(a.folio));
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, b.folio), 2);

	moving_put_back(test, &b);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&wb[i]->task));
	KUNIT_EXPECT_FALSE(test, folio_test_waiters(b.folio));
	KUNIT_EXPECT_TRUE(test, list_empty(&b.queue->head));
	wake_forgotten(a.folio);
	wake_forgotten(b.folio);
}

/**
 * struct unlocker - A task that ends a migration on another CPU
 * @task: the thread
 * @m: the migration
 * @meet: where it meets the others before it does
 * @nr: how many they are
 */
struct unlocker {
	struct mmk_task task;
	struct moving *m;
	atomic_t *meet;
	int nr;
};

static void unlocker_main(struct mmk_task *task)
{
	struct unlocker *u = container_of(task, struct unlocker, task);

	mmk_meet(u->meet, u->nr);
	moving_put_back(NULL, u->m);
}

/**
 * struct latecomer - A waiter that comes in the moment of the unlock
 * @waiter: the waiter
 * @meet: where it meets the others before it does
 * @nr: how many they are
 */
struct latecomer {
	struct waiter waiter;
	atomic_t *meet;
	int nr;
};

static void latecomer_main(struct mmk_task *task)
{
	struct latecomer *l = container_of(task, struct latecomer,
					   waiter.task);

	mmk_meet(l->meet, l->nr);
	mw_waiter_main(task);
}

/**
 * waiters_flag_is_cleared_under_lock() - Not when others may come
 *
 * The unlock that wakes the last waiter has cleared PG_waiters when it drops the
 * queue lock. From then on the next waiter may set it.
 *
 * Contract: MW-7
 */
static void waiters_flag_is_cleared_under_lock(struct kunit *test)
{
	struct lock_watch *watch;
	struct unlocker *u;
	struct waiter *w;
	struct moving m;
	atomic_t *meet = kunit_kzalloc(test, sizeof(*meet), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, meet);
	moving_init(test, &m);
	mmk_folio_get(test, m.folio);
	w = sleeper(test, &m);
	u = mmk_task_alloc(test, sizeof(*u), m.mm, unlocker_main);
	u->m = &m;
	u->meet = meet;
	u->nr = 1;
	watch = mw_watch_start(test, &m, &u->task, NULL);
	mmk_task_start(&u->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&u->task));
	mw_watch_stop(watch);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
	KUNIT_EXPECT_NOT_NULL(test, strstr(watch->order, "Qq"));
	KUNIT_EXPECT_FALSE(test, watch->left_waiters);
	KUNIT_EXPECT_FALSE(test, folio_test_waiters(m.folio));
}

#define MEETING		4

/* Two migrations end, each with a waiter asleep and one that is just coming. */
static void unlock_both_at_once(struct kunit *test, struct moving *a,
				struct moving *b)
{
	struct moving *both[] = { a, b };
	atomic_t *meet = kunit_kzalloc(test, sizeof(*meet), GFP_KERNEL);
	struct latecomer *late[2];
	struct unlocker *u[2];
	struct waiter *w[2];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, meet);
	for (i = 0; i < 2; i++) {
		both[i]->hold = mmk_hold(test, both[i]->folio);
		try_to_migrate(both[i]->folio, 0);
		late[i] = mmk_task_alloc(test, sizeof(*late[i]), a->mm,
					 latecomer_main);
		late[i]->waiter.addr = both[i]->addr;
		late[i]->meet = meet;
		late[i]->nr = MEETING;
		mmk_task_place(&late[i]->waiter.task, 2 + i);
		u[i] = mmk_task_alloc(test, sizeof(*u[i]), a->mm,
				      unlocker_main);
		u[i]->m = both[i];
		u[i]->meet = meet;
		u[i]->nr = MEETING;
		mmk_task_place(&u[i]->task, i);
	}
	for (i = 0; i < 2; i++)
		w[i] = sleeper(test, both[i]);

	/* A task that spins on this CPU does not let it go: it comes last. */
	for (i = 2; i-- > 0;) {
		mmk_task_start(&late[i]->waiter.task);
		mmk_task_start(&u[i]->task);
	}

	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&u[i]->task));
		KUNIT_ASSERT_TRUE_MSG(test, mmk_task_join(&w[i]->task),
				      "the sleeper of folio %u", i);
		KUNIT_ASSERT_TRUE_MSG(test, mmk_task_join(&late[i]->waiter.task),
				      "the latecomer of folio %u", i);
	}
}

/**
 * struct stopped_unlock - A task that is stopped when it has woken the waiters
 * @task: the thread
 * @folio: what it unlocks
 * @armed: it is about to
 * @stopped: it has dropped the lock of the queue
 * @go: it may go on
 * @told: it has not gone on before that
 */
struct stopped_unlock {
	struct mmk_task task;
	struct folio *folio;
	bool armed;
	bool stopped;
	bool go;
	bool told;
};

static void stopped_unlock_main(struct mmk_task *task)
{
	struct stopped_unlock *u = container_of(task, struct stopped_unlock,
						task);

	u->armed = true;
	folio_unlock(u->folio);
	u->armed = false;
}

/* The first time that interrupts come on is where it drops the queue lock. */
static void stopped_unlock_probe(void *data, unsigned long ip,
				 unsigned long parent_ip)
{
	struct stopped_unlock *u = data;

	if (current != u->task.task || !u->armed || !in_task() ||
	    folio_test_locked(u->folio))
		return;
	u->armed = false;
	WRITE_ONCE(u->stopped, true);
	/*
	 * Interrupts are about to come on. Who asks all CPUs for something, as an
	 * expedited grace period does, would otherwise wait for this one, and
	 * keep the CPU of the case busy with that.
	 */
	raw_local_irq_enable();
	u->told = mmk_spin_for(READ_ONCE(u->go));
	raw_local_irq_disable();
}

static void stopped_unlock_release(void *data)
{
	struct stopped_unlock *u = data;

	WRITE_ONCE(u->go, true);
	mmk_unwatch_irq_enable(stopped_unlock_probe, u);
}

static struct stopped_unlock *stopped_unlock_alloc(struct kunit *test,
						   struct moving *m,
						   unsigned int cpu)
{
	struct stopped_unlock *u = mmk_task_alloc(test, sizeof(*u), m->mm,
						  stopped_unlock_main);
	int err;

	u->folio = m->folio;
	mmk_task_place(&u->task, cpu);
	err = mmk_watch_irq_enable(stopped_unlock_probe, u);
	if (err == -EOPNOTSUPP)
		kunit_skip(test, "needs CONFIG_TRACE_IRQFLAGS and CONFIG_PREEMPTIRQ_TRACEPOINTS");
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, stopped_unlock_release,
						  u));
	return u;
}

/*
 * Both are stopped as soon as they have dropped the lock of the queue. By the
 * time that they go on, both folios have another owner, and another waiter. No
 * waiter is on a CPU that one of them does not let go.
 */
static void unlock_both_and_lock_again(struct kunit *test, struct moving *a,
				       struct moving *b)
{
	struct moving *both[] = { a, b };
	struct stopped_unlock *u[2];
	struct waiter *w[2], *late[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		both[i]->hold = mmk_hold(test, both[i]->folio);
		try_to_migrate(both[i]->folio, 0);
		w[i] = mw_waiter_alloc(test, a->mm, both[i]->addr);
		mmk_task_place(&w[i]->task, 0);
		mmk_task_start(&w[i]->task);
		KUNIT_ASSERT_TRUE(test, mmk_task_waits(&w[i]->task));
		late[i] = mw_waiter_alloc(test, a->mm, both[i]->addr);
		mmk_task_place(&late[i]->task, 0);
		u[i] = stopped_unlock_alloc(test, both[i], 1 + i);
	}

	for (i = 0; i < 2; i++) {
		mmk_task_start(&u[i]->task);
		KUNIT_EXPECT_TRUE_MSG(test, mmk_wait_for(READ_ONCE(u[i]->stopped)),
				      "nobody was woken for folio %u", i);
	}
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&w[i]->task));
		KUNIT_EXPECT_TRUE(test, folio_trylock(both[i]->folio));
		mmk_task_start(&late[i]->task);
		KUNIT_EXPECT_TRUE(test, mmk_task_waits(&late[i]->task));
	}
	/* Both, before the probes go: that waits for what all CPUs are at. */
	for (i = 0; i < 2; i++)
		WRITE_ONCE(u[i]->go, true);
	for (i = 0; i < 2; i++) {
		kunit_release_action(test, stopped_unlock_release, u[i]);
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&u[i]->task));
		KUNIT_EXPECT_TRUE(test, u[i]->told);
	}
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_TRUE_MSG(test, folio_test_waiters(both[i]->folio),
				      "the late waiter of folio %u is forgotten",
				      i);
		moving_put_back(test, both[i]);
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&late[i]->task));
	}
}

static void wake_both(void *data)
{
	struct moving *m = data;

	int i;

	for (i = 0; i < 2; i++) {
		/* Whoever has it locked has it unlocked before the case ends. */
		if (folio_test_locked(m[i].folio))
			folio_set_waiters(m[i].folio);
		else
			wake_forgotten(m[i].folio);
	}
}

/**
 * unlocks_on_two_cpus_lose_no_waiter() - One queue, two folios, four CPUs
 *
 * Two folios hash to the same queue, and the migrations of both end at the same
 * time on different CPUs, when each has a waiter asleep, and another task on yet
 * another CPU is about to become one. Again and again, all of them are woken, or
 * find that there is nothing to wait for; PG_waiters is cleared by the next
 * unlock at the latest. At last both unlocks are stopped when they have dropped
 * the lock of the queue, until the folios have been locked again, and have new
 * waiters: what is left to do for the unlocks is not done to these.
 *
 * Contract: MW-7
 */
static void unlocks_on_two_cpus_lose_no_waiter(struct kunit *test)
{
	const unsigned int nr_rounds = 8;
	struct moving *m;
	unsigned int i;

	mmk_need_cpus(test, 2);
	m = kunit_kcalloc(test, 2, sizeof(*m), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	moving_init_pair(test, &m[0], &m[1]);
	mmk_folio_get(test, m[0].folio);
	mmk_folio_get(test, m[1].folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, wake_both, m), 0);
	moving_put_back(test, &m[0]);
	moving_put_back(test, &m[1]);

	for (i = 0; i < nr_rounds; i++) {
		unlock_both_at_once(test, &m[0], &m[1]);
		KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, m[0].folio), 0);
		KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, m[1].folio), 0);
	}
	unlock_both_and_lock_again(test, &m[0], &m[1]);

	/* Each has been put back to the LRU by one CPU or another. */
	lru_add_drain_all();
	for (i = 0; i < 2; i++) {
		folio_lock(m[i].folio);
		folio_unlock(m[i].folio);
		KUNIT_EXPECT_FALSE(test, folio_test_waiters(m[i].folio));
		/* The page table's, and the case's. */
		KUNIT_EXPECT_EQ(test, folio_ref_count(m[i].folio), 2);
	}
	KUNIT_EXPECT_TRUE(test, list_empty(&m[0].queue->head));
}

/**
 * struct locker - A task that takes the folio lock
 * @task: the thread
 * @folio: whose; it has a reference
 * @go: when it shall unlock
 */
struct locker {
	struct mmk_task task;
	struct folio *folio;
	struct completion go;
};

static void locker_main(struct mmk_task *task)
{
	struct locker *l = container_of(task, struct locker, task);

	folio_lock(l->folio);
	wait_for_completion_timeout(&l->go, 2 * MMK_DEADLINE);
	folio_unlock(l->folio);
}

/**
 * waiter_behind_locker_is_woken() - A lock in between
 *
 * Between two tasks that wait for the end of the migration stands one that wants
 * the folio lock. The unlock wakes those up to the one that gets the lock; who
 * stands behind it waits on, PG_waiters stays set, and the next unlock wakes it.
 *
 * Contract: MW-7
 */
static void waiter_behind_locker_is_woken(struct kunit *test)
{
	struct waiter *before, *behind;
	struct locker *l;
	struct moving m;

	moving_init(test, &m);
	mmk_folio_get(test, m.folio);
	l = mmk_task_alloc(test, sizeof(*l), m.mm, locker_main);
	l->folio = m.folio;
	init_completion(&l->go);
	before = sleeper(test, &m);
	mmk_task_start(&l->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&l->task, "__folio_lock"));
	behind = sleeper(test, &m);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, m.folio), 3);

	moving_put_back(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&before->task));
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&l->task, "locker_main"));
	KUNIT_EXPECT_TRUE(test, folio_test_locked(m.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_waiters(m.folio));
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, behind->task.task,
						   m.folio));
	KUNIT_EXPECT_FALSE(test, behind->returned);

	complete(&l->go);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&l->task));
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&behind->task));
	KUNIT_EXPECT_FALSE(test, folio_test_waiters(m.folio));
	KUNIT_EXPECT_FALSE(test, folio_test_locked(m.folio));
	wake_forgotten(m.folio);
}

static struct kunit_case migration_wait_wake_cases[] = {
	KUNIT_CASE(unlock_wakes_only_own_waiters),
	KUNIT_CASE(waiters_flag_is_cleared_under_lock),
	KUNIT_CASE(unlocks_on_two_cpus_lose_no_waiter),
	KUNIT_CASE(waiter_behind_locker_is_woken),
	{}
};

static struct kunit_suite migration_wait_wake_suite = {
	.name = "migration_wait_wake",
	.init = mmk_case_init,
	.test_cases = migration_wait_wake_cases,
};

kunit_test_suite(migration_wait_wake_suite);
