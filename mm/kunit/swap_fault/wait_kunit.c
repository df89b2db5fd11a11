// SPDX-License-Identifier: GPL-2.0
/*
 * Swap faults that wait, retry or give up, and the lock that they hold then.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched/signal.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/fault.h"
#include "../compat/vma.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "../lib/warn.h"
#include "swapped.h"

/**
 * struct writer - A task that wants to change a VMA
 * @task: the thread
 * @addr: where the VMA is
 */
struct writer {
	struct mmk_task task;
	unsigned long addr;
};

static void writer_main(struct mmk_task *task)
{
	struct writer *writer = container_of(task, struct writer, task);

	mmap_write_lock(task->mm);
	vma_start_write(vma_lookup(task->mm, writer->addr));
	mmap_write_unlock(task->mm);
}

static struct writer *writer_start(struct kunit *test, struct swapped *s)
{
	struct writer *writer = mmk_task_alloc(test, sizeof(*writer), s->mm,
					       writer_main);

	writer->addr = s->addr;
	mmk_task_start(&writer->task);
	return writer;
}

/**
 * locked_folio_wait_drops_vma_lock() - Drop the lock, then sleep
 *
 * The folio of a swap entry is in the swap cache, and locked by another task.
 * The fault drops the VMA lock before it sleeps: vma_start_write() of another
 * task does not wait. It sleeps until the folio is unlocked, and returns
 * VM_FAULT_RETRY without having locked the folio or changed the pte. The retry,
 * under the VMA lock again, is served.
 *
 * Contract: SF-2, SF-10
 */
static void locked_folio_wait_drops_vma_lock(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};

	sf_swapped_init(test, &s, true);
	mmk_folio_snapshot(s.folio, &before);
	lock_folio(test, s.folio);

	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, fault->task.task,
						   s.folio));
	sf_expect_locks_idle(test, &s);
	KUNIT_EXPECT_TRUE_MSG(test,
			      mmk_task_join(&writer_start(test, &s)->task),
			      "vma_start_write() waits for the fault");
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), before.refcount + 1);
	expect_still_swapped(test, &s);

	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	/* A fault is accounted when it is served. */
	KUNIT_EXPECT_EQ(test, fault->task.task->min_flt +
			fault->task.task->maj_flt, 0UL);
	sf_expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	mmk_expect_folio_same(test, "after VM_FAULT_RETRY", s.folio, &before);

	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, s.mm, s.addr), s.folio);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SEED);
	sf_expect_locks_idle(test, &s);
}

/**
 * nowait_fault_returns_at_once() - FAULT_FLAG_RETRY_NOWAIT under mmap_lock
 *
 * A fault that must not wait finds a locked folio. It does not sleep, and
 * returns VM_FAULT_RETRY with mmap_lock still held. Once the folio is unlocked,
 * the same fault is served.
 *
 * Contract: SF-3, SF-9
 */
static void nowait_fault_returns_at_once(struct kunit *test)
{
	const unsigned int flags = FAULT_FLAG_USER | FAULT_FLAG_ALLOW_RETRY |
				   FAULT_FLAG_RETRY_NOWAIT;
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};

	sf_locked_init(test, &s, &before);

	fault = mmk_fault_start(test, s.mm, s.addr, flags, MMK_MMAP_LOCK);
	KUNIT_ASSERT_TRUE_MSG(test, mmk_task_join(&fault->task),
			      "the fault waits for the folio");
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(s.folio));
	sf_expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	unlock_folio(test, s.folio);
	mmk_expect_folio_same(test, "after VM_FAULT_RETRY", s.folio, &before);

	fault = mmk_fault_start(test, s.mm, s.addr, flags, MMK_MMAP_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SEED);
}

/**
 * struct locker - A task that calls folio_lock_or_retry() under the VMA lock
 * @task: the thread
 * @addr: address in the VMA
 * @folio: the folio
 * @flags: FAULT_FLAG_*
 * @ret: what folio_lock_or_retry() returned
 * @lock_held: whether the VMA lock was still held then
 */
