// SPDX-License-Identifier: GPL-2.0
/*
 * The wait for a migration entry: who touches an address under migration sleeps
 * until the folio is unlocked, without a reference on it. Nothing but the ptl
 * keeps the folio while the wait is set up, so the order counts.
 */
#include <linux/kthread.h>
#include <linux/delay.h>
#include <linux/delayacct.h>
#include <linux/highmem.h>
#include <linux/migrate.h>
#include <linux/moduleparam.h>
#include <linux/psi.h>
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
 * @huge: it is a huge page, and its entry in the pmd
 * @folio: its folio, held
 * @hold: the migration's hold on it
 * @queue: where its waiters stand
 */
struct moving {
	struct mm_struct *mm;
	unsigned long addr;
	bool huge;
	struct folio *folio;
	struct mmk_hold *hold;
	wait_queue_head_t *queue;
};

static enum mmk_pte_kind moving_kind(const struct moving *m)
{
	return m->huge ? mmk_pmd_kind(m->mm, m->addr) :
			 mmk_pte_kind(m->mm, m->addr);
}

static spinlock_t *entry_ptl(struct mm_struct *mm, unsigned long addr,
			     bool huge)
{
	pmd_t *pmd = mm_find_pmd(mm, addr);

	return huge ? pmd_lockptr(mm, pmd) : pte_lockptr(mm, pmd);
}

/* The page at @addr, with an entry of the given kind in its place */
static void moving_unmap(struct kunit *test, struct moving *m,
			 enum mmk_pte_kind kind, size_t size)
{
	mmk_fill(test, m->addr, 1, SEED);
	if (kind == MMK_PTE_MIGRATION_READ)
		mmk_fork(test);
	if (kind == MMK_PTE_MIGRATION_READ_EXCLUSIVE)
		KUNIT_ASSERT_EQ(test, sys_mprotect(m->addr, size, PROT_READ),
				0L);
	m->folio = m->huge ? mmk_pmd_folio(test, m->mm, m->addr) :
			     mmk_pte_folio(test, m->mm, m->addr);
	m->queue = mmk_folio_waitqueue(test, m->folio);
	m->hold = mmk_hold(test, m->folio);
	try_to_migrate(m->folio, 0);
	KUNIT_ASSERT_EQ(test, (int)moving_kind(m), (int)kind);
}

/* One anonymous page of a new mm, with an entry of the given kind in its place */
static void moving_init_kind(struct kunit *test, struct moving *m,
			     enum mmk_pte_kind kind)
{
	m->mm = mmk_mm_enter(test);
	m->huge = false;
	m->addr = mmk_map_anon(test, 1);
	moving_unmap(test, m, kind, PAGE_SIZE);
}

/* The same with a huge page: one entry, in the pmd */
static void moving_init_huge(struct kunit *test, struct moving *m,
			     enum mmk_pte_kind kind)
{
	m->mm = mmk_mm_enter(test);
	m->huge = true;
	m->addr = mmk_map_huge(test, m->mm, 1);
	moving_unmap(test, m, kind, MMK_HUGE_SIZE);
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

/* The same, and even who stands in the queue without PG_waiters is woken. */
static void moving_end(struct kunit *test, struct moving *m)
{
	folio_set_waiters(m->folio);
	moving_put_back(test, m);
}

/**
 * struct context - What a function that returns has to leave alone
 * @preempt: preempt_count()
 * @rcu: nesting of RCU read-side critical sections
 * @locks: number of locks that lockdep says are held
 * @irqs_off: whether interrupts are off
 * @state: of the task
 * @switches: how often the task has gone to sleep
 */
struct context {
	int preempt;
	int rcu;
	int locks;
	bool irqs_off;
	unsigned int state;
	unsigned long switches;
};

static void context_read(struct context *c)
{
	c->preempt = preempt_count();
	c->rcu = rcu_preempt_depth();
	c->locks = lockdep_depth(current);
	c->irqs_off = irqs_disabled();
	c->state = READ_ONCE(current->__state);
	c->switches = current->nvcsw;
}

/* So that a kernel that left something behind gets to the end of the case */
static void context_restore(const struct context *c, spinlock_t *ptl)
{
	if (mmk_lock_held(ptl))
		spin_unlock(ptl);
	while (rcu_preempt_depth() > c->rcu)
		rcu_read_unlock();
	while (preempt_count() > c->preempt)
		preempt_enable();
	while (preempt_count() < c->preempt)
		preempt_disable();
	if (irqs_disabled() && !c->irqs_off)
		local_irq_enable();
	__set_current_state(TASK_RUNNING);
}

/**
 * struct waiter - A task that calls migration_entry_wait()
 * @task: the thread
 * @addr: where
 * @huge: pmd_migration_entry_wait() it is
 * @before: its context before
 * @after: its context afterwards
 * @returned: the call has returned
 */
struct waiter {
	struct mmk_task task;
	unsigned long addr;
	bool huge;
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
	if (w->huge)
		pmd_migration_entry_wait(mm, pmd);
	else
		migration_entry_wait(mm, pmd, w->addr);
	context_read(&w->after);
	context_restore(&w->before, entry_ptl(mm, w->addr, w->huge));
	w->returned = true;
	mmap_read_unlock(mm);
}

static void expect_same_context(struct kunit *test, const struct waiter *w)
{
	KUNIT_EXPECT_EQ(test, w->after.preempt, w->before.preempt);
	KUNIT_EXPECT_EQ(test, w->after.rcu, w->before.rcu);
	KUNIT_EXPECT_EQ(test, w->after.locks, w->before.locks);
	KUNIT_EXPECT_EQ(test, w->after.irqs_off, w->before.irqs_off);
	KUNIT_EXPECT_EQ(test, w->after.state, TASK_RUNNING);
}

static struct waiter *waiter_alloc(struct kunit *test, struct mm_struct *mm,
				   unsigned long addr)
{
	struct waiter *w = mmk_task_alloc(test, sizeof(*w), mm, waiter_main);

	w->addr = addr;
	return w;
}

static struct waiter *moving_waiter(struct kunit *test, struct moving *m)
{
	struct waiter *w = waiter_alloc(test, m->mm, m->addr);

	w->huge = m->huge;
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
 * @left_waiters: it was set when the queue lock was dropped last
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
	bool left_waiters;
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
	if (lock == w->queue_lock) {
		watch_note(w, 'q');
		w->left_waiters = folio_test_waiters(w->folio);
	}
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
	w->ptl = mmk_lock_map(entry_ptl(m->mm, m->addr, m->huge));
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
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, fault->task.task,
						   m.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_waiters(m.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_locked(m.folio));
	KUNIT_EXPECT_EQ(test, (int)mmk_pte_kind(m.mm, m.addr), (int)c->kind);

