// SPDX-License-Identifier: GPL-2.0
/*
 * The wait for a migration entry: who touches an address under migration sleeps
 * until the folio is unlocked, without a reference on it. Nothing but the ptl
 * keeps the folio while the wait is set up, so the order counts.
 */
#include <linux/kthread.h>
#include <linux/migrate.h>
#include <linux/rmap.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "../internal.h"
#include "fixtures.h"

#define SEED	0x5a

/**
 * struct moving - A page that is under migration
 * @mm: whose
 * @addr: where
 * @folio: its folio, held
 * @hold: the migration's hold on it
 * @queue: where its waiters stand
 */
struct moving {
	struct mm_struct *mm;
	unsigned long addr;
	struct folio *folio;
	struct mmk_hold *hold;
	wait_queue_head_t *queue;
};

/* One anonymous page of a new mm, with an entry of the given kind in its place */
static void moving_init_kind(struct kunit *test, struct moving *m,
			     enum mmk_pte_kind kind)
{
	m->mm = mmk_mm_enter(test);
	m->addr = mmk_map_anon(test, 1);
	mmk_fill(test, m->addr, 1, SEED);
	if (kind == MMK_PTE_MIGRATION_READ)
		mmk_fork(test);
	if (kind == MMK_PTE_MIGRATION_READ_EXCLUSIVE)
		KUNIT_ASSERT_EQ(test, sys_mprotect(m->addr, PAGE_SIZE,
						   PROT_READ), 0L);
	m->folio = mmk_pte_folio(test, m->mm, m->addr);
	m->queue = mmk_folio_waitqueue(test, m->folio);
	m->hold = mmk_hold(test, m->folio);
	try_to_migrate(m->folio, 0);
	KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(m->mm, m->addr), (int)kind);
}

static void moving_init(struct kunit *test, struct moving *m)
{
	moving_init_kind(test, m, MMK_PTE_MIGRATION_WRITE);
}

/* The migration is given up: the page is where it was, and unlocked. */
static void moving_put_back(struct kunit *test, struct moving *m)
{
	remove_migration_ptes(m->folio, m->folio, 0);
	mmk_hold_finish(test, m->hold, false);
}

/**
 * struct context - What a function that returns has to leave alone
 * @preempt: preempt_count()
 * @rcu: nesting of RCU read-side critical sections
 * @locks: number of locks that lockdep says are held
 * @irqs_off: whether interrupts are off
 * @switches: how often the task has gone to sleep
 */
struct context {
	int preempt;
	int rcu;
	int locks;
	bool irqs_off;
	unsigned long switches;
};

static void context_read(struct context *c)
{
	c->preempt = preempt_count();
	c->rcu = rcu_preempt_depth();
	c->locks = lockdep_depth(current);
	c->irqs_off = irqs_disabled();
	c->switches = current->nvcsw;
}

/**
 * struct waiter - A task that calls migration_entry_wait()
 * @task: the thread
 * @addr: where
 * @before: its context before
 * @after: its context afterwards
 * @returned: the call has returned
 */
struct waiter {
	struct mmk_task task;
	unsigned long addr;
	struct context before;
	struct context after;
	bool returned;
};

static void waiter_main(struct mmk_task *task)
{
	struct waiter *w = container_of(task, struct waiter, task);
	struct mm_struct *mm = task->mm;
	pmd_t *pmd;

	mmap_read_lock(mm);
	pmd = mm_find_pmd(mm, w->addr);
	context_read(&w->before);
	migration_entry_wait(mm, pmd, w->addr);
	context_read(&w->after);
	w->returned = true;
	mmap_read_unlock(mm);
}

static struct waiter *waiter_alloc(struct kunit *test, struct mm_struct *mm,
				   unsigned long addr)
{
	struct waiter *w = mmk_task_alloc(test, sizeof(*w), mm, waiter_main);

	w->addr = addr;
	return w;
}