struct locker {
	struct mmk_task task;
	unsigned long addr;
	struct folio *folio;
	unsigned int flags;
	vm_fault_t ret;
	bool lock_held;
};

static void locker_main(struct mmk_task *task)
{
	struct locker *locker = container_of(task, struct locker, task);
	struct vm_fault vmf = {
		.vma	= mmk_lock_vma(task->mm, locker->addr),
		.flags	= locker->flags | FAULT_FLAG_VMA_LOCK,
	};
	struct mmk_held held;

	if (!vmf.vma)
		return;
	held = mmk_held_lock(task->mm, vmf.vma, vmf.flags);
	locker->ret = folio_lock_or_retry(locker->folio, &vmf);
	locker->lock_held = mmk_still_held(&held, vmf.flags, locker->ret);
	if (locker->lock_held)
		mmk_unlock_vma(vmf.vma);
}

/**
 * nowait_keeps_vma_lock() - FAULT_FLAG_RETRY_NOWAIT under the VMA lock
 *
 * handle_mm_fault() refuses this combination, but folio_lock_or_retry()
 * documents it: it returns VM_FAULT_RETRY at once, without the folio lock, with
 * the references as before, and with the VMA lock still held.
 *
 * Contract: SF-3
 */
static void nowait_keeps_vma_lock(struct kunit *test)
{
	struct mmk_folio_state before;
	struct locker *locker;
	struct swapped s = {};

	sf_locked_init(test, &s, &before);
	locker = mmk_task_alloc(test, sizeof(*locker), s.mm, locker_main);
	locker->addr = s.addr;
	locker->folio = s.folio;
	locker->flags = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_RETRY_NOWAIT;

	mmk_task_start(&locker->task);
	KUNIT_ASSERT_TRUE_MSG(test, mmk_task_join(&locker->task),
			      "the fault waits for the folio");
	KUNIT_EXPECT_EQ(test, locker->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_TRUE(test, locker->lock_held);
	sf_expect_locks_idle(test, &s);
	unlock_folio(test, s.folio);
	mmk_expect_folio_same(test, "after VM_FAULT_RETRY", s.folio, &before);
}

static const struct wait_case killable_cases[] = {
	{ "first try, VMA lock",
	  FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE, MMK_VMA_LOCK },
	{ "first try, mmap_lock",
	  FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE, MMK_MMAP_LOCK },
	{ "tried before, VMA lock",
	  FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_TRIED | FAULT_FLAG_KILLABLE,
	  MMK_VMA_LOCK },
	{ "tried before, mmap_lock",
	  FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_TRIED | FAULT_FLAG_KILLABLE,
	  MMK_MMAP_LOCK },
	{ "no retry allowed, VMA lock", FAULT_FLAG_KILLABLE, MMK_VMA_LOCK },
	{ "no retry allowed, mmap_lock", FAULT_FLAG_KILLABLE, MMK_MMAP_LOCK },
};

KUNIT_ARRAY_PARAM_DESC(killable, killable_cases, description);

/**
 * sigkill_ends_killable_wait() - FAULT_FLAG_KILLABLE and a fatal signal
 *
 * A process whose fault waits for a locked folio is killed. The fault returns
 * VM_FAULT_RETRY: its lock, and the reference of the look-up, are dropped, it
 * has not locked the folio, and it is no longer in the wait queue. PG_waiters
 * is still set; the next unlock, which finds no waiter, clears it.
 *
 * Contract: SF-4, SF-9, SF-10
 */
static void sigkill_ends_killable_wait(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};

	sf_locked_init(test, &s, &before);
	fault = mmk_process_fault_alloc(test, s.addr, c->flags, c->lock);
	mmk_process_start(&fault->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), before.refcount + 1);

	KUNIT_EXPECT_EQ(test, kill_pid(task_pid(fault->task.task), SIGKILL, 1),
			0);
	KUNIT_ASSERT_TRUE_MSG(test, mmk_task_join(&fault->task),
			      "the killed task still waits for the folio");
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, s.folio), 0);
	sf_expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	KUNIT_EXPECT_TRUE(test, folio_test_waiters(s.folio));

	unlock_folio(test, s.folio);
	KUNIT_ASSERT_FALSE(test, before.waiters);
	mmk_expect_folio_same(test, "after the signal", s.folio, &before);
}

