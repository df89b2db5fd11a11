/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page under migration, tasks that wait for it, and the locks that they take
 */
#ifndef _MM_KUNIT_MIGRATION_WAIT_MOVING_H
#define _MM_KUNIT_MIGRATION_WAIT_MOVING_H

#include <kunit/test.h>
#include <linux/uaccess.h>

#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/pte.h"
#include "../lib/task.h"

#define SEED	0x5a

/**
 * struct moving - A page that is under migration
 * @mm: whose
 * @addr: where
 * @huge: it is a huge page, with its entry in the pmd
 * @folio: its folio
 * @hold: the migration's hold on @folio
 * @queue: the wait queue of @folio
 */
struct moving {
	struct mm_struct *mm;
	unsigned long addr;
	bool huge;
	struct folio *folio;
	struct mmk_hold *hold;
	wait_queue_head_t *queue;
};

static inline enum mmk_pte_kind moving_kind(const struct moving *m)
{
	return m->huge ? mmk_pmd_kind(m->mm, m->addr) :
			 mmk_pte_kind(m->mm, m->addr);
}

void mw_moving_unmap(struct kunit *test, struct moving *m,
		     enum mmk_pte_kind kind, size_t size);
void mw_moving_init_kind(struct kunit *test, struct moving *m,
			 enum mmk_pte_kind kind);

static inline void moving_init(struct kunit *test, struct moving *m)
{
	mw_moving_init_kind(test, m, MMK_PTE_MIGRATION_WRITE);
}

/*
 * Ends the migration without success: the page is mapped again, and unlocked.
 */
static inline void moving_put_back(struct kunit *test, struct moving *m)
{
	remove_migration_ptes(m->folio, m->folio, 0);
	mmk_hold_finish(test, m->hold, false);
}

/* The same, and wakes even a task that is queued without PG_waiters. */
static inline void moving_end(struct kunit *test, struct moving *m)
{
	folio_set_waiters(m->folio);
	moving_put_back(test, m);
}

/**
 * struct context - State of a task that a function has to leave as it was
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

/**
 * struct waiter - A task that calls migration_entry_wait()
 * @task: the thread
 * @addr: where
 * @huge: call pmd_migration_entry_wait() instead
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

void mw_waiter_main(struct mmk_task *task);
void mw_expect_same_context(struct kunit *test, const struct waiter *w);
struct waiter *mw_waiter_alloc(struct kunit *test, struct mm_struct *mm,
			       unsigned long addr);

/**
 * struct lock_watch - How one task takes and drops the ptl and the queue lock
 * @task: the task
 * @ptl: the page table lock
 * @queue_lock: the lock of the queue
 * @queue: the wait queue of @folio
 * @folio: the folio under migration
 * @order: P and p for the ptl taken and dropped, Q and q for the queue lock
 * @nr: length of @order
 * @max_refs: highest refcount of @folio at any lock after the first P
 * @queued: the task was in the queue when it dropped the ptl
 * @waiters: PG_waiters was set when it dropped the ptl
 * @left_waiters: PG_waiters was set when it dropped the queue lock last
 * @at_queue: called when the queue lock is about to be taken
 * @on: the tracepoint probes are registered
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

bool mw_stands_in(wait_queue_head_t *queue, struct task_struct *task);
void mw_watch_stop(void *data);
struct lock_watch *mw_watch_start(struct kunit *test, struct moving *m,
				  struct mmk_task *task,
				  void (*at_queue)(struct folio *folio));

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

#define MW_NR_WAIT_CASES	6

extern const struct wait_case mw_wait_cases[MW_NR_WAIT_CASES];

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

static inline void access_read(struct mmk_task *task)
{
	struct access *a = container_of(task, struct access, task);

	a->err = get_user(a->byte, (u8 __user *)a->addr);
}

/**
 * struct many_case - A number of waiters
 * @description: for the log
 * @nr: how many
 */
struct many_case {
	const char *description;
	unsigned int nr;
};

#define MW_NR_MANY_CASES	4

extern const struct many_case mw_many_cases[MW_NR_MANY_CASES];

struct mmk_fault **mw_sleepers(struct kunit *test, struct mm_struct *mm,
			       unsigned long addr, unsigned int nr);
void mw_expect_all_end(struct kunit *test, struct mmk_fault **faults,
		       unsigned int nr);
void mw_expect_context_kept(struct kunit *test, struct moving *m);
void mw_expect_not_waited_for(struct kunit *test, struct moving *m);

#endif /* _MM_KUNIT_MIGRATION_WAIT_MOVING_H */