	dst = mmk_hold_copy(test, m.hold);
	remove_migration_ptes(m.folio, dst, 0);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));
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
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&a->task));
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
		KUNIT_ASSERT_TRUE(test, mmk_task_waits(&faults[i]->task));
	return faults;
}

/* After the first that does not end, the others are not waited for. */
static void expect_all_end(struct kunit *test, struct mmk_fault **faults,
			   unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr && mmk_task_join(&faults[i]->task); i++)
		KUNIT_EXPECT_EQ_MSG(test, faults[i]->ret, 0,
				    "waiter %u of %u", i, nr);
	KUNIT_EXPECT_EQ_MSG(test, i, nr, "waiter %u of %u does not end", i, nr);
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
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&w->task));
	watch_stop(watch);
	KUNIT_EXPECT_GE_MSG(test, watch->nr, 4, "saw only \"%s\"",
			    watch->order);
	KUNIT_EXPECT_EQ_MSG(test, watch->max_refs, 1,
			    "only the isolation may have a reference");
	KUNIT_EXPECT_EQ(test, folio_ref_count(m.folio), 1);

	moving_put_back(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
}

static const struct many_case crowded_cases[] = {
	{ "2 waiters", 2 },
	{ "8 waiters", 8 },
	{ "64 waiters", 64 },
};

KUNIT_ARRAY_PARAM_DESC(crowded, crowded_cases, description);

/**
 * waiters_of_many_cpus_take_no_reference() - While all of them arrive at once
 * @test: the running case
 *
 * Tasks on all other CPUs are held up at the ptl and then let go together; the
 * first of them is held up once more right before it goes into the queue. From
 * then on until all of them stand there the case, on its own CPU, does nothing
 * but look at the references on the folio: there is that of the isolation and
 * never another. The migration then succeeds the first time.
 *
 * Contract: MW-2
 */
static void waiters_of_many_cpus_take_no_reference(struct kunit *test)
{
	const struct many_case *c = test->param_value;
	struct mmk_fault **faults;
	bool at_ptl, at_queue, all_queued;
	int refs = 0, queued;
	struct folio *dst;
	struct moving m;
	spinlock_t *ptl;
	unsigned int i;

	mmk_need_cpus(test, 2);
	moving_init(test, &m);
	ptl = pte_lockptr(m.mm, mm_find_pmd(m.mm, m.addr));
	faults = kunit_kcalloc(test, c->nr, sizeof(*faults), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, faults);
	for (i = 0; i < c->nr; i++) {
		faults[i] = mmk_fault_alloc(test, m.mm, m.addr,
					    FAULT_FLAG_DEFAULT, MMK_MMAP_LOCK);
		mmk_task_place(&faults[i]->task,
			       1 + i % (max(num_online_cpus(), 2U) - 1));
	}

	spin_lock(ptl);
	for (i = 0; i < c->nr; i++)
		mmk_task_start(&faults[i]->task);
	at_ptl = mmk_lock_is_spun_on(ptl);
	spin_lock_irq(&m.queue->lock);
	spin_unlock(ptl);
	at_queue = mmk_lock_is_spun_on(&m.queue->lock);
	refs = folio_ref_count(m.folio);
	spin_unlock_irq(&m.queue->lock);
	all_queued = mmk_spin_for((refs = max(refs, folio_ref_count(m.folio)),
				   queued = mmk_folio_nr_waiting(test, m.folio),
				   queued == c->nr));
	KUNIT_EXPECT_TRUE(test, at_ptl);
	KUNIT_EXPECT_TRUE(test, at_queue);
	KUNIT_EXPECT_TRUE_MSG(test, all_queued, "only %d queued", queued);
	KUNIT_EXPECT_EQ_MSG(test, refs, 1,
			    "only the isolation may have a reference");

	dst = mmk_hold_copy(test, m.hold);
	remove_migration_ptes(m.folio, dst, 0);
	mmk_hold_finish(test, m.hold, true);
	expect_all_end(test, faults, c->nr);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, m.mm, m.addr), dst);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, m.addr, 1, SEED));
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

	moving_end(test, &m);
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
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));
	watch_stop(watch);
	KUNIT_EXPECT_TRUE(test, watch->queued);
	KUNIT_EXPECT_TRUE(test, watch->waiters);
	KUNIT_EXPECT_STREQ(test, watch->order, "PQqp");

	moving_end(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
}

/**
 * ptl_is_held_by_who_stops_at_the_queue() - Stopped half-way, from another CPU
 * @test: the running case
 *
 * A fault on another CPU is stopped right before it goes into the queue, because
 * the case holds the lock of that. The ptl is held all the while, and nobody has
 * taken a reference. Whoever takes the ptl next finds it in the queue, and
 * PG_waiters set.
 *
 * Catches, every time and without any debug option, a ptl that is dropped before
 * the queue lock is taken, with or without PG_waiters set, and a reference that
 * is taken under the ptl, even if it is dropped before the task sleeps.
 *
 * Contract: MW-3, MW-2
 */
