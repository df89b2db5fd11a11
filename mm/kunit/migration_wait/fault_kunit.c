// SPDX-License-Identifier: GPL-2.0
/*
 * A fault on a migration entry sleeps until the folio is unlocked, without a
 * reference on it.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "moving.h"

/* MW-1: an access waits for the end of the migration */

KUNIT_ARRAY_PARAM_DESC(wait, mw_wait_cases, description);

/**
 * fault_sleeps_until_unlock() - A fault on each kind of entry
 *
 * A fault is taken on a page under migration, under either lock. It sleeps in
 * the folio's wait queue, also after the entry has been replaced by the new
 * page, and returns when the old folio is unlocked. The new page is mapped
 * then.
 *
 * Contract: MW-1
 */
static void fault_sleeps_until_unlock(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct mmk_fault *fault;
	struct folio *dst;
	struct moving m;

	mmk_need_lock(test, c->lock);

	mw_moving_init_kind(test, &m, c->kind);
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
	MMK_EXPECT_HOLDS(test, m.addr, 1, SEED);
	KUNIT_EXPECT_FALSE(test, folio_test_waiters(dst));
}

/* Writes the byte that is there already. */
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
 * access_is_served_after_migration() - Reads, writes and get_user_pages()
 *
 * A task reads or writes user memory, or calls get_user_pages(), while the page
 * is under migration. It waits, and is served by the new page, or by the old
 * one if the migration fails.
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
	MMK_EXPECT_HOLDS(test, m.addr, 1, SEED);
}

/* MW-2: a task that waits has no reference */

KUNIT_ARRAY_PARAM_DESC(many, mw_many_cases, description);

/**
 * waiters_hold_no_reference() - The refcount with N waiters is that with none
 *
 * A folio under migration has the reference of its isolation and no other. N
 * tasks wait for it. All of them are in the queue, none has a reference, and
 * the migration succeeds at the first try. Catches a reference that is held
 * during the sleep.
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

	faults = mw_sleepers(test, m.mm, m.addr, c->nr);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, m.folio), c->nr);
	mmk_folio_snapshot(m.folio, &now);
	KUNIT_EXPECT_EQ(test, now.refcount, before.refcount);
	KUNIT_EXPECT_TRUE(test, now.waiters);
	/* All else is as before. */
	now.waiters = before.waiters;
	KUNIT_EXPECT_MEMEQ(test, &now, &before, sizeof(now));

	dst = mmk_hold_copy(test, m.hold);
	remove_migration_ptes(m.folio, dst, 0);
	mmk_hold_finish(test, m.hold, true);
	mw_expect_all_end(test, faults, c->nr);
	MMK_EXPECT_PTE(test, m.mm, m.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, m.mm, m.addr), dst);
	/* The reference of the page table, and no other. */
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), 1);
}

/**
 * waiters_do_not_fail_device_migration() - The same for migrate_vma_*()
 *
 * A driver migrates a page to its device, and then back. Each time N tasks wait
 * between migrate_vma_setup() and migrate_vma_pages(), and the page migrates at
 * the first try.
 *
 * Contract: MW-2, MW-14
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

		faults = mw_sleepers(test, mm, addr, c->nr);
		KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, src), c->nr);
		KUNIT_EXPECT_EQ(test, folio_ref_count(src), 1);

		if (back)
			mmk_vma_copy_to_ram(test, v);
		else
			mmk_vma_copy_to_dev(test, v, dev);
		mmk_vma_pages(v);
		KUNIT_EXPECT_TRUE(test, v->src[0] & MIGRATE_PFN_MIGRATE);
		mmk_vma_finalize(v);
		mw_expect_all_end(test, faults, c->nr);
		KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr),
				    migrate_pfn_to_page(v->dst[0]));
		if (back)
			break;
	}
	MMK_EXPECT_HOLDS(test, addr, 1, SEED);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
}

/**
 * wait_set_up_takes_no_reference() - Not even for a moment
 *
 * The refcount of the folio is read whenever the waiter takes or drops a lock,
 * from the ptl on until it sleeps. Catches a reference that is taken under the
 * ptl and dropped before the task sleeps: a migration that reads the refcount
 * in between would fail.
 *
 * Contract: MW-2
 */
static void wait_set_up_takes_no_reference(struct kunit *test)
{
	struct lock_watch *watch;
	struct waiter *w;
	struct moving m;

	moving_init(test, &m);
	w = mw_waiter_alloc(test, m.mm, m.addr);
	watch = mw_watch_start(test, &m, &w->task, NULL);
	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&w->task));
	mw_watch_stop(watch);
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
 * smp_waiters_take_no_reference() - All of them arrive at once
 *
 * Tasks on all other CPUs are stopped at the ptl and then let go together; the
 * first of them is stopped once more right before it goes into the queue. From
 * then on, until all of them are in the queue, the case reads the refcount of
 * the folio: it sees the reference of the isolation and never another. The
 * migration then succeeds at the first try.
 *
 * Contract: MW-2
 */
static void smp_waiters_take_no_reference(struct kunit *test)
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
	mw_expect_all_end(test, faults, c->nr);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, m.mm, m.addr), dst);
	MMK_EXPECT_HOLDS(test, m.addr, 1, SEED);
}

static struct kunit_case migration_wait_fault_cases[] = {
	KUNIT_CASE_PARAM(fault_sleeps_until_unlock, wait_gen_params),
	KUNIT_CASE_PARAM(access_is_served_after_migration, access_gen_params),
	KUNIT_CASE_PARAM(waiters_hold_no_reference, many_gen_params),
	KUNIT_CASE_PARAM(waiters_do_not_fail_device_migration, many_gen_params),
	KUNIT_CASE_PARAM(smp_waiters_take_no_reference, crowded_gen_params),
	KUNIT_CASE(wait_set_up_takes_no_reference),
	{}
};

static struct kunit_suite migration_wait_fault_suite = {
	.name = "migration_wait_fault",
	.init = mmk_case_init,
	.test_cases = migration_wait_fault_cases,
};

kunit_test_suite(migration_wait_fault_suite);
