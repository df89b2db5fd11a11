// SPDX-License-Identifier: GPL-2.0
/*
 * Several tasks that fault the same device-private page.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "../compat/fault.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "moving.h"

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

/* Ends the faults of a kernel that would retry for ever. */
static vm_fault_t bounded_to_ram(struct mmk_dev *dev, struct vm_fault *vmf)
{
	if (atomic_read(&dev->nr_to_ram) > MMK_DEV_LOG)
		return VM_FAULT_SIGBUS;
	return mmk_dev_to_ram(dev, vmf);
}

/* The first task has collected the page: the others arrive. */
static void crowd_collected(struct mmk_dev *dev)
{
	struct crowd *crowd = dev->data;
	unsigned int i;

	dev->collected = NULL;
	for (i = 1; i < crowd->nr; i++)
		mmk_task_start(&crowd->tasks[i]->task);
	for (i = 1; i < crowd->nr; i++)
		crowd->asleep += mmk_task_waits(&crowd->tasks[i]->task);
}

static const struct many_case crowd_cases[] = {
	{ "2 tasks", 2 },
	{ "4 tasks", 4 },
	{ "8 tasks", 8 },
};

KUNIT_ARRAY_PARAM_DESC(crowd, crowd_cases, description);

/**
 * waiters_for_migrate_to_ram_end() - One task migrates, the others wait
 *
 * A task faults on a device-private page. While the driver migrates the page
 * back, other tasks fault on it, and wait. They do not make the migration fail:
 * migrate_to_ram runs once, all accesses are served, and no byte is lost.
 *
 * Contract: MW-11
 */
static void waiters_for_migrate_to_ram_end(struct kunit *test)
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
	dev->to_ram = bounded_to_ram;
	dev->collected = crowd_collected;

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
	MMK_EXPECT_HOLDS(test, addr, 1, SEED);
	folio = mmk_pte_folio(test, mm, addr);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
}

/**
 * locked_device_page_is_waited_for() - Without a reference
 *
 * A device-private page is locked, as it is by a fault that is in
 * migrate_to_ram. Another fault on the page does not call migrate_to_ram, but
 * waits for the unlock, as for a migration entry: in the queue, and without a
 * reference, with which the migration would fail. Then it returns, to be taken
 * again.
 *
 * Contract: MW-11, MW-2
 */
static void locked_device_page_is_waited_for(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_fault *fault;
	struct folio *folio;

	if (!MMK_TO_RAM_LOCKED)
		kunit_skip(test, "needs page_pgmap(), with which migrate_to_ram() has the lock");

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
	/* It holds only the lock that handle_mm_fault() was called under. */
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

	MMK_EXPECT_HOLDS(test, addr, 1, SEED);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
}

/**
 * struct queue_up - Tasks that go through migrate_to_ram one after the other
 * @faults: the tasks
 * @go: completed when a task may go on
 * @entered: a task is in migrate_to_ram
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

/* Waits until a task is in migrate_to_ram, or waits for the one that is. */
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
 * concurrent_migrate_to_ram_ends() - All tasks fault before any migrates
 *
 * All tasks have faulted before the first of them migrates; they then go on one
 * by one. Up to 6.14 each of them is in migrate_to_ram with a reference on the
 * page: all attempts but the last fail, and have to leave the page as it was.
 * Later kernels let only one task in, and the others wait for it. On both, one
 * task migrates the page, each calls migrate_to_ram once at most, and no byte
 * is lost.
 *
 * Contract: MW-11
 */
static void concurrent_migrate_to_ram_ends(struct kunit *test)
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
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, queue_up_release, q),
			0);
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
	MMK_EXPECT_HOLDS(test, addr, 1, SEED);
	folio = mmk_pte_folio(test, mm, addr);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
}

static struct kunit_case migration_wait_device_cases[] = {
	KUNIT_CASE_PARAM(waiters_for_migrate_to_ram_end, crowd_gen_params),
	KUNIT_CASE(locked_device_page_is_waited_for),
	KUNIT_CASE_PARAM(concurrent_migrate_to_ram_ends, crowd_gen_params),
	{}
};

static struct kunit_suite migration_wait_device_suite = {
	.name = "migration_wait_device",
	.init = mmk_case_init,
	.test_cases = migration_wait_device_cases,
};

kunit_test_suite(migration_wait_device_suite);