static void ptl_is_held_by_who_stops_at_the_queue(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	bool at_ptl, at_queue, queued, waiters;
	unsigned int i, dropped = 0;
	struct mmk_fault *fault;
	struct moving m;
	spinlock_t *ptl;
	int refs;

	mmk_need_cpus(test, 2);
	if (c->lock == MMK_VMA_LOCK && !IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");

	moving_init_kind(test, &m, c->kind);
	ptl = pte_lockptr(m.mm, mm_find_pmd(m.mm, m.addr));
	fault = mmk_fault_alloc(test, m.mm, m.addr, FAULT_FLAG_DEFAULT,
				c->lock);
	mmk_task_place(&fault->task, 1);

	/* The queue lock nests in the ptl: stop it at the ptl first. */
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
	queued = stands_in(m.queue, fault->task.task);
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

/* MW-4, MW-5: the ways out */

/* wait_returns_with_context_as_before(), for any kind of entry */
static void expect_context_kept(struct kunit *test, struct moving *m)
{
	struct waiter *w = moving_waiter(test, m);
	spinlock_t *ptl = entry_ptl(m->mm, m->addr, m->huge);
	bool free;

	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&w->task));
	KUNIT_EXPECT_FALSE(test, w->returned);
	KUNIT_EXPECT_EQ(test, lockdep_depth(w->task.task), w->before.locks);
	KUNIT_EXPECT_EQ(test, mmk_rcu_depth(w->task.task), w->before.rcu);
	/* Nobody else holds the ptl of this mm. */
	free = spin_trylock(ptl);
	if (free)
		spin_unlock(ptl);
	KUNIT_EXPECT_TRUE_MSG(test, free, "ptl held by who sleeps");

	moving_put_back(test, m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
	KUNIT_EXPECT_TRUE(test, w->returned);
	KUNIT_EXPECT_GT_MSG(test, w->after.switches, w->before.switches,
			    "did not sleep");
	expect_same_context(test, w);
}

/**
 * wait_returns_with_context_as_before() - The way out of who has slept
 * @test: the running case
 *
 * While it sleeps the waiter holds nothing but the mmap_lock that it came with,
 * and is in no RCU read-side critical section. When it returns the ptl has been
 * dropped and the pte unmapped, once each: preempt count, RCU nesting, locks
 * and interrupts are as before.
 *
 * Contract: MW-4
 */
static void wait_returns_with_context_as_before(struct kunit *test)
{
	struct moving m;

	moving_init(test, &m);
	expect_context_kept(test, &m);
}

static void page_release(void *page)
{
	__free_page(page);
}

static unsigned long make_no_table(struct kunit *test, struct mm_struct *mm,
				   struct mmk_dev *dev)
{
	unsigned long addr = mmk_map_anon(test, 2 * PTRS_PER_PTE);

	/* The next PMD is there then, and empty. */
	mmk_fill(test, addr, 1, SEED);
	return ALIGN(addr + 1, PMD_SIZE);
}

static unsigned long make_none(struct kunit *test, struct mm_struct *mm,
			       struct mmk_dev *dev)
{
	unsigned long addr = mmk_map_anon(test, 2);

	/* So that there is a page table. */
	mmk_fill(test, addr, 2, SEED);
	KUNIT_ASSERT_EQ(test, do_madvise(mm, addr, PAGE_SIZE, MADV_DONTNEED),
			0);
	return addr;
}

static unsigned long make_present(struct kunit *test, struct mm_struct *mm,
				  struct mmk_dev *dev)
{
	unsigned long addr = mmk_map_anon(test, 1);

	mmk_fill(test, addr, 1, SEED);
	return addr;
}

static unsigned long make_swap(struct kunit *test, struct mm_struct *mm,
			       struct mmk_dev *dev)
{
	unsigned long addr;

	mmk_swap_on(test);
	addr = make_present(test, mm, dev);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	return addr;
}

static unsigned long make_device_private(struct kunit *test,
					 struct mm_struct *mm,
					 struct mmk_dev *dev)
{
	unsigned long addr = make_present(test, mm, dev);

	mmk_migrate_to_dev(test, mm, addr, dev);
	return addr;
}

static unsigned long make_exclusive(struct kunit *test, struct mm_struct *mm,
				    struct mmk_dev *dev)
{
	unsigned long addr = make_present(test, mm, dev);
	struct page *page;

	mmap_read_lock(mm);
	page = mmk_make_device_exclusive(mm, addr, dev);
	mmap_read_unlock(mm);
	KUNIT_ASSERT_NOT_NULL(test, page);
	unlock_page(page);
	put_page(page);
	return addr;
}

/* Put an entry where there was nothing, as the fault handler would meet it. */
static unsigned long make_entry(struct kunit *test, struct mm_struct *mm,
				softleaf_t entry)
{
	unsigned long addr = make_none(test, mm, NULL);
	spinlock_t *ptl;
	pte_t *ptep;

	ptep = pte_offset_map_lock(mm, mm_find_pmd(mm, addr), addr, &ptl);
	KUNIT_ASSERT_NOT_NULL(test, ptep);
	set_pte_at(mm, addr, ptep, softleaf_to_pte(entry));
	pte_unmap_unlock(ptep, ptl);
	return addr;
}

static unsigned long make_hwpoison(struct kunit *test, struct mm_struct *mm,
				   struct mmk_dev *dev)
{
	struct page *page;

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		kunit_skip(test, "needs CONFIG_MEMORY_FAILURE");
	page = alloc_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, page_release,
							page), 0);
	return make_entry(test, mm, make_hwpoison_entry(page));
}

static unsigned long make_marker(struct kunit *test, struct mm_struct *mm,
				 struct mmk_dev *dev)
{
	return make_entry(test, mm, make_poisoned_swp_entry());
}

/**
 * struct other_case - What there may be instead of a migration entry
 * @description: for the log
 * @make: makes it, and returns its address
 * @kind: what it then is
 * @lock: lock the folio that it refers to
 */
struct other_case {
	const char *description;
	unsigned long (*make)(struct kunit *test, struct mm_struct *mm,
			      struct mmk_dev *dev);
	enum mmk_pte_kind kind;
	bool lock;
};

static const struct other_case other_cases[] = {
	{ "no page table", make_no_table, MMK_PTE_NO_TABLE, false },
	{ "none", make_none, MMK_PTE_NONE, false },
	{ "present", make_present, MMK_PTE_PRESENT, true },
	{ "swap", make_swap, MMK_PTE_SWAP, false },
	{ "device-private", make_device_private,
	  MMK_PTE_DEVICE_PRIVATE_WRITE, true },
	{ "device-exclusive", make_exclusive, MMK_PTE_DEVICE_EXCLUSIVE,
	  true },
	{ "hwpoison", make_hwpoison, MMK_PTE_HWPOISON, true },
	{ "marker", make_marker, MMK_PTE_MARKER, false },
};

KUNIT_ARRAY_PARAM_DESC(other, other_cases, description);

/**
 * nothing_to_wait_for_returns_at_once() - The entry has gone meanwhile
 * @test: the running case
 *
 * Between the fault and the ptl the entry may have become anything else. What
 * is there is left alone, and so is its folio, which is locked here: who waited
 * for it would sleep. The ptl is dropped and the pte unmapped, once each.
 *
 * Contract: MW-4, MW-5
 */
