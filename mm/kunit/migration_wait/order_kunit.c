// SPDX-License-Identifier: GPL-2.0
/*
 * A task is in the queue of the folio before it drops the ptl: until then only
 * the ptl keeps the folio.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../compat/trace.h"
#include "../lib/guard.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "moving.h"

/* MW-1: an access waits for the end of the migration */

KUNIT_ARRAY_PARAM_DESC(wait, mw_wait_cases, description);

/* MW-3: queued first, the ptl dropped then */

/**
 * struct order_preempt - What a real-time task sees when the ptl is dropped
 * @task: the real-time task
 * @waiter: the task that waits
 * @ptl: the ptl, which the waiter holds at first
 * @entry: the entry that it waits for
 * @folio: the folio of @entry
 * @queue: the wait queue of @folio
 * @state: state of the waiter
 * @queued: the waiter was in the queue
 * @waiters: PG_waiters was set
 * @refs: references on the folio
 * @relocked: the folio could be locked again
 */
struct order_preempt {
	struct mmk_task task;
	struct mmk_task *waiter;
	/* Stands in for the page table's. */
	spinlock_t ptl;
	softleaf_t entry;
	struct folio *folio;
	wait_queue_head_t *queue;
	unsigned int state;
	bool queued;
	bool waiters;
	int refs;
	bool relocked;
};

/**
 * struct order_waiter - A task that waits, with a ptl of the case
 * @task: the thread
 * @order: the real-time task that it wakes
 */
struct order_waiter {
	struct mmk_task task;
	struct order_preempt *order;
};

static void order_waiter_main(struct mmk_task *task)
{
	struct order_preempt *o =
		container_of(task, struct order_waiter, task)->order;

	spin_lock(&o->ptl);
	/* It runs when preemption is enabled again. */
	mmk_task_start(&o->task);
	softleaf_entry_wait_on_locked(o->entry, &o->ptl);
}

static void order_preempt_main(struct mmk_task *task)
{
	struct order_preempt *o =
		container_of(task, struct order_preempt, task);

	o->state = READ_ONCE(o->waiter->task->__state);
	o->queued = mw_stands_in(o->queue, o->waiter->task);
	o->waiters = folio_test_waiters(o->folio);
	o->refs = folio_ref_count(o->folio);
	folio_unlock(o->folio);
	o->relocked = folio_trylock(o->folio);
}

/**
 * waiter_is_queued_at_ptl_drop() - As a task sees it that preempts the waiter
 *
 * The waiter wakes a real-time task on its own CPU while it holds the ptl. That
 * task runs as soon as the ptl is dropped, unlocks the folio, and locks it
 * again: a waiter in the queue is woken by that, and one that is queued later
 * waits for the next unlock.
 *
 * Catches, every time, a ptl that is dropped before the queue lock is taken,
 * also if PG_waiters has been set by then. Does not notice a ptl that is
 * dropped under the queue lock, which keeps preemption off.
 *
 * Contract: MW-3
 */
static void waiter_is_queued_at_ptl_drop(struct kunit *test)
{
	struct order_preempt *o;
	struct order_waiter *w;
	struct moving m;
	bool woken;

	if (!IS_ENABLED(CONFIG_PREEMPTION))
		kunit_skip(test, "needs CONFIG_PREEMPTION");

	moving_init(test, &m);
	o = mmk_task_alloc(test, sizeof(*o), m.mm, order_preempt_main);
	w = mmk_task_alloc(test, sizeof(*w), m.mm, order_waiter_main);
	spin_lock_init(&o->ptl);
	o->waiter = &w->task;
	o->entry = softleaf_from_pte(mmk_pte(m.mm, m.addr));
	o->folio = m.folio;
	o->queue = m.queue;
	w->order = o;
	kthread_bind(o->task.task, 0);
	kthread_bind(w->task.task, 0);
	sched_set_fifo(o->task.task);

	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&o->task));
	woken = mmk_task_join(&w->task);

	KUNIT_EXPECT_EQ(test, o->state, TASK_RUNNING);
	KUNIT_EXPECT_TRUE(test, o->queued);
	KUNIT_EXPECT_TRUE(test, o->waiters);
	KUNIT_EXPECT_EQ(test, o->refs, 1);
	KUNIT_EXPECT_TRUE(test, o->relocked);
	KUNIT_EXPECT_TRUE_MSG(test, woken, "the wake-up was lost");

	moving_end(test, &m);
}