/**
 * struct lock_watch - What one task does with the ptl and with a wait queue
 * @task: the task
 * @ptl: the page table lock
 * @queue_lock: the lock of the queue
 * @queue: the wait queue of @folio
 * @folio: the folio under migration
 * @order: P and p for the ptl taken and dropped, Q and q for the queue lock
 * @nr: how many of them
 * @max_refs: most references that @folio had, at any lock after the first P
 * @queued: the task stood in the queue when it dropped the ptl
 * @waiters: PG_waiters was set when it dropped the ptl
 * @at_queue: called when the queue lock is about to be taken
 * @on: the tracepoints call us
 */
struct lock_watch {
	struct task_struct *task;
	struct lockdep_map *ptl;
	struct lockdep_map *queue_lock;
	wait_queue_head_t *queue;
	struct folio *folio;
	char order[16];
	unsigned int nr;
	int max_refs;
	bool queued;
	bool waiters;
	void (*at_queue)(struct folio *folio);
	bool on;
};

static void watch_note(struct lock_watch *w, char what)
{
	if (w->nr < sizeof(w->order) - 1)
		w->order[w->nr++] = what;
}

static void watch_refs(struct lock_watch *w)
{
	if (w->nr)
		w->max_refs = max(w->max_refs, folio_ref_count(w->folio));
}

static void watch_acquire(void *data, struct lockdep_map *lock,
			  unsigned int subclass, int trylock, int read,
			  int check, struct lockdep_map *nest_lock,
			  unsigned long ip)
{
	struct lock_watch *w = data;

	if (current != w->task)
		return;
	if (lock == w->ptl)
		watch_note(w, 'P');
	if (lock == w->queue_lock) {
		watch_note(w, 'Q');
		if (w->at_queue)
			w->at_queue(w->folio);
	}
	watch_refs(w);
}

/* The queue is short, and its other users are the case's own. */
static bool stands_in(wait_queue_head_t *queue, struct task_struct *task)
{
	wait_queue_entry_t *entry;

	list_for_each_entry(entry, &queue->head, entry)
		if (entry->private == task)
			return true;
	return false;
}

static void watch_release(void *data, struct lockdep_map *lock,
			  unsigned long ip)
{
	struct lock_watch *w = data;

	if (current != w->task)
		return;
	watch_refs(w);
	if (lock == w->queue_lock)
		watch_note(w, 'q');
	if (lock == w->ptl) {
		watch_note(w, 'p');
		w->queued = stands_in(w->queue, current);
		w->waiters = folio_test_waiters(w->folio);
	}
}

static void watch_stop(void *data)
{
	struct lock_watch *w = data;

	if (!w->on)
		return;
	w->on = false;
	mmk_unwatch_locks(watch_acquire, watch_release, w);
}

static struct lock_watch *watch_start(struct kunit *test, struct moving *m,
				      struct mmk_task *task,
				      void (*at_queue)(struct folio *folio))
{
	struct lock_watch *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->task = task->task;
	w->ptl = mmk_lock_map(pte_lockptr(m->mm, mm_find_pmd(m->mm, m->addr)));
	w->queue = m->queue;
	w->queue_lock = mmk_lock_map(&m->queue->lock);
	w->folio = m->folio;
	w->at_queue = at_queue;
	err = mmk_watch_locks(watch_acquire, watch_release, w);
	if (err == -EOPNOTSUPP)
		kunit_skip(test, "needs CONFIG_LOCKDEP and CONFIG_TRACEPOINTS");
	KUNIT_ASSERT_EQ(test, err, 0);
	w->on = true;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, watch_stop, w),
			0);
	return w;
}

/* MW-1: an access waits for the end of the migration */

/**
 * struct wait_case - A fault on an entry
 * @description: for the log
 * @kind: of the entry
 * @lock: that the fault is taken under
 */
struct wait_case {
	const char *description;
	enum mmk_pte_kind kind;
	enum mmk_lock lock;
};

static const struct wait_case wait_cases[] = {
	{ "writable, mmap_lock", MMK_PTE_MIGRATION_WRITE, MMK_MMAP_LOCK },
	{ "writable, VMA lock", MMK_PTE_MIGRATION_WRITE, MMK_VMA_LOCK },
	{ "readable, mmap_lock", MMK_PTE_MIGRATION_READ, MMK_MMAP_LOCK },
	{ "readable, VMA lock", MMK_PTE_MIGRATION_READ, MMK_VMA_LOCK },
	{ "readable exclusive, mmap_lock", MMK_PTE_MIGRATION_READ_EXCLUSIVE,
	  MMK_MMAP_LOCK },
	{ "readable exclusive, VMA lock", MMK_PTE_MIGRATION_READ_EXCLUSIVE,
	  MMK_VMA_LOCK },
};

