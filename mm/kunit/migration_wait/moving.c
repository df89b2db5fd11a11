// SPDX-License-Identifier: GPL-2.0
/*
 * A page under migration, tasks that wait for it, and the locks that they take.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/trace.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "moving.h"

static spinlock_t *entry_ptl(struct mm_struct *mm, unsigned long addr,
			     bool huge)
{
	pmd_t *pmd = mm_find_pmd(mm, addr);

	return huge ? pmd_lockptr(mm, pmd) : pte_lockptr(mm, pmd);
}

/* Replaces the pte or pmd of the page at @addr by an entry of a kind. */
void mw_moving_unmap(struct kunit *test, struct moving *m,
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

/* One anonymous page of a new mm, with an entry of a kind in its pte */
void mw_moving_init_kind(struct kunit *test, struct moving *m,
			 enum mmk_pte_kind kind)
{
	m->mm = mmk_mm_enter(test);
	m->huge = false;
	m->addr = mmk_map_anon(test, 1);
	mw_moving_unmap(test, m, kind, PAGE_SIZE);
}

static void context_read(struct context *c)
{
	c->preempt = preempt_count();
	c->rcu = rcu_preempt_depth();
	c->locks = lockdep_depth(current);
	c->irqs_off = irqs_disabled();
	c->state = READ_ONCE(current->__state);
	c->switches = current->nvcsw;
}

/* Lets the case go on if the kernel has left a lock or a count behind. */
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

void mw_waiter_main(struct mmk_task *task)
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

void mw_expect_same_context(struct kunit *test, const struct waiter *w)
{
	KUNIT_EXPECT_EQ(test, w->after.preempt, w->before.preempt);
	KUNIT_EXPECT_EQ(test, w->after.rcu, w->before.rcu);
	KUNIT_EXPECT_EQ(test, w->after.locks, w->before.locks);
	KUNIT_EXPECT_EQ(test, w->after.irqs_off, w->before.irqs_off);
	KUNIT_EXPECT_EQ(test, w->after.state, TASK_RUNNING);
}

struct waiter *mw_waiter_alloc(struct kunit *test, struct mm_struct *mm,
			       unsigned long addr)
{
	struct waiter *w = mmk_task_alloc(test, sizeof(*w), mm, mw_waiter_main);

	w->addr = addr;
	return w;
}

static struct waiter *moving_waiter(struct kunit *test, struct moving *m)
{
	struct waiter *w = mw_waiter_alloc(test, m->mm, m->addr);

	w->huge = m->huge;
	return w;
}

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

/* The caller holds the lock of the queue, or is alone on the only CPU. */
bool mw_stands_in(wait_queue_head_t *queue, struct task_struct *task)
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
		w->queued = mw_stands_in(w->queue, current);
		w->waiters = folio_test_waiters(w->folio);
	}
}

void mw_watch_stop(void *data)
{
	struct lock_watch *w = data;

	if (!w->on)
		return;
	w->on = false;
	mmk_unwatch_locks(watch_acquire, watch_release, w);
}

struct lock_watch *mw_watch_start(struct kunit *test, struct moving *m,
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
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, mw_watch_stop, w),
			0);
	return w;
}

const struct wait_case mw_wait_cases[] = {
	{ "writable, mmap_lock", MMK_PTE_MIGRATION_WRITE, MMK_MMAP_LOCK },
	{ "writable, VMA lock", MMK_PTE_MIGRATION_WRITE, MMK_VMA_LOCK },
	{ "readable, mmap_lock", MMK_PTE_MIGRATION_READ, MMK_MMAP_LOCK },
	{ "readable, VMA lock", MMK_PTE_MIGRATION_READ, MMK_VMA_LOCK },
	{ "readable exclusive, mmap_lock", MMK_PTE_MIGRATION_READ_EXCLUSIVE,
	  MMK_MMAP_LOCK },
	{ "readable exclusive, VMA lock", MMK_PTE_MIGRATION_READ_EXCLUSIVE,
	  MMK_VMA_LOCK },
};

const struct many_case mw_many_cases[] = {
	{ "1 waiter", 1 },
	{ "2 waiters", 2 },
	{ "8 waiters", 8 },
	{ "64 waiters", 64 },
};

/* Tasks that fault at one address, all of them asleep */
struct mmk_fault **mw_sleepers(struct kunit *test, struct mm_struct *mm,
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

/* Stops at the first task that does not end. */
void mw_expect_all_end(struct kunit *test, struct mmk_fault **faults,
		       unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr && mmk_task_join(&faults[i]->task); i++)
		KUNIT_EXPECT_EQ_MSG(test, faults[i]->ret, 0,
				    "waiter %u of %u", i, nr);
	KUNIT_EXPECT_EQ_MSG(test, i, nr, "waiter %u of %u does not end", i, nr);
}

/* wait_keeps_context(), for any kind of entry */
void mw_expect_context_kept(struct kunit *test, struct moving *m)
{
	struct waiter *w = moving_waiter(test, m);
	spinlock_t *ptl = entry_ptl(m->mm, m->addr, m->huge);
	bool free;

	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&w->task));
	KUNIT_EXPECT_FALSE(test, w->returned);
	KUNIT_EXPECT_EQ(test, lockdep_depth(w->task.task), w->before.locks);
	KUNIT_EXPECT_EQ(test, mmk_rcu_depth(w->task.task), w->before.rcu);
	/* No other task uses this mm. */
	free = spin_trylock(ptl);
	if (free)
		spin_unlock(ptl);
	KUNIT_EXPECT_TRUE_MSG(test, free, "ptl held by a task that sleeps");

	moving_put_back(test, m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
	KUNIT_EXPECT_TRUE(test, w->returned);
	KUNIT_EXPECT_GT_MSG(test, w->after.switches, w->before.switches,
			    "did not sleep");
	mw_expect_same_context(test, w);
}

static void unlock_once(struct folio *folio)
{
	if (folio_test_locked(folio))
		folio_unlock(folio);
}

/* unlocked_folio_is_not_waited_for(), for any kind of entry */
void mw_expect_not_waited_for(struct kunit *test, struct moving *m)
{
	struct waiter *w = moving_waiter(test, m);
	struct lock_watch *watch;

	watch = mw_watch_start(test, m, &w->task, unlock_once);
	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
	mw_watch_stop(watch);
	KUNIT_EXPECT_STREQ(test, watch->order, "PQqp");
	KUNIT_EXPECT_FALSE_MSG(test, watch->queued, "was queued");
	KUNIT_EXPECT_EQ_MSG(test, w->after.switches, w->before.switches,
			    "slept");
	mw_expect_same_context(test, w);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, m->folio), 0);
	KUNIT_EXPECT_EQ(test, watch->max_refs, 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(m->folio), 1);
	/* Set before PG_locked was tested, for an unlock in between to see */
	KUNIT_EXPECT_TRUE(test, folio_test_waiters(m->folio));

	/* The hold wants it locked again. */
	KUNIT_EXPECT_TRUE_MSG(test, folio_trylock(m->folio), "left locked");
	moving_end(test, m);
}