static void nothing_to_wait_for_returns_at_once(struct kunit *test)
{
	const struct other_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = c->make(test, mm, dev);
	struct folio *folio = NULL;
	struct waiter *w;
	bool returned;
	pte_t pte;
	int refs = 0;

	KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(mm, addr), (int)c->kind);
	w = waiter_alloc(test, mm, addr);
	pte = mmk_pte(mm, addr);
	lru_add_drain_all();
	if (c->lock) {
		folio = mmk_pte_folio(test, mm, addr);
		refs = folio_ref_count(folio);
		folio_lock(folio);
	}

	mmk_task_start(&w->task);
	returned = mmk_task_join(&w->task);
	KUNIT_EXPECT_TRUE(test, returned);
	if (folio) {
		KUNIT_EXPECT_FALSE(test, folio_test_waiters(folio));
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), refs);
		KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
		folio_unlock(folio);
	}
	KUNIT_EXPECT_EQ_MSG(test, w->after.switches, w->before.switches,
			    "slept");
	expect_same_context(test, w);
	KUNIT_EXPECT_EQ(test, pte_val(mmk_pte(mm, addr)), pte_val(pte));
}

/* MW-6: unlocked in the last moment */

static void unlock_once(struct folio *folio)
{
	if (folio_test_locked(folio))
		folio_unlock(folio);
}

/* unlocked_folio_is_not_waited_for(), for any kind of entry */
static void expect_not_waited_for(struct kunit *test, struct moving *m)
{
	struct waiter *w = moving_waiter(test, m);
	struct lock_watch *watch;

	watch = watch_start(test, m, &w->task, unlock_once);
	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
	watch_stop(watch);
	KUNIT_EXPECT_STREQ(test, watch->order, "PQqp");
	KUNIT_EXPECT_FALSE_MSG(test, watch->queued, "was queued");
	KUNIT_EXPECT_EQ_MSG(test, w->after.switches, w->before.switches,
			    "slept");
	expect_same_context(test, w);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, m->folio), 0);
	KUNIT_EXPECT_EQ(test, watch->max_refs, 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(m->folio), 1);
	/* Set before it looked: an unlock in between would have seen it. */
	KUNIT_EXPECT_TRUE(test, folio_test_waiters(m->folio));

	/* Locked again, as the hold has it, in any case. */
	KUNIT_EXPECT_TRUE_MSG(test, folio_trylock(m->folio), "left locked");
	moving_end(test, m);
}

/**
 * unlocked_folio_is_not_waited_for() - The folio is unlocked in the last moment
 * @test: the running case
 *
 * The folio is unlocked after the waiter has looked up the entry, and right
 * before it takes the queue lock. There is nothing to wait for any more: it is
 * not queued, does not sleep, and leaves the folio unlocked. The ptl is dropped
 * and the pte unmapped, once each. PG_waiters is set, as it has to be before the
 * look at PG_locked: if the unlock came between the two the other way round,
 * nobody would wake the waiter.
 *
 * Contract: MW-4, MW-6, MW-7
 */
static void unlocked_folio_is_not_waited_for(struct kunit *test)
{
	struct moving m;

	moving_init(test, &m);
	expect_not_waited_for(test, &m);
}

static void unlock_and_lock(struct folio *folio)
{
	if (folio_test_locked(folio)) {
		folio_unlock(folio);
		folio_trylock(folio);
	}
}

/**
 * folio_locked_again_is_waited_for() - Unlocked and locked in the last moment
 * @test: the running case
 *
 * The folio is unlocked, its last waiters are woken, and it is locked again, all
 * of it after the waiter has looked up the entry and right before it takes the
 * queue lock. It waits for the new owner, and is not forgotten: PG_waiters is
 * set again, although it was cleared together with the others.
 *
 * Contract: MW-3, MW-7
 */
static void folio_locked_again_is_waited_for(struct kunit *test)
{
	struct lock_watch *watch;
	struct waiter *before, *w;
	struct moving m;

	moving_init(test, &m);
	before = waiter_alloc(test, m.mm, m.addr);
	mmk_task_start(&before->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&before->task));
	w = waiter_alloc(test, m.mm, m.addr);
	watch = watch_start(test, &m, &w->task, unlock_and_lock);
	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&w->task));
	watch_stop(watch);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&before->task));
	KUNIT_EXPECT_TRUE(test, watch->queued);
	KUNIT_EXPECT_TRUE(test, watch->waiters);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(m.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_waiters(m.folio));

	moving_end(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
}

/* MW-7: waiters for other folios in the same queue */

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
	struct waiter *w = waiter_alloc(test, m->mm, m->addr);

	mmk_task_start(&w->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_waits(&w->task));
	return w;
}

/**
 * unlock_wakes_own_waiters_and_no_others() - Two folios share a wait queue
 * @test: the running case
 *
 * Tasks wait for two folios that hash to the same queue, and stand in it in
 * turns. The unlock of one wakes all of its waiters; the others do not so much
 * as wake up and sleep again, and are still known to be there. When the last
 * has gone PG_waiters is cleared: at once if the queue is empty, otherwise by
 * the next unlock.
 *
 * Contract: MW-7
 */
static void unlock_wakes_own_waiters_and_no_others(struct kunit *test)
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
	waiter_main(task);
}

/**
 * waiters_flag_is_cleared_inside_the_queue_lock() - Not when others may come
 * @test: the running case
 *
 * The unlock that wakes the last waiter has cleared PG_waiters when it drops the
 * queue lock. From then on the next waiter may set it.
 *
 * Contract: MW-7
 */
static void waiters_flag_is_cleared_inside_the_queue_lock(struct kunit *test)
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
	watch = watch_start(test, &m, &u->task, NULL);
	mmk_task_start(&u->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&u->task));
	watch_stop(watch);
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

	/* Who waits on this CPU does not let it go: that one comes last. */
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
		w[i] = waiter_alloc(test, a->mm, both[i]->addr);
		mmk_task_place(&w[i]->task, 0);
		mmk_task_start(&w[i]->task);
		KUNIT_ASSERT_TRUE(test, mmk_task_waits(&w[i]->task));
		late[i] = waiter_alloc(test, a->mm, both[i]->addr);
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
 * @test: the running case
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
 * waiter_behind_a_locker_is_woken_by_its_unlock() - A lock in between
 * @test: the running case
 *
 * Between two tasks that wait for the end of the migration stands one that wants
 * the folio lock. The unlock wakes those up to the one that gets the lock; who
 * stands behind it waits on, PG_waiters stays set, and the next unlock wakes it.
 *
 * Contract: MW-7
 */
static void waiter_behind_a_locker_is_woken_by_its_unlock(struct kunit *test)
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

/* MW-8: signals */