KUNIT_ARRAY_PARAM_DESC(wait, wait_cases, description);

/**
 * fault_sleeps_until_folio_is_unlocked() - A fault on each kind of entry
 * @test: the running case
 *
 * A page is under migration when a fault is taken on it, under either lock. The
 * fault sleeps in the folio's wait queue; it sleeps on when the entry has been
 * replaced by the new page, and comes back when the old folio is unlocked. It
 * has then nothing left to do.
 *
 * Contract: MW-1
 */
static void fault_sleeps_until_folio_is_unlocked(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct mmk_fault *fault;
	struct folio *dst;
	struct moving m;

	if (c->lock == MMK_VMA_LOCK && !IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");

	moving_init_kind(test, &m, c->kind);
	KUNIT_EXPECT_FALSE(test, folio_test_waiters(m.folio));

	fault = mmk_fault_start(test, m.mm, m.addr, FAULT_FLAG_DEFAULT,
				c->lock);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   MMK_ENTRY_WAIT_SYMBOL));
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, fault->task.task,
						   m.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_waiters(m.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_locked(m.folio));
	KUNIT_EXPECT_EQ(test, (int)mmk_pte_kind(m.mm, m.addr), (int)c->kind);

	dst = mmk_hold_copy(test, m.hold);
	remove_migration_ptes(m.folio, dst, 0);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   MMK_ENTRY_WAIT_SYMBOL));
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, fault->task.task,
						   m.folio));

	mmk_hold_finish(test, m.hold, true);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	MMK_EXPECT_PTE(test, m.mm, m.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, m.mm, m.addr), dst);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, m.addr, 1, SEED));
	KUNIT_EXPECT_FALSE(test, folio_test_waiters(dst));
}

/**
 * struct access - A task that accesses one byte
 * @task: the thread
 * @addr: where
 * @err: 0 if it was served
 * @byte: what was read
 */
struct access {
	struct mmk_task task;
	unsigned long addr;
	int err;
	u8 byte;
};

static void access_read(struct mmk_task *task)
{
	struct access *a = container_of(task, struct access, task);

	a->err = get_user(a->byte, (u8 __user *)a->addr);
}

/* What is there already, so that the page holds the same afterwards. */
static void access_write(struct mmk_task *task)
{
	struct access *a = container_of(task, struct access, task);

	a->err = put_user(SEED, (u8 __user *)a->addr);
	a->byte = SEED;
}

static void access_gup(struct mmk_task *task)
{
	struct access *a = container_of(task, struct access, task);

	a->err = mmk_mm_poke(task->mm, a->addr, SEED);
	a->byte = SEED;
}

/**
 * struct access_case - An access to an address under migration
 * @description: for the log
 * @fn: the access
 * @moved: whether the migration succeeds
 */
struct access_case {
	const char *description;
	void (*fn)(struct mmk_task *task);
	bool moved;
};

static const struct access_case access_cases[] = {
	{ "read, moved", access_read, true },
	{ "read, put back", access_read, false },
	{ "write, moved", access_write, true },
	{ "write, put back", access_write, false },
	{ "get_user_pages, moved", access_gup, true },
	{ "get_user_pages, put back", access_gup, false },
};

KUNIT_ARRAY_PARAM_DESC(access, access_cases, description);

/**
 * access_is_served_after_migration() - An access waits, and is then served
 * @test: the running case
 *
 * A task reads or writes user memory, or has get_user_pages() do it, while the
 * page is under migration. It waits, and is served by the new page, or by the
 * old one if the migration is given up.
 *
 * Contract: MW-1
 */