/**
 * struct order_irq - What an interrupt would see of a waiter
 * @task: the waiter
 * @ptl: the ptl, which the waiter holds at first
 * @entry: the entry that it waits for
 * @folio: the folio of @entry
 * @queue: the wait queue of @folio
 * @armed: interrupts have not been enabled yet
 * @seen: interrupts have been enabled
 * @ptl_held: the ptl was held then
 * @queued: the waiter was in the queue then
 * @waiters: PG_waiters was set then
 */
struct order_irq {
	struct mmk_task task;
	/* Stands in for the page table's. */
	spinlock_t ptl;
	softleaf_t entry;
	struct folio *folio;
	wait_queue_head_t *queue;
	bool armed;
	bool seen;
	bool ptl_held;
	bool queued;
	bool waiters;
};

static void order_irq_main(struct mmk_task *task)
{
	struct order_irq *o = container_of(task, struct order_irq, task);

	local_irq_disable();
	spin_lock(&o->ptl);
	o->armed = true;
	softleaf_entry_wait_on_locked(o->entry, &o->ptl);
}

static void order_irq_enabled(void *data, unsigned long ip,
			      unsigned long parent_ip)
{
	struct order_irq *o = data;

	if (!o->armed || current != o->task.task)
		return;
	o->armed = false;
	o->seen = true;
	o->ptl_held = mmk_lock_held(&o->ptl);
	o->queued = mw_stands_in(o->queue, current);
	o->waiters = folio_test_waiters(o->folio);
}

static void order_irq_stop(void *data)
{
	mmk_unwatch_irq_enable(order_irq_enabled, data);
}

/**
 * ptl_is_held_when_irqs_are_enabled() - As the first interrupt would see it
 *
 * The waiter begins with interrupts off. They are enabled when it drops the
 * queue lock: that is the first moment at which an interrupt could come. The
 * waiter is in the queue then, and still holds the ptl.
 *
 * Catches, every time, a ptl that is dropped any earlier: before the queue lock
 * is taken, with or without PG_waiters set, or under it.
 *
 * Contract: MW-3
 */
static void ptl_is_held_when_irqs_are_enabled(struct kunit *test)
{
	struct order_irq *o;
	struct moving m;
	int err;

	if (!IS_ENABLED(CONFIG_LOCKDEP))
		kunit_skip(test, "needs CONFIG_LOCKDEP");

	moving_init(test, &m);
	o = mmk_task_alloc(test, sizeof(*o), m.mm, order_irq_main);
	spin_lock_init(&o->ptl);
	o->entry = softleaf_from_pte(mmk_pte(m.mm, m.addr));
	o->folio = m.folio;
	o->queue = m.queue;
	err = mmk_watch_irq_enable(order_irq_enabled, o);
	if (err == -EOPNOTSUPP)
		kunit_skip(test, "needs CONFIG_TRACE_IRQFLAGS and CONFIG_PREEMPTIRQ_TRACEPOINTS");
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, order_irq_stop,
							o), 0);

	mmk_task_start(&o->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&o->task));
	KUNIT_EXPECT_TRUE(test, o->seen);
	KUNIT_EXPECT_TRUE(test, o->ptl_held);
	KUNIT_EXPECT_TRUE(test, o->queued);
	KUNIT_EXPECT_TRUE(test, o->waiters);
	KUNIT_EXPECT_EQ(test, lockdep_depth(o->task.task), 0);

	moving_end(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&o->task));
}

/**
 * fault_queues_before_ptl_drop() - The order of the locks in a real fault
 *
 * Lockdep logs which locks a fault takes and drops. It takes the ptl once, goes
 * into the queue under it, and drops it last.
 *
 * Catches, every time, a ptl that is dropped before the queue lock is taken,
 * with or without PG_waiters set, or under it before the waiter is queued.
 *
 * Contract: MW-3
 */