static void signalled_main(struct mmk_task *task)
{
	/* A kernel thread ignores them otherwise. */
	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	waiter_main(task);
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
 * signal_does_not_end_the_wait() - The sleep is uninterruptible
 * @test: the running case
 *
 * A signal does not wake who waits. Something else does, with the signal
 * pending: it goes back to sleep, in its old place in the queue, until the folio
 * is unlocked.
 *
 * Contract: MW-8
 */
static void signal_does_not_end_the_wait(struct kunit *test)
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
	/* Had it been woken, it would have to run: it does not want to. */
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

/* Allocate until a page that has just been freed comes back. */
static struct page *reuse_page(struct kunit *test, struct page *wanted)
{
	struct list_head *others;
	struct page *page;
	int tries;

	others = kunit_kzalloc(test, sizeof(*others), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, others);
	INIT_LIST_HEAD(others);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, pages_release,
							   others));
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
 * @test: the running case
 *
 * The migration succeeds: the old folio is unlocked, freed, and its page handed
 * out again before the waiter that the unlock has woken gets to run. The new
 * owner has it locked, with waiters of its own. The waiter comes back all the
 * same, and nothing about the page has changed.
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
	w = waiter_alloc(test, m.mm, m.addr);
	kthread_bind(w->task.task, raw_smp_processor_id());
	mmk_task_start(&w->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_waits(&w->task));
	dst = mmk_hold_copy(test, m.hold);
	remove_migration_ptes(m.folio, dst, 0);

	/* Nobody who is woken runs before this thread sleeps. */
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
 * @nested: the waiter counts as stalled already
 * @stalled: what it counts as while it waits
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
 * struct stalled - A waiter that is accounted
 * @waiter: the waiter
 * @nested: whether it counts as stalled from the start
 * @stalled: whether it does when it has waited
 * @thrashing: the same, of delay accounting
 * @nr_thrashings: how many delays that has counted by then
 * @thrashing_ns: how long they were
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
	waiter_main(task);
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

/* Tasks that are made from now on have their delays accounted. */
static void delayacct_begin(struct kunit *test)
{
	if (delayacct_on)
		return;
	delayacct_switch(test);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, delayacct_switch,
							   NULL));
}
#else
static void delayacct_begin(struct kunit *test)
{
}
#endif

/**
 * wait_counts_as_stall_for_thrashing_folio() - Pressure stall information
 * @test: the running case
 *
 * A folio that is not uptodate, but was in the working set, has been evicted too
 * early: who waits for it is stalled for want of memory. Nobody else is. After
 * the wait the task counts as what it did before, even if that was stalled. Delay
 * accounting counts the wait once, with the time that it took, if nobody does
 * already.
 *
 * Contract: MW-10
 */
static void wait_counts_as_stall_for_thrashing_folio(struct kunit *test)
{
	const bool accounts = IS_ENABLED(CONFIG_TASK_DELAY_ACCT);
	const struct thrashing_case *c = test->param_value;
	unsigned long begin = jiffies, asleep;
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
	/* A wait that takes no time does not count. */
	asleep = jiffies;
	KUNIT_EXPECT_TRUE(test, mmk_wait_for(time_after(jiffies, asleep + 1)));

	folio_mark_uptodate(m.folio);
	moving_put_back(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&s->waiter.task));
	KUNIT_EXPECT_EQ(test, s->stalled, c->nested);
	KUNIT_EXPECT_EQ(test, s->thrashing, accounts && c->nested);
	counts = accounts && c->stalled && !c->nested;
	KUNIT_EXPECT_EQ(test, s->nr_thrashings, (unsigned int)counts);
	KUNIT_EXPECT_EQ(test, s->thrashing_ns > 0, counts);
	KUNIT_EXPECT_LE(test, s->thrashing_ns,
			jiffies_to_nsecs(jiffies - begin + 1));
	expect_same_context(test, &s->waiter);
}

/* MW-11: several tasks, one device-private page */

/**
 * struct crowd - Tasks that fault one device-private page
 * @nr: how many
 * @tasks: the tasks; the first is started by the case
 * @asleep: how many of the others came to wait for the first
 */
struct crowd {
	unsigned int nr;
	struct access *tasks[8];
	unsigned int asleep;
};

/* Ends the endless loop that a kernel under test may be in. */
static vm_fault_t bounded_to_ram(struct mmk_dev *dev, struct vm_fault *vmf)
{
	if (atomic_read(&dev->nr_to_ram) > MMK_DEV_LOG)
		return VM_FAULT_SIGBUS;
	return mmk_dev_to_ram(dev, vmf);
}

/* migrate_to_ram of the first, in the middle of which the others arrive. */
static vm_fault_t crowd_to_ram(struct mmk_dev *dev, struct vm_fault *vmf)
{
	struct crowd *crowd = dev->data;
	unsigned long src = 0, dst = 0;
	struct migrate_vma args = {
		.vma		= vmf->vma,
		.start		= vmf->address & PAGE_MASK,
		.end		= (vmf->address & PAGE_MASK) + PAGE_SIZE,
		.src		= &src,
		.dst		= &dst,
		.pgmap_owner	= dev->pgmap.owner,
		.fault_page	= vmf->page,
		.flags		= MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
	};
	struct page *page;
	unsigned int i;

	/* Should it be called again. */
	dev->to_ram = bounded_to_ram;
	if (migrate_vma_setup(&args))
		return VM_FAULT_SIGBUS;

	for (i = 1; i < crowd->nr; i++)
		mmk_task_start(&crowd->tasks[i]->task);
	for (i = 1; i < crowd->nr; i++)
		crowd->asleep += mmk_task_waits(&crowd->tasks[i]->task);

	if (src & MIGRATE_PFN_MIGRATE) {
		page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NOFAIL);
		lock_page(page);
		copy_highpage(page, mmk_dev_backing(vmf->page));
		dst = migrate_pfn(page_to_pfn(page)) |
		      (src & MIGRATE_PFN_WRITE);
	}
	migrate_vma_pages(&args);
	migrate_vma_finalize(&args);
	return 0;
}

static const struct many_case crowd_cases[] = {
	{ "2 tasks", 2 },
	{ "4 tasks", 4 },
	{ "8 tasks", 8 },
};

KUNIT_ARRAY_PARAM_DESC(crowd, crowd_cases, description);

/**
 * tasks_that_wait_for_migrate_to_ram_end() - One migrates, the others wait
 * @test: the running case
 *
 * A task faults on a device-private page. While its driver brings the page back,
 * others fault on the same page, and wait. They keep nobody from anything:
 * migrate_to_ram runs once, all accesses are served, and no byte is lost.
 *
 * Contract: MW-11
 */