static void access_is_served_after_migration(struct kunit *test)
{
	const struct access_case *c = test->param_value;
	struct folio *now;
	struct access *a;
	struct moving m;

	moving_init(test, &m);
	now = m.folio;
	a = mmk_task_alloc(test, sizeof(*a), m.mm, c->fn);
	a->addr = m.addr;
	mmk_task_start(&a->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&a->task,
						   MMK_ENTRY_WAIT_SYMBOL));
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, a->task.task,
						   m.folio));

	if (c->moved) {
		now = mmk_hold_copy(test, m.hold);
		remove_migration_ptes(m.folio, now, 0);
		mmk_hold_finish(test, m.hold, true);
	} else {
		moving_put_back(test, &m);
	}

	KUNIT_EXPECT_TRUE(test, mmk_task_join(&a->task));
	KUNIT_EXPECT_EQ(test, a->err, 0);
	KUNIT_EXPECT_EQ(test, a->byte, SEED);
	MMK_EXPECT_PTE(test, m.mm, m.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, m.mm, m.addr), now);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, m.addr, 1, SEED));
}

/* MW-2: nobody who waits has a reference */

/**
 * struct many_case - A number of waiters
 * @description: for the log
 * @nr: how many
 */
struct many_case {
	const char *description;
	unsigned int nr;
};

static const struct many_case many_cases[] = {
	{ "1 waiter", 1 },
	{ "2 waiters", 2 },
	{ "8 waiters", 8 },
	{ "64 waiters", 64 },
};

KUNIT_ARRAY_PARAM_DESC(many, many_cases, description);

/* Tasks that fault at one address, all of them asleep */
static struct mmk_fault **sleepers(struct kunit *test, struct mm_struct *mm,
				   unsigned long addr, unsigned int nr)
{
	struct mmk_fault **faults;
	unsigned int i;

	faults = kunit_kcalloc(test, nr, sizeof(*faults), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, faults);
	for (i = 0; i < nr; i++)
		faults[i] = mmk_fault_start(test, mm, addr, FAULT_FLAG_DEFAULT,
					    MMK_MMAP_LOCK);
	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&faults[i]->task,
							   MMK_ENTRY_WAIT_SYMBOL));
	return faults;
}

static void expect_all_end(struct kunit *test, struct mmk_fault **faults,
			   unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_TRUE_MSG(test, mmk_task_join(&faults[i]->task),
				      "waiter %u of %u", i, nr);
		KUNIT_EXPECT_EQ_MSG(test, faults[i]->ret, 0,
				    "waiter %u of %u", i, nr);
	}
}

/**
 * waiters_hold_no_reference() - N tasks wait, and the refcount is as with none
 * @test: the running case
 *
 * A folio under migration has the reference of its isolation and no other, and
 * this many tasks wait for it. All of its waiters stand in the queue, none has
 * a reference, and so the migration succeeds the first time. Catches a
 * reference that is kept while asleep.
 *
 * Contract: MW-2
 */
static void waiters_hold_no_reference(struct kunit *test)
{
	const struct many_case *c = test->param_value;
	struct mmk_folio_state before, now;
	struct mmk_fault **faults;
	struct folio *dst;
	struct moving m;

	moving_init(test, &m);
	mmk_folio_snapshot(m.folio, &before);
	KUNIT_EXPECT_EQ(test, before.refcount, 1);

	faults = sleepers(test, m.mm, m.addr, c->nr);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, m.folio), c->nr);
	mmk_folio_snapshot(m.folio, &now);
	KUNIT_EXPECT_EQ(test, now.refcount, before.refcount);
	KUNIT_EXPECT_TRUE(test, now.waiters);
	/* But for that, it is as it was. */
	now.waiters = before.waiters;
	KUNIT_EXPECT_MEMEQ(test, &now, &before, sizeof(now));

	dst = mmk_hold_copy(test, m.hold);
	remove_migration_ptes(m.folio, dst, 0);
	mmk_hold_finish(test, m.hold, true);
	expect_all_end(test, faults, c->nr);
	MMK_EXPECT_PTE(test, m.mm, m.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, m.mm, m.addr), dst);
	/* The page table's, and nobody else's. */
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), 1);
}

/**
 * waiters_do_not_fail_device_migration() - The same for migrate_vma_*()
 * @test: the running case
 *
 * This many tasks wait when a driver, between migrate_vma_setup() and
 * migrate_vma_pages(), copies a page to its device and then back. Each time it
 * gets the page at the first try.
 *
 * Contract: MW-2
 */