static const struct wait_case unkillable_cases[] = {
	{ "first try, VMA lock", FAULT_FLAG_ALLOW_RETRY, MMK_VMA_LOCK },
	{ "first try, mmap_lock", FAULT_FLAG_ALLOW_RETRY, MMK_MMAP_LOCK },
	{ "no retry allowed, VMA lock", FAULT_FLAG_INTERRUPTIBLE, MMK_VMA_LOCK },
	{ "no retry allowed, mmap_lock", FAULT_FLAG_INTERRUPTIBLE,
	  MMK_MMAP_LOCK },
};

KUNIT_ARRAY_PARAM_DESC(unkillable, unkillable_cases, description);

/**
 * sigkill_does_not_end_other_waits() - Without FAULT_FLAG_KILLABLE
 *
 * Without FAULT_FLAG_KILLABLE, SIGKILL does not end the wait for the folio, but
 * only the unlock does; the result is the same as without the signal.
 *
 * Contract: SF-4, SF-5
 */
static void sigkill_does_not_end_other_waits(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	bool retry = c->flags & FAULT_FLAG_ALLOW_RETRY;
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};

	sf_locked_init(test, &s, &before);
	fault = mmk_process_fault_alloc(test, s.addr, c->flags, c->lock);
	mmk_process_start(&fault->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));

	KUNIT_EXPECT_EQ(test, kill_pid(task_pid(fault->task.task), SIGKILL, 1),
			0);
	KUNIT_EXPECT_EQ(test, READ_ONCE(fault->task.task->__state) &
			TASK_WAKEKILL, 0U);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));
	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, retry ? VM_FAULT_RETRY : 0);
	KUNIT_EXPECT_EQ(test, fault->lock_held, !retry);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.folio));
	sf_expect_locks_idle(test, &s);
}

static const struct wait_case blocking_cases[] = {
	{ "not killable, VMA lock", FAULT_FLAG_USER, MMK_VMA_LOCK },
	{ "not killable, mmap_lock", FAULT_FLAG_USER, MMK_MMAP_LOCK },
	{ "killable, VMA lock", FAULT_FLAG_USER | FAULT_FLAG_KILLABLE,
	  MMK_VMA_LOCK },
	{ "killable, mmap_lock", FAULT_FLAG_USER | FAULT_FLAG_KILLABLE,
	  MMK_MMAP_LOCK },
	{ "tried before, VMA lock", USER_READ | FAULT_FLAG_TRIED, MMK_VMA_LOCK },
	{ "tried before, mmap_lock", USER_READ | FAULT_FLAG_TRIED,
	  MMK_MMAP_LOCK },
};

KUNIT_ARRAY_PARAM_DESC(blocking, blocking_cases, description);

/**
 * no_retry_waits_with_lock() - Lock the folio, serve the fault
 *
 * A fault that may not retry, or has retried, sleeps with its lock held until
 * it has locked the folio, and is then served: it returns 0, with the lock
 * still held, the page mapped, and the folio unlocked again.
 *
 * Contract: SF-5, SF-9, SF-10
 */
static void no_retry_waits_with_lock(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};

	sf_locked_init(test, &s, &before);
	fault = mmk_fault_start(test, s.mm, s.addr, c->flags, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, fault->task.task,
						   s.folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), before.refcount + 1);
	KUNIT_EXPECT_EQ(test, vma_lock_count(s.mm, s.addr) != s.idle,
			c->lock == MMK_VMA_LOCK);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(s.mm) != s.mmap_idle,
			c->lock == MMK_MMAP_LOCK);
	expect_still_swapped(test, &s);

	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, fault->task.task->maj_flt,
			(unsigned long)!!(c->flags & FAULT_FLAG_TRIED));
	sf_expect_locks_idle(test, &s);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.folio));
	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, s.mm, s.addr), s.folio);
	before.refcount++;
	before.mapcount++;
	before.anon_exclusive = true;
	mmk_expect_folio_same(test, "once served", s.folio, &before);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SEED);
}