static void tasks_that_wait_for_migrate_to_ram_end(struct kunit *test)
{
	const struct many_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct crowd *crowd;
	struct folio *folio;
	unsigned int i;

	mmk_fill(test, addr, 1, SEED);
	mmk_migrate_to_dev(test, mm, addr, dev);
	crowd = kunit_kzalloc(test, sizeof(*crowd), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, crowd);
	crowd->nr = c->nr;
	for (i = 0; i < c->nr; i++) {
		crowd->tasks[i] = mmk_task_alloc(test, sizeof(struct access),
						 mm, access_read);
		crowd->tasks[i]->addr = addr;
	}
	dev->data = crowd;
	dev->to_ram = crowd_to_ram;

	mmk_task_start(&crowd->tasks[0]->task);
	for (i = 0; i < c->nr; i++) {
		KUNIT_EXPECT_TRUE(test,
				  mmk_task_join(&crowd->tasks[i]->task));
		KUNIT_EXPECT_EQ(test, crowd->tasks[i]->err, 0);
		KUNIT_EXPECT_EQ(test, crowd->tasks[i]->byte, SEED);
	}
	KUNIT_EXPECT_EQ(test, crowd->asleep, c->nr - 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, SEED));
	folio = mmk_pte_folio(test, mm, addr);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
}

/**
 * locked_device_private_page_is_waited_for() - Without a reference
 * @test: the running case
 *
 * Somebody has a device-private page locked, as the fault does that is already
 * in migrate_to_ram. Another fault on it does not go there as well, but waits
 * for the unlock, as if for a migration entry: in the queue, with no reference
 * that would fail the migration of the first. Then it comes back, and the next
 * try finds what there is by then.
 *
 * Contract: MW-11, MW-2
 */
static void locked_device_private_page_is_waited_for(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_fault *fault;
	struct folio *folio;

	if (!MMK_TO_RAM_LOCKED)
		kunit_skip(test, "faults call migrate_to_ram with the page unlocked");

	mmk_fill(test, addr, 1, SEED);
	folio = page_folio(mmk_migrate_to_dev(test, mm, addr, dev));
	folio_lock(folio);
	fault = mmk_fault_start(test, mm, addr, FAULT_FLAG_DEFAULT,
				MMK_MMAP_LOCK);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, fault->task.task,
						   folio));
	KUNIT_EXPECT_TRUE(test, folio_test_waiters(folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	/* Nothing but the lock that it came with */
	KUNIT_EXPECT_EQ(test, lockdep_depth(fault->task.task),
			IS_ENABLED(CONFIG_LOCKDEP));
	MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_WRITE);

	folio_unlock(folio);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 0);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_waiters(folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_WRITE);

	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, SEED));
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
}

/**
 * struct queue_up - Tasks that have to pass one after the other
 * @faults: the tasks
 * @go: completed when a task may go on
 * @entered: a task has come to migrate_to_ram
 * @nr: how many
 */
struct queue_up {
	struct mmk_fault *faults[8];
	struct completion go[8];
	bool entered[8];
	unsigned int nr;
};

static vm_fault_t queue_up_to_ram(struct mmk_dev *dev, struct vm_fault *vmf)
{
	struct queue_up *q = dev->data;
	unsigned int i;

	for (i = 0; i < q->nr; i++)
		if (q->faults[i]->task.task == current)
			break;
	if (i < q->nr) {
		WRITE_ONCE(q->entered[i], true);
		wait_for_completion_timeout(&q->go[i], 2 * MMK_DEADLINE);
	}
	return mmk_dev_to_ram(dev, vmf);
}

/* It is either in migrate_to_ram, or waits for the one that is. */
static bool has_met(struct kunit *test, struct queue_up *q, unsigned int i,
		    struct folio *folio)
{
	struct task_struct *task = q->faults[i]->task.task;

	return mmk_wait_for(READ_ONCE(q->entered[i]) ||
			    mmk_task_waits_for(test, task, folio));
}

static void queue_up_release(void *data)
{
	struct queue_up *q = data;
	unsigned int i;

	for (i = 0; i < q->nr; i++)
		complete_all(&q->go[i]);
}

/**
 * tasks_that_meet_in_migrate_to_ram_end() - All fault before any migrates
 * @test: the running case
 *
 * All tasks have faulted before the first of them migrates; they then go on one
 * by one. Up to 6.14 each of them is in migrate_to_ram with a reference on the
 * page, which fails the attempts of all but the last, and these have to leave
 * the page to the others as it was. Later kernels let only one in, and the
 * others wait for it. Either way one of them migrates, each calls
 * migrate_to_ram once at most, and no byte is lost.
 *
 * Contract: MW-11
 */
static void tasks_that_meet_in_migrate_to_ram_end(struct kunit *test)
{
	const struct many_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct queue_up *q;
	struct folio *folio;
	unsigned int i;

	mmk_fill(test, addr, 1, SEED);
	folio = page_folio(mmk_migrate_to_dev(test, mm, addr, dev));
	q = kunit_kzalloc(test, sizeof(*q), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, q);
	for (i = 0; i < c->nr; i++) {
		init_completion(&q->go[i]);
		q->faults[i] = mmk_fault_alloc(test, mm, addr,
					       FAULT_FLAG_DEFAULT,
					       MMK_MMAP_LOCK);
	}
	q->nr = c->nr;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test,
							   queue_up_release, q));
	dev->data = q;
	dev->to_ram = queue_up_to_ram;

	for (i = 0; i < c->nr; i++)
		mmk_task_start(&q->faults[i]->task);
	for (i = 0; i < c->nr; i++)
		KUNIT_EXPECT_TRUE(test, has_met(test, q, i, folio));

	for (i = 0; i < c->nr; i++) {
		if (!q->entered[i])
			continue;
		MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_WRITE);
		complete(&q->go[i]);
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&q->faults[i]->task));
		KUNIT_EXPECT_EQ(test, q->faults[i]->ret, 0);
	}
	for (i = 0; i < c->nr; i++)
		if (!q->entered[i])
			KUNIT_EXPECT_TRUE(test,
					  mmk_task_join(&q->faults[i]->task));

	dev->to_ram = bounded_to_ram;
	KUNIT_EXPECT_LE(test, atomic_read(&dev->nr_to_ram), c->nr);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, SEED));
	folio = mmk_pte_folio(test, mm, addr);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
}

/* MW-13: entries in a pmd */

/**
 * fault_on_huge_page_waits_in_the_queue() - A fault on an entry in a pmd
 * @test: the running case
 *
 * A huge page is under migration when a fault is taken on a part of it, under
 * either lock. The fault takes the ptl, goes into the folio's queue under it,
 * and drops it last. It holds no reference while it sleeps, nor before; sleeps
 * on when the page has been mapped again, and ends when the old folio is
 * unlocked. The next one finds the new page.
 *
 * Contract: MW-13
 */