static void waiters_do_not_fail_device_migration(struct kunit *test)
{
	const struct many_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_fault **faults;
	struct folio *src;
	struct mmk_vma *v;
	bool back;

	mmk_fill(test, addr, 1, SEED);
	for (back = false; ; back = true) {
		v = mmk_vma_alloc(test, mm, addr, 1,
				  back ? MIGRATE_VMA_SELECT_DEVICE_PRIVATE :
					 MIGRATE_VMA_SELECT_SYSTEM, dev);
		src = mmk_pte_folio(test, mm, addr);
		KUNIT_ASSERT_EQ(test, mmk_vma_setup(v), 0);
		KUNIT_ASSERT_EQ(test, v->args.cpages, 1UL);
		KUNIT_EXPECT_EQ(test, folio_ref_count(src), 1);

		faults = sleepers(test, mm, addr, c->nr);
		KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, src), c->nr);
		KUNIT_EXPECT_EQ(test, folio_ref_count(src), 1);

		if (back)
			mmk_vma_copy_to_ram(test, v);
		else
			mmk_vma_copy_to_dev(test, v, dev);
		mmk_vma_pages(v);
		KUNIT_EXPECT_TRUE(test, v->src[0] & MIGRATE_PFN_MIGRATE);
		mmk_vma_finalize(v);
		expect_all_end(test, faults, c->nr);
		KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr),
				    migrate_pfn_to_page(v->dst[0]));
		if (back)
			break;
	}
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, SEED));
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
}

/**
 * wait_set_up_takes_no_reference() - Not even for a moment
 * @test: the running case
 *
 * The folio's references are looked at whenever the waiter takes or drops a
 * lock, from the ptl on until it sleeps. Catches a reference that is taken
 * under the ptl and dropped before the task sleeps: a migration that looks at
 * the refcount meanwhile would fail, though nobody can be seen to hold one
 * later.
 *
 * Contract: MW-2
 */
static void wait_set_up_takes_no_reference(struct kunit *test)
{
	struct lock_watch *watch;
	struct waiter *w;
	struct moving m;

	moving_init(test, &m);
	w = waiter_alloc(test, m.mm, m.addr);
	watch = watch_start(test, &m, &w->task, NULL);
	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&w->task,
						   MMK_ENTRY_WAIT_SYMBOL));
	watch_stop(watch);
	KUNIT_EXPECT_GE_MSG(test, watch->nr, 4, "saw only \"%s\"",
			    watch->order);
	KUNIT_EXPECT_EQ_MSG(test, watch->max_refs, 1,
			    "only the isolation may have a reference");
	KUNIT_EXPECT_EQ(test, folio_ref_count(m.folio), 1);

	moving_put_back(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
}

/* MW-3: queued first, the ptl dropped then */

/**
 * struct order_preempt - What a real-time task sees when the ptl is dropped
 * @task: the real-time task
 * @waiter: the task that waits
 * @ptl: what the waiter holds
 * @entry: what it waits for
 * @folio: that it refers to
 * @queue: where it shall stand
 * @state: of the waiter
 * @queued: it stood in the queue
 * @waiters: PG_waiters was set
 * @refs: references on the folio
 * @relocked: the folio could be locked again
 */
struct order_preempt {
	struct mmk_task task;
	struct mmk_task *waiter;
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
 * struct order_waiter - A task that waits with a ptl of the case's
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
	/* Runs when preemption is enabled again, and not before. */
	mmk_task_start(&o->task);
	softleaf_entry_wait_on_locked(o->entry, &o->ptl);
}

static void order_preempt_main(struct mmk_task *task)
{
	struct order_preempt *o =
		container_of(task, struct order_preempt, task);

	o->state = READ_ONCE(o->waiter->task->__state);
	o->queued = stands_in(o->queue, o->waiter->task);
	o->waiters = folio_test_waiters(o->folio);
	o->refs = folio_ref_count(o->folio);
	folio_unlock(o->folio);
	o->relocked = folio_trylock(o->folio);
}

