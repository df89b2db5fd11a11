// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the tasks in a wait queue an unlock wakes.
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
 * Maps more pages than there are wait queues, and puts two that share a queue
 * under migration.
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

/* Wakes tasks that the kernel under test has forgotten in the queue. */
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
 * Tasks wait for two folios that hash to the same queue, and are in it in
 * turns. The unlock of one folio wakes all of its waiters. The waiters of the
 * other are not woken, and PG_waiters of that stays set. When its last waiter
 * has gone, PG_waiters of a folio is cleared: at once if the queue is empty,
 * otherwise by the next unlock.
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

	/* PG_waiters of a may still be set: the queue was not empty. */
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
 * @meet: counts the tasks that are ready
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
 * struct latecomer - A waiter that comes at the time of the unlock
 * @waiter: the waiter
 * @meet: counts the tasks that are ready
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
 * waiters_flag_is_cleared_under_lock() - PG_waiters and the lock of the queue
 *
 * The unlock that wakes the last waiter clears PG_waiters before it drops the
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

/*
 * Ends two migrations, each with a waiter that sleeps and one that just comes.
 */
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

	/* The task on this CPU comes last, since it spins. */
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
 * @folio: the folio that it unlocks
 * @armed: it unlocks, and has not been stopped yet
 * @stopped: it has dropped the queue lock
 * @go: it may go on
 * @told: it went on after @go
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

/* Interrupts are first enabled when the task drops the queue lock. */
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
	 * Interrupts are about to be enabled. With interrupts off, IPIs to all
	 * CPUs, as for an expedited grace period, would wait for this CPU.
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
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
							stopped_unlock_release,
							u), 0);
	return u;
}

/*
 * Stops both unlocks when they have dropped the queue lock, until both folios
 * are locked again and have another waiter. No waiter is on the CPU of a
 * stopped task.
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
	/* Both, before a probe is unregistered, which waits for all CPUs */
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
		/*
		 * A folio that is locked will be unlocked before the case ends.
		 */
		if (folio_test_locked(m[i].folio))
			folio_set_waiters(m[i].folio);
		else
			wake_forgotten(m[i].folio);
	}
}

/**
 * unlocks_on_two_cpus_lose_no_waiter() - One queue, two folios, four CPUs
 *
 * Two folios hash to the same queue. Their migrations end at the same time on
 * different CPUs, when each has a waiter that sleeps, and a task on yet another
 * CPU that is about to wait. Again and again, all tasks are woken or need not
 * wait, and PG_waiters is cleared by the next unlock at the latest. In the last
 * round both unlocks are stopped when they have dropped the queue lock, until
 * the folios have been locked again and have new waiters: the rest of the
 * unlocks must not clear PG_waiters of these.
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

	/* They are in LRU batches of various CPUs. */
	lru_add_drain_all();
	for (i = 0; i < 2; i++) {
		folio_lock(m[i].folio);
		folio_unlock(m[i].folio);
		KUNIT_EXPECT_FALSE(test, folio_test_waiters(m[i].folio));
		/* The references of the page table and of the case */
		KUNIT_EXPECT_EQ(test, folio_ref_count(m[i].folio), 2);
	}
	KUNIT_EXPECT_TRUE(test, list_empty(&m[0].queue->head));
}

/**
 * struct locker - A task that takes the folio lock
 * @task: the thread
 * @folio: the folio, with a reference of the case
 * @go: completed when it shall unlock
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
 * waiter_behind_locker_is_woken() - A task wants the lock in between
 *
 * In the queue, a task that wants the folio lock is between two tasks that wait
 * for the end of the migration. The unlock wakes the tasks up to the one that
 * gets the lock. The task behind that waits on, PG_waiters stays set, and the
 * next unlock wakes it.
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