static void fault_on_huge_page_waits_in_the_queue(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct lock_watch *watch;
	struct mmk_fault *fault;
	struct folio *dst;
	struct moving m;

	if (c->lock == MMK_VMA_LOCK && !IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");

	moving_init_huge(test, &m, c->kind);
	fault = mmk_fault_alloc(test, m.mm, m.addr + 5 * PAGE_SIZE,
				FAULT_FLAG_DEFAULT, c->lock);
	watch = watch_start(test, &m, &fault->task, NULL);
	mmk_task_start(&fault->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));
	watch_stop(watch);
	KUNIT_EXPECT_TRUE(test, watch->queued);
	KUNIT_EXPECT_TRUE(test, watch->waiters);
	KUNIT_EXPECT_STREQ(test, watch->order, "PQqp");
	KUNIT_EXPECT_EQ(test, watch->max_refs, 1);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, fault->task.task,
						   m.folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(m.folio), 1);
	KUNIT_EXPECT_EQ(test, (int)moving_kind(&m), (int)c->kind);

	dst = mmk_hold_copy(test, m.hold);
	remove_migration_ptes(m.folio, dst, 0);
	MMK_EXPECT_PMD(test, m.mm, m.addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));

	mmk_hold_finish(test, m.hold, true);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_EQ(test, fault->tries, 1);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(m.mm, m.addr, false), 0);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, m.mm, m.addr), dst);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, m.addr, 1, SEED));
	KUNIT_EXPECT_FALSE(test, folio_test_waiters(dst));
}

/**
 * waiters_for_huge_page_hold_no_reference() - N tasks wait for one huge page
 * @test: the running case
 *
 * As waiters_hold_no_reference(): all of them stand in the queue, none has a
 * reference, and the migration succeeds the first time.
 *
 * Contract: MW-13
 */
static void waiters_for_huge_page_hold_no_reference(struct kunit *test)
{
	const struct many_case *c = test->param_value;
	struct mmk_fault **faults;
	struct folio *dst;
	struct moving m;

	moving_init_huge(test, &m, MMK_PTE_MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, folio_ref_count(m.folio), 1);
	faults = sleepers(test, m.mm, m.addr, c->nr);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, m.folio), c->nr);
	KUNIT_EXPECT_EQ(test, folio_ref_count(m.folio), 1);

	dst = mmk_hold_copy(test, m.hold);
	remove_migration_ptes(m.folio, dst, 0);
	mmk_hold_finish(test, m.hold, true);
	expect_all_end(test, faults, c->nr);
	MMK_EXPECT_PMD(test, m.mm, m.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, m.mm, m.addr), dst);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), 1);
}

/**
 * wait_for_huge_page_returns_with_context_as_before() - The way out of who slept
 * @test: the running case
 *
 * As wait_returns_with_context_as_before(), for an entry in a pmd.
 *
 * Contract: MW-13
 */
static void
wait_for_huge_page_returns_with_context_as_before(struct kunit *test)
{
	struct moving m;

	moving_init_huge(test, &m, MMK_PTE_MIGRATION_WRITE);
	expect_context_kept(test, &m);
}

/**
 * huge_page_unlocked_meanwhile_is_not_waited_for() - Unlocked in the last moment
 * @test: the running case
 *
 * As unlocked_folio_is_not_waited_for(), for an entry in a pmd.
 *
 * Contract: MW-13
 */
static void huge_page_unlocked_meanwhile_is_not_waited_for(struct kunit *test)
{
	struct moving m;

	moving_init_huge(test, &m, MMK_PTE_MIGRATION_WRITE);
	expect_not_waited_for(test, &m);
}

/**
 * struct pmd_case - A pmd that is no migration entry any more
 * @description: for the log
 * @kind: what it is
 */
struct pmd_case {
	const char *description;
	enum mmk_pte_kind kind;
};

static const struct pmd_case pmd_cases[] = {
	{ "none", MMK_PTE_NONE },
	{ "huge page", MMK_PTE_PRESENT },
	{ "page table", MMK_PTE_TABLE },
};

KUNIT_ARRAY_PARAM_DESC(pmd, pmd_cases, description);

/**
 * pmd_without_entry_is_not_waited_for() - The entry has gone meanwhile
 * @test: the running case
 *
 * As nothing_to_wait_for_returns_at_once(): what is there is left alone, and so
 * is its folio, which is locked. The ptl is dropped once.
 *
 * Contract: MW-13
 */
static void pmd_without_entry_is_not_waited_for(struct kunit *test)
{
	const struct pmd_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge(test, mm, 1);
	struct folio *folio = mmk_pmd_folio(test, mm, addr);
	struct waiter *w;
	int refs;
	pmd_t pmd;

	mmk_folio_get(test, folio);
	if (c->kind == MMK_PTE_NONE)
		KUNIT_ASSERT_EQ(test, vm_munmap(addr, MMK_HUGE_SIZE), 0);
	if (c->kind == MMK_PTE_TABLE)
		KUNIT_ASSERT_EQ(test, sys_mprotect(addr, PAGE_SIZE, PROT_READ),
				0L);
	pmd = mmk_pmd(mm, addr);
	KUNIT_ASSERT_EQ(test, (int)mmk_pmd_kind(mm, addr), (int)c->kind);
	w = waiter_alloc(test, mm, addr);
	w->huge = true;
	lru_add_drain_all();
	refs = folio_ref_count(folio);

	folio_lock(folio);
	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
	KUNIT_EXPECT_FALSE(test, folio_test_waiters(folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), refs);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
	folio_unlock(folio);
	KUNIT_EXPECT_EQ_MSG(test, w->after.switches, w->before.switches,
			    "slept");
	expect_same_context(test, w);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(mm, addr)), pmd_val(pmd));
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

/* MW-14: a page that many tasks want */

/* How many migrations are counted; more make the figure smoother. */
static uint hammer_moves = 3;
module_param_named(moves, hammer_moves, uint, 0444);

/**
 * struct hammer - A task that reads one byte again and again
 * @task: the thread
 * @addr: where
 * @stop: until this is set
 * @err: an access was not served
 */
struct hammer {
	struct mmk_task task;
	unsigned long addr;
	bool stop;
	bool err;
};

static void hammer_main(struct mmk_task *task)
{
	struct hammer *h = container_of(task, struct hammer, task);
	u8 byte;

	while (!READ_ONCE(h->stop)) {
		h->err |= get_user(byte, (u8 __user *)h->addr) || byte != SEED;
		/* Virtual time only goes by for what is said to take some. */
		udelay(1);
		cond_resched();
	}
}