KUNIT_ARRAY_PARAM_DESC(lock, sf_lock_cases, description);

/**
 * migration_entry_is_waited_for() - Wait, then be served by the new page
 *
 * A fault on a migration entry sleeps, without a reference on the folio, until
 * the migration ends, and returns 0 with its lock held. The next fault finds
 * the new page.
 *
 * Contract: SF-7, SF-9, SF-10
 */
static void migration_entry_is_waited_for(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_fault *fault;
	struct folio *src, *dst;
	struct mmk_hold *hold;
	int refcount;

	s.addr = mmk_map_anon(test, 1);
	mmk_fill(test, s.addr, 1, SEED);
	s.idle = vma_lock_count(s.mm, s.addr);
	s.mmap_idle = mmk_mmap_lock_count(s.mm);
	src = mmk_pte_folio(test, s.mm, s.addr);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	MMK_EXPECT_PTE(test, s.mm, s.addr, MIGRATION_WRITE);
	refcount = folio_ref_count(src);

	fault = mmk_fault_start(test, s.mm, s.addr, c->flags, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_waits(&fault->task));
	KUNIT_EXPECT_EQ(test, folio_ref_count(src), refcount);
	dst = mmk_hold_copy(test, hold);
	remove_migration_ptes(src, dst, 0);
	mmk_hold_finish(test, hold, true);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	sf_expect_locks_idle(test, &s);

	fault = mmk_fault_start(test, s.mm, s.addr, c->flags, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, s.mm, s.addr), dst);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SEED);
	sf_expect_locks_idle(test, &s);
}

/**
 * nowait_is_refused_under_vma_lock() - FAULT_FLAG_RETRY_NOWAIT
 *
 * With FAULT_FLAG_RETRY_NOWAIT a VM_FAULT_RETRY would leave the VMA lock held,
 * while callers take it for dropped. handle_mm_fault() WARNs, and returns
 * VM_FAULT_SIGSEGV with the lock still held and nothing mapped.
 *
 * Contract: SF-3
 */
static void nowait_is_refused_under_vma_lock(struct kunit *test)
{
	struct mmk_fault fault = {
		.flags	= FAULT_FLAG_USER | FAULT_FLAG_ALLOW_RETRY |
			  FAULT_FLAG_RETRY_NOWAIT,
		.lock	= MMK_VMA_LOCK,
	};
	struct mmk_folio_state before;
	struct swapped s = {};

	sf_swapped_init(test, &s, true);
	mmk_folio_snapshot(s.folio, &before);
	fault.task.mm = s.mm;
	fault.addr = s.addr;
	mmk_warn_begin(test);
	mmk_fault_run(&fault);
	KUNIT_EXPECT_EQ(test, mmk_warn_end(test), 1);
	KUNIT_EXPECT_EQ(test, fault.ret, VM_FAULT_SIGSEGV);
	KUNIT_EXPECT_TRUE(test, fault.lock_held);
	sf_expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	mmk_expect_folio_same(test, "refused", s.folio, &before);
}

static struct kunit_case swap_fault_wait_cases[] = {
	KUNIT_CASE(locked_folio_wait_drops_vma_lock),
	KUNIT_CASE(nowait_fault_returns_at_once),
	KUNIT_CASE(nowait_keeps_vma_lock),
	KUNIT_CASE(nowait_is_refused_under_vma_lock),
	KUNIT_CASE_PARAM(sigkill_ends_killable_wait, killable_gen_params),
	KUNIT_CASE_PARAM(sigkill_does_not_end_other_waits,
			 unkillable_gen_params),
	KUNIT_CASE_PARAM(no_retry_waits_with_lock, blocking_gen_params),
	KUNIT_CASE_PARAM(migration_entry_is_waited_for, lock_gen_params),
	{}
};

static struct kunit_suite swap_fault_wait_suite = {
	.name = "swap_fault_wait",
	.init = mmk_case_init,
	.test_cases = swap_fault_wait_cases,
};

kunit_test_suite(swap_fault_wait_suite);