/**
 * waiter_is_queued_when_preempted_at_ptl_drop() - A task that preempts sees it
 * @test: the running case
 *
 * The waiter wakes a real-time task on its own CPU while it holds the ptl. That
 * task runs in the moment in which the ptl is dropped, unlocks the folio, and
 * locks it again: a waiter that stands in the queue is woken by that, one that
 * comes too late waits for the next unlock.
 *
 * Catches, every time, a ptl that is dropped before the queue lock is taken,
 * also if PG_waiters has been set by then. Blind to a ptl that is dropped
 * inside the queue lock, which keeps preemption off.
 *
 * Contract: MW-3
 */
static void waiter_is_queued_when_preempted_at_ptl_drop(struct kunit *test)
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

	/* Who missed it stands there and nobody knows. */
	if (!woken)
		folio_set_waiters(m.folio);
	moving_put_back(test, &m);
}

/**
 * struct order_irq - What an interrupt would see of a waiter
 * @task: the waiter
 * @ptl: what it holds
 * @entry: what it waits for
 * @folio: that it refers to
 * @queue: where it shall stand
 * @armed: interrupts are off, and have not been on since
 * @seen: interrupts have been enabled
 * @ptl_held: the ptl was held then
 * @queued: it stood in the queue then
 * @waiters: PG_waiters was set then
 */
struct order_irq {
	struct mmk_task task;
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
	o->ptl_held = spin_is_locked(&o->ptl);
	o->queued = stands_in(o->queue, current);
	o->waiters = folio_test_waiters(o->folio);
}

static void order_irq_stop(void *data)
{
	mmk_unwatch_irq_enable(order_irq_enabled, data);
}

/**
 * ptl_is_held_when_interrupts_come_on() - So does the first interrupt
 * @test: the running case
 *
 * The waiter comes with interrupts off, so that they come on where it drops the
 * queue lock: that is the first moment in which an interrupt could be taken. The
 * waiter stands in the queue then, and holds the ptl still.
 *
 * Catches, every time, a ptl that is dropped any earlier: before the queue lock
 * is taken, with or without PG_waiters set, or inside of it.
 *
 * Contract: MW-3
 */
static void ptl_is_held_when_interrupts_come_on(struct kunit *test)
{
	struct order_irq *o;
	struct moving m;
	int err;

	if (!IS_ENABLED(CONFIG_DEBUG_SPINLOCK) && !IS_ENABLED(CONFIG_SMP))
		kunit_skip(test, "needs CONFIG_DEBUG_SPINLOCK or CONFIG_SMP");

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
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&o->task,
						   MMK_ENTRY_WAIT_SYMBOL));
	KUNIT_EXPECT_TRUE(test, o->seen);
	KUNIT_EXPECT_TRUE(test, o->ptl_held);
	KUNIT_EXPECT_TRUE(test, o->queued);
	KUNIT_EXPECT_TRUE(test, o->waiters);
	KUNIT_EXPECT_FALSE(test, spin_is_locked(&o->ptl));

	moving_put_back(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&o->task));
}

/**
 * fault_queues_before_it_drops_ptl() - The order of the locks in a real fault
 * @test: the running case
 *
 * Lockdep tells which locks a fault takes and drops. It takes the ptl once,
 * goes into the queue under it, and drops it last.
 *
 * Catches, every time, a ptl that is dropped before the queue lock is taken,
 * with or without PG_waiters set, or inside of it before the waiter is queued.
 *
 * Contract: MW-3
 */