static void fault_queues_before_ptl_drop(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct lock_watch *watch;
	struct mmk_fault *fault;
	struct moving m;

	mmk_need_lock(test, c->lock);

	mw_moving_init_kind(test, &m, c->kind);
	fault = mmk_fault_alloc(test, m.mm, m.addr, FAULT_FLAG_DEFAULT,
				c->lock);
	watch = mw_watch_start(test, &m, &fault->task, NULL);
	mmk_task_start(&fault->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));
	mw_watch_stop(watch);
	KUNIT_EXPECT_TRUE(test, watch->queued);
	KUNIT_EXPECT_TRUE(test, watch->waiters);
	KUNIT_EXPECT_STREQ(test, watch->order, "PQqp");

	moving_end(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
}

/**
 * ptl_is_held_at_queue_lock() - A fault that is stopped at the queue lock
 *
 * A fault on another CPU is stopped right before it goes into the queue, since
 * the case holds the queue lock. The ptl is held all the while, and the fault
 * has no reference. When the case takes the ptl next, the fault is in the
 * queue, and PG_waiters is set.
 *
 * Catches, every time and without any debug option, a ptl that is dropped
 * before the queue lock is taken, with or without PG_waiters set, and a
 * reference that is taken under the ptl, even if it is dropped before the task
 * sleeps.
 *
 * Contract: MW-3, MW-2
 */
static void ptl_is_held_at_queue_lock(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	bool at_ptl, at_queue, queued, waiters;
	unsigned int i, dropped = 0;
	struct mmk_fault *fault;
	struct moving m;
	spinlock_t *ptl;
	int refs;

	mmk_need_cpus(test, 2);
	mmk_need_lock(test, c->lock);

	mw_moving_init_kind(test, &m, c->kind);
	ptl = pte_lockptr(m.mm, mm_find_pmd(m.mm, m.addr));
	fault = mmk_fault_alloc(test, m.mm, m.addr, FAULT_FLAG_DEFAULT,
				c->lock);
	mmk_task_place(&fault->task, 1);

	/* The queue lock nests in the ptl: stop the fault at the ptl first. */
	spin_lock(ptl);
	mmk_task_start(&fault->task);
	at_ptl = mmk_lock_is_spun_on(ptl);
	spin_lock_irq(&m.queue->lock);
	spin_unlock(ptl);
	at_queue = mmk_lock_is_spun_on(&m.queue->lock);
	for (i = 0; i < 1000; i++) {
		dropped += !raw_spin_is_locked(&ptl->rlock);
		cpu_relax();
	}
	refs = folio_ref_count(m.folio);
	spin_unlock_irq(&m.queue->lock);

	spin_lock(ptl);
	spin_lock_irq(&m.queue->lock);
	queued = mw_stands_in(m.queue, fault->task.task);
	spin_unlock_irq(&m.queue->lock);
	waiters = folio_test_waiters(m.folio);
	spin_unlock(ptl);

	KUNIT_EXPECT_TRUE(test, at_ptl);
	KUNIT_EXPECT_TRUE(test, at_queue);
	KUNIT_EXPECT_EQ_MSG(test, dropped, 0U, "the ptl was free");
	KUNIT_EXPECT_EQ_MSG(test, refs, 1,
			    "only the isolation may have a reference");
	KUNIT_EXPECT_TRUE(test, queued);
	KUNIT_EXPECT_TRUE(test, waiters);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));
	KUNIT_EXPECT_EQ(test, folio_ref_count(m.folio), 1);

	moving_end(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
}

static struct kunit_case migration_wait_order_cases[] = {
	KUNIT_CASE(waiter_is_queued_at_ptl_drop),
	KUNIT_CASE(ptl_is_held_when_irqs_are_enabled),
	KUNIT_CASE_PARAM(fault_queues_before_ptl_drop, wait_gen_params),
	KUNIT_CASE_PARAM(ptl_is_held_at_queue_lock, wait_gen_params),
	{}
};

static struct kunit_suite migration_wait_order_suite = {
	.name = "migration_wait_order",
	.init = mmk_case_init,
	.test_cases = migration_wait_order_cases,
};

kunit_test_suite(migration_wait_order_suite);