static void hammer_stop(void *data)
{
	struct hammer *h = data;

	WRITE_ONCE(h->stop, true);
}

static const struct many_case hammer_cases[] = {
	{ "0 tasks", 0 },
	{ "1 task", 1 },
	{ "2 tasks", 2 },
	{ "4 tasks", 4 },
	{ "8 tasks", 8 },
	{ "16 tasks", 16 },
};

KUNIT_ARRAY_PARAM_DESC(hammer, hammer_cases, description);

/**
 * migrations_of_hammered_page_are_counted() - How many succeed
 * @test: the running case
 *
 * Moves a page again and again while this many tasks read it, and prints how
 * many of the migrations succeeded, and how many tries they took. It is copied
 * when all of them have met the entry and wait. Who waits takes no reference, so
 * that each migration succeeds the first time; and all accesses are served. The
 * parameter "moves" says how many to count.
 *
 * Contract: MW-14
 */
static void migrations_of_hammered_page_are_counted(struct kunit *test)
{
	const unsigned int nr_moves = hammer_moves, max_tries = 10;
	const struct many_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	unsigned int i, j, try, moved = 0, tries = 0;
	struct mmk_vma *v = mmk_vma_alloc(test, mm, addr, 1,
					  MIGRATE_VMA_SELECT_SYSTEM, NULL);
	struct hammer *h[16];

	mmk_fill(test, addr, 1, SEED);
	for (i = 0; i < c->nr; i++) {
		h[i] = mmk_task_alloc(test, sizeof(**h), mm, hammer_main);
		h[i]->addr = addr;
		KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test,
								   hammer_stop,
								   h[i]));
		mmk_task_start(&h[i]->task);
	}

	/* Does not wait for its turn among them. */
	sched_set_fifo(current);
	for (i = 0; i < nr_moves; i++) {
		for (try = 0; try < max_tries; try++) {
			tries++;
			KUNIT_ASSERT_EQ(test, mmk_vma_setup(v), 0);
			/* A driver takes its time to copy: all come to wait. */
			for (j = 0; j < c->nr && v->src[0] & MIGRATE_PFN_MIGRATE;
			     j++)
				KUNIT_ASSERT_TRUE(test,
						  mmk_task_waits(&h[j]->task));
			mmk_vma_copy_to_ram(test, v);
			mmk_vma_pages(v);
			mmk_vma_finalize(v);
			if (v->src[0] & MIGRATE_PFN_MIGRATE)
				break;
		}
		moved += try < max_tries;
	}
	sched_set_normal(current, 0);
	kunit_info(test, "%u tasks: %u of %u migrations succeeded, in %u tries",
		   c->nr, moved, nr_moves, tries);
	KUNIT_EXPECT_EQ(test, moved, nr_moves);
	KUNIT_EXPECT_EQ(test, tries, nr_moves);

	for (i = 0; i < c->nr; i++)
		hammer_stop(h[i]);
	for (i = 0; i < c->nr; i++) {
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&h[i]->task));
		KUNIT_EXPECT_FALSE(test, h[i]->err);
	}
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, SEED));
}

static struct kunit_case migration_wait_cases[] = {
	KUNIT_CASE_PARAM(fault_sleeps_until_folio_is_unlocked, wait_gen_params),
	KUNIT_CASE_PARAM(access_is_served_after_migration, access_gen_params),
	KUNIT_CASE_PARAM(waiters_hold_no_reference, many_gen_params),
	KUNIT_CASE_PARAM(waiters_do_not_fail_device_migration, many_gen_params),
	KUNIT_CASE_PARAM(waiters_of_many_cpus_take_no_reference,
			 crowded_gen_params),
	KUNIT_CASE(wait_set_up_takes_no_reference),
	KUNIT_CASE(waiter_is_queued_when_preempted_at_ptl_drop),
	KUNIT_CASE(ptl_is_held_when_interrupts_come_on),
	KUNIT_CASE_PARAM(fault_queues_before_it_drops_ptl, wait_gen_params),
	KUNIT_CASE_PARAM(ptl_is_held_by_who_stops_at_the_queue,
			 wait_gen_params),
	KUNIT_CASE(wait_returns_with_context_as_before),
	KUNIT_CASE_PARAM(nothing_to_wait_for_returns_at_once, other_gen_params),
	KUNIT_CASE(unlocked_folio_is_not_waited_for),
	KUNIT_CASE(folio_locked_again_is_waited_for),
	KUNIT_CASE(unlock_wakes_own_waiters_and_no_others),
	KUNIT_CASE(waiters_flag_is_cleared_inside_the_queue_lock),
	KUNIT_CASE(unlocks_on_two_cpus_lose_no_waiter),
	KUNIT_CASE(waiter_behind_a_locker_is_woken_by_its_unlock),
	KUNIT_CASE_PARAM(signal_does_not_end_the_wait, signal_gen_params),
	KUNIT_CASE(woken_waiter_leaves_reused_folio_alone),
	KUNIT_CASE_PARAM(wait_counts_as_stall_for_thrashing_folio,
			 thrashing_gen_params),
	KUNIT_CASE_PARAM(tasks_that_wait_for_migrate_to_ram_end,
			 crowd_gen_params),
	KUNIT_CASE(locked_device_private_page_is_waited_for),
	KUNIT_CASE_PARAM(tasks_that_meet_in_migrate_to_ram_end,
			 crowd_gen_params),
	KUNIT_CASE_PARAM(pinned_device_page_is_refused_by_setup,
			 pinned_gen_params),
	KUNIT_CASE_PARAM(pinned_device_page_is_refused_by_range,
			 pinned_gen_params),
	KUNIT_CASE_PARAM(fault_on_huge_page_waits_in_the_queue,
			 wait_gen_params),
	KUNIT_CASE_PARAM(waiters_for_huge_page_hold_no_reference,
			 many_gen_params),
	KUNIT_CASE(wait_for_huge_page_returns_with_context_as_before),
	KUNIT_CASE(huge_page_unlocked_meanwhile_is_not_waited_for),
	KUNIT_CASE_PARAM(pmd_without_entry_is_not_waited_for, pmd_gen_params),
	KUNIT_CASE_PARAM(migrations_of_hammered_page_are_counted,
			 hammer_gen_params),
	{}
};

static struct kunit_suite migration_wait_suite = {
	.name = "migration_wait",
	.init = mmk_case_init,
	.test_cases = migration_wait_cases,
};

kunit_test_suite(migration_wait_suite);