static void fault_queues_before_it_drops_ptl(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct lock_watch *watch;
	struct mmk_fault *fault;
	struct moving m;

	if (c->lock == MMK_VMA_LOCK && !IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");

	moving_init_kind(test, &m, c->kind);
	fault = mmk_fault_alloc(test, m.mm, m.addr, FAULT_FLAG_DEFAULT,
				c->lock);
	watch = watch_start(test, &m, &fault->task, NULL);
	mmk_task_start(&fault->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   MMK_ENTRY_WAIT_SYMBOL));
	watch_stop(watch);
	KUNIT_EXPECT_TRUE(test, watch->queued);
	KUNIT_EXPECT_TRUE(test, watch->waiters);
	KUNIT_EXPECT_STREQ(test, watch->order, "PQqp");

	/* Who missed the unlock stands there and nobody knows. */
	folio_set_waiters(m.folio);
	moving_put_back(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
}

/* MW-6: unlocked in the last moment */

static void unlock_once(struct folio *folio)
{
	if (folio_test_locked(folio))
		folio_unlock(folio);
}

/**
 * unlocked_folio_is_not_waited_for() - The folio is unlocked in the last moment
 * @test: the running case
 *
 * The folio is unlocked after the waiter has looked up the entry, and right
 * before it takes the queue lock. There is nothing to wait for any more: it is
 * not queued, does not sleep, and leaves the folio unlocked.
 *
 * Contract: MW-6
 */
static void unlocked_folio_is_not_waited_for(struct kunit *test)
{
	struct lock_watch *watch;
	struct waiter *w;
	struct moving m;

	moving_init(test, &m);
	w = waiter_alloc(test, m.mm, m.addr);
	watch = watch_start(test, &m, &w->task, unlock_once);
	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
	watch_stop(watch);
	KUNIT_EXPECT_STREQ(test, watch->order, "PQqp");
	KUNIT_EXPECT_FALSE_MSG(test, watch->queued, "was queued");
	KUNIT_EXPECT_EQ_MSG(test, w->after.switches, w->before.switches,
			    "slept");
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, m.folio), 0);
	KUNIT_EXPECT_EQ(test, watch->max_refs, 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(m.folio), 1);

	/* Locked again, as the hold has it, in any case. */
	KUNIT_EXPECT_TRUE_MSG(test, folio_trylock(m.folio), "left locked");
	moving_put_back(test, &m);
}

/* MW-12: pinned device pages */

/**
 * struct pinned_case - A pinned device page
 * @description: for the log
 * @type: of its memory
 * @select: the flag that picks it
 * @prot: of its mapping
 */
struct pinned_case {
	const char *description;
	enum memory_type type;
	unsigned long select;
	unsigned long prot;
};

static const struct pinned_case pinned_cases[] = {
	{ "device-private, writable", MEMORY_DEVICE_PRIVATE,
	  MIGRATE_VMA_SELECT_DEVICE_PRIVATE, PROT_READ | PROT_WRITE },
	{ "device-private, read-only", MEMORY_DEVICE_PRIVATE,
	  MIGRATE_VMA_SELECT_DEVICE_PRIVATE, PROT_READ },
	{ "coherent, writable", MEMORY_DEVICE_COHERENT,
	  MIGRATE_VMA_SELECT_DEVICE_COHERENT, PROT_READ | PROT_WRITE },
	{ "coherent, read-only", MEMORY_DEVICE_COHERENT,
	  MIGRATE_VMA_SELECT_DEVICE_COHERENT, PROT_READ },
};

KUNIT_ARRAY_PARAM_DESC(pinned, pinned_cases, description);

/* A page on a device, mapped as the case wants it */
static struct page *page_on_dev(struct kunit *test, struct mmk_dev *dev,
				struct mm_struct *mm, unsigned long addr,
				unsigned long prot)
{
	mmk_fill(test, addr, 1, SEED);
	KUNIT_ASSERT_EQ(test, sys_mprotect(addr, PAGE_SIZE, prot), 0L);
	return mmk_migrate_to_dev(test, mm, addr, dev);
}

/**
 * pinned_device_page_is_refused_by_setup() - One reference too many
 * @test: the running case
 *
 * Somebody holds a reference on a device page that migrate_vma_setup() is asked
 * for. It is refused right there, before the driver copies anything: not
 * counted, its src entry empty, and put back exactly as it was. A device page
 * has no reference but those of its mappings, so there is nothing to make
 * allowance for. Without the foreign reference it is picked.
 *
 * Contract: MW-12
 */
