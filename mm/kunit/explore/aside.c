// SPDX-License-Identifier: GPL-2.0
/*
 * A task that holds spinlocks gives way, as if another CPU went on.
 *
 * There is one CPU. A task that holds a spinlock, or has disabled interrupts for one,
 * cannot be preempted, and yet on other machines a second CPU goes on meanwhile. Here
 * such a task steps aside: what keeps it from being preempted is taken back, another
 * task runs, and when the first one is back all is as it was. Who wants a lock that a
 * task that stands aside holds lets that one go on, where a second CPU would spin.
 *
 * Data of the CPU would be in the way, which a task relies on while it cannot be
 * preempted. So a task steps aside only where nothing but locks of page tables and of
 * folios' wait queues keeps it: with these, no code looks at such data.
 */
#include <linux/hardirq.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "aside.h"
#include "point.h"

/* More than a task holds at such a place, sleeping ones and RCU included */
#define HELD	12

/**
 * struct aside - A task that stands aside
 * @nr: locks that it holds; 0 if it does not stand aside
 * @held: what lockdep knows of them
 * @key: and of their order
 */
struct aside {
	unsigned int nr;
	struct held_lock held[HELD];
	u64 key;
};

static struct aside asides[MMX_TASKS];

/* Neither sleeping locks nor RCU keep a task from being preempted. */
static bool keeps(const struct lockdep_map *lock)
{
	return lock->wait_type_inner >= LD_WAIT_SPIN &&
	       lock->wait_type_inner <= LD_WAIT_CONFIG &&
	       lock->wait_type_outer != LD_WAIT_FREE;
}

/**
 * mmx_aside_possible() - Whether only such locks keep this task from being preempted
 *
 * Return: whether it holds at least one, and nothing else is in the way.
 */
bool mmx_aside_possible(void)
{
	unsigned int i, nr = 0;

	if (current->lockdep_depth > HELD)
		return false;
	for (i = 0; i < current->lockdep_depth; i++) {
		const struct lockdep_map *lock = current->held_locks[i].instance;

		if (!keeps(lock))
			continue;
		if (!strstr(lock->name, "ptlock_ptr") &&
		    !strstr(lock->name, "folio_wait_table"))
			return false;
		nr++;
	}
	return nr && preempt_count() == nr;
}

/**
 * mmx_aside() - Let another task go on
 * @task: number of this task
 * @lift: gives a task priority over this one
 * @to: the task that is to go on
 *
 * Returns when no other task can go on, or when it is this one's turn again.
 */
void mmx_aside(unsigned int task, void (*lift)(int task), int to)
{
	struct aside *aside = &asides[task];
	const unsigned int count = preempt_count();
	const bool off = irqs_disabled();

	/* Lockdep would not have it that locks are held where a task is preempted. */
	aside->nr = current->lockdep_depth;
	memcpy(aside->held, current->held_locks,
	       aside->nr * sizeof(aside->held[0]));
	aside->key = current->curr_chain_key;
	current->lockdep_depth = 0;
	current->curr_chain_key = INITIAL_CHAIN_KEY;

	preempt_count_set(1);
	lift(to);
	preempt_count_set(0);
	local_irq_enable();
	preempt_schedule();
	if (off)
		local_irq_disable();
	preempt_count_set(count);

	current->lockdep_depth = aside->nr;
	memcpy(current->held_locks, aside->held,
	       aside->nr * sizeof(aside->held[0]));
	current->curr_chain_key = aside->key;
	aside->nr = 0;
}

/**
 * mmx_aside_owner() - Which task stands aside and holds a lock
 * @lock: a lock that somebody is about to take
 *
 * Return: its number, or -1 if there is none. Sleeping locks are slept for.
 */
int mmx_aside_owner(const struct lockdep_map *lock)
{
	unsigned int task, i;

	if (!keeps(lock))
		return -1;
	for (task = 0; task < MMX_TASKS; task++)
		for (i = 0; i < asides[task].nr; i++)
			if (asides[task].held[i].instance == lock)
				return task;
	return -1;
}