static void pinned_device_page_is_refused_by_setup(struct kunit *test)
{
	const struct pinned_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, c->type);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct page *page = page_on_dev(test, dev, mm, addr, c->prot);
	struct folio *folio = page_folio(page);
	struct mmk_folio_state folio_before;
	struct mmk_mm_state mm_before;
	struct mmk_vma *v;
	pte_t pte;

	mmk_folio_get(test, folio);
	mmk_folio_snapshot(folio, &folio_before);
	mmk_mm_snapshot(mm, &mm_before);
	KUNIT_ASSERT_EQ(test, folio_before.refcount, 2);
	KUNIT_ASSERT_EQ(test, folio_before.mapcount, 1);
	pte = mmk_pte(mm, addr);

	v = mmk_vma_alloc(test, mm, addr, 1, c->select, dev);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(v), 0);
	KUNIT_EXPECT_EQ(test, v->src[0], 0UL);
	KUNIT_EXPECT_EQ(test, v->args.cpages, 0UL);
	KUNIT_EXPECT_EQ(test, v->args.npages, 1UL);
	KUNIT_EXPECT_EQ(test, pte_val(mmk_pte(mm, addr)), pte_val(pte));
	mmk_expect_folio_same(test, "refused", folio, &folio_before);
	mmk_expect_mm_same(test, "refused", mm, &mm_before);
	mmk_vma_finalize(v);
	KUNIT_EXPECT_EQ(test, pte_val(mmk_pte(mm, addr)), pte_val(pte));
	mmk_expect_folio_same(test, "finalized", folio, &folio_before);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);

	mmk_folio_put(test, folio);
	v = mmk_vma_alloc(test, mm, addr, 1, c->select, dev);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(v), 0);
	KUNIT_EXPECT_EQ(test, v->args.cpages, 1UL);
	KUNIT_EXPECT_PTR_EQ(test, migrate_pfn_to_page(v->src[0]), page);
	mmk_vma_finalize(v);
	KUNIT_EXPECT_EQ(test, pte_val(mmk_pte(mm, addr)), pte_val(pte));
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
}

/**
 * pinned_device_page_is_refused_by_range() - The same when a device is emptied
 * @test: the running case
 *
 * migrate_device_range() finds the page by its pfn instead of an address.
 *
 * Contract: MW-12
 */
static void pinned_device_page_is_refused_by_range(struct kunit *test)
{
	const struct pinned_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, c->type);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct page *page = page_on_dev(test, dev, mm, addr, c->prot);
	struct folio *folio = page_folio(page);
	struct mmk_folio_state before;
	unsigned long src = ~0UL;
	pte_t pte;

	mmk_folio_get(test, folio);
	mmk_folio_snapshot(folio, &before);
	pte = mmk_pte(mm, addr);

	KUNIT_EXPECT_EQ(test, migrate_device_range(&src, page_to_pfn(page), 1),
			0);
	KUNIT_EXPECT_EQ(test, src, 0UL);
	KUNIT_EXPECT_EQ(test, pte_val(mmk_pte(mm, addr)), pte_val(pte));
	mmk_expect_folio_same(test, "refused", folio, &before);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
}

static struct kunit_case migration_wait_cases[] = {
	KUNIT_CASE_PARAM(fault_sleeps_until_folio_is_unlocked, wait_gen_params),
	KUNIT_CASE_PARAM(access_is_served_after_migration, access_gen_params),
	KUNIT_CASE_PARAM(waiters_hold_no_reference, many_gen_params),
	KUNIT_CASE_PARAM(waiters_do_not_fail_device_migration, many_gen_params),
	KUNIT_CASE(wait_set_up_takes_no_reference),
	KUNIT_CASE(waiter_is_queued_when_preempted_at_ptl_drop),
	KUNIT_CASE(ptl_is_held_when_interrupts_come_on),
	KUNIT_CASE_PARAM(fault_queues_before_it_drops_ptl, wait_gen_params),
	KUNIT_CASE(unlocked_folio_is_not_waited_for),
	KUNIT_CASE_PARAM(pinned_device_page_is_refused_by_setup,
			 pinned_gen_params),
	KUNIT_CASE_PARAM(pinned_device_page_is_refused_by_range,
			 pinned_gen_params),
	{}
};

static struct kunit_suite migration_wait_suite = {
	.name = "migration_wait",
	.init = mmk_case_init,
	.test_cases = migration_wait_cases,
};

kunit_test_suite(migration_wait_suite);
