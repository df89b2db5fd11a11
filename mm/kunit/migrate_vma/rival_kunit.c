// SPDX-License-Identifier: GPL-2.0
/*
 * Two migrations of the same pages.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "device.h"

/**
 * struct migrator - A task that sets a migration up
 * @task: the thread
 * @m: the round
 * @ret: what migrate_vma_setup() returned
 */
struct migrator {
	struct mmk_task task;
	struct mmk_vma *m;
	int ret;
};

static void migrator_main(struct mmk_task *task)
{
	struct migrator *migrator = container_of(task, struct migrator, task);

	migrator->ret = mmk_vma_setup(migrator->m);
}

/**
 * two_migrations_share_a_range() - Neither waits for the other
 *
 * One task has set up a migration of pages 0 to 2, where page 2 is a hole. A
 * second one then sets up a migration of pages 1 to 4. It does not wait for the
 * first. It gets the pages that are left, and the hole, which is filled by
 * whichever calls migrate_vma_pages() first.
 *
 * Contract: MV-18, MV-1, MV-7
 */
static void two_migrations_share_a_range(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 5), i;
	struct mmk_vma *first, *second;
	struct migrator *migrator;

	mmk_fill(test, addr, 5, 1);
	do_madvise(mm, addr + 2 * PAGE_SIZE, PAGE_SIZE, MADV_DONTNEED);
	first = mmk_vma_alloc(test, mm, addr, 3, SELECT_SYSTEM, dev);
	second = mmk_vma_alloc(test, mm, addr + PAGE_SIZE, 4, SELECT_SYSTEM,
			       dev);
	migrator = mmk_task_alloc(test, sizeof(*migrator), mm, migrator_main);
	migrator->m = second;

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(first), 0);
	mmk_task_start(&migrator->task);
	/* If it waits, it waits for finalize. */
	if (!mmk_task_join(&migrator->task)) {
		mmk_vma_finalize(first);
		KUNIT_FAIL_AND_ABORT(test, "the second one waits for the first");
	}
	KUNIT_ASSERT_EQ(test, migrator->ret, 0);
	KUNIT_EXPECT_EQ(test, first->args.cpages, 3UL);
	KUNIT_EXPECT_EQ(test, second->args.cpages, 3UL);
	KUNIT_EXPECT_EQ(test, second->src[0], 0UL);
	KUNIT_EXPECT_EQ(test, second->src[1], MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_NOT_NULL(test, migrate_pfn_to_page(second->src[2]));
	KUNIT_EXPECT_NOT_NULL(test, migrate_pfn_to_page(second->src[3]));

	mmk_vma_copy_to_dev(test, first, dev);
	mmk_vma_copy_to_dev(test, second, dev);
	mmk_vma_pages(second);
	mmk_vma_pages(first);
	KUNIT_EXPECT_EQ(test, second->src[1], MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_EQ(test, first->src[2], 0UL);
	mmk_vma_finalize(first);
	mmk_vma_finalize(second);

	for (i = 0; i < 5; i++)
		MMK_EXPECT_PTE(test, mm, addr + i * PAGE_SIZE,
			       DEVICE_PRIVATE_WRITE);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr + 2 * PAGE_SIZE),
			    migrate_pfn_to_page(second->dst[1]));
	/* The loser's page for the hole has been freed. */
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 5U);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 5UL);
	MMK_EXPECT_HOLDS(test, addr, 2, 1);
	MMK_EXPECT_PART_HOLDS(test, mm, addr + 3 * PAGE_SIZE, 3, 2, 1);
}

/**
 * struct rival - A task that migrates in the middle of another migration
 * @mn: MMU notifier of the first migration's mm
 * @migrator: the task; NULL once it has been started
 * @joined: it has ended while the first migration waited for it
 */
struct rival {
	struct mmu_notifier mn;
	struct migrator *migrator;
	bool joined;
};

/* The ptes of this mm have been replaced; those of the child have not yet. */
static void rival_range_end(struct mmu_notifier *mn,
			    const struct mmu_notifier_range *range)
{
	struct rival *rival = container_of(mn, struct rival, mn);
	struct migrator *migrator = rival->migrator;

	if (!migrator || range->event != MMU_NOTIFY_MIGRATE)
		return;
	rival->migrator = NULL;
	mmk_task_start(&migrator->task);
	rival->joined = mmk_task_join(&migrator->task);
}

static const struct mmu_notifier_ops rival_ops = {
	.invalidate_range_end = rival_range_end,
};

static void rival_release(void *data)
{
	struct rival *rival = data;

	mmu_notifier_unregister(&rival->mn, rival->mn.mm);
}

/**
 * rival_skips_collected_page() - In the middle of migrate_vma_setup()
 *
 * Parent and child share two pages. A migration in the parent has collected the
 * first page when another task sets up a migration of both in the child. That
 * skips the first page, which is locked, and takes the other. Both migrations
 * then succeed.
 *
 * Contract: MV-18, MV-1
 */
static void rival_skips_collected_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 2);
	struct mmk_vma *first, *second;
	struct migrator *migrator;
	struct rival *rival;
	struct page *page;

	mmk_fill(test, addr, 2, 1);
	child = mmk_fork(test);
	page = mmk_pte_page(mm, addr);
	first = mmk_vma_alloc(test, mm, addr, 1, SELECT_SYSTEM, dev);
	second = mmk_vma_alloc(test, child, addr, 2, SELECT_SYSTEM, dev);
	migrator = mmk_task_alloc(test, sizeof(*migrator), child,
				  migrator_main);
	migrator->m = second;
	rival = kunit_kzalloc(test, sizeof(*rival), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rival);
	rival->mn.ops = &rival_ops;
	rival->migrator = migrator;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&rival->mn, mm), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, rival_release,
							rival), 0);

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(first), 0);
	KUNIT_ASSERT_TRUE(test, rival->joined);
	KUNIT_ASSERT_EQ(test, migrator->ret, 0);
	KUNIT_EXPECT_EQ(test, first->args.cpages, 1UL);
	KUNIT_EXPECT_PTR_EQ(test, migrate_pfn_to_page(first->src[0]), page);
	KUNIT_EXPECT_EQ(test, second->args.cpages, 1UL);
	KUNIT_EXPECT_EQ(test, second->src[0], 0UL);

	mmk_vma_copy_to_dev(test, first, dev);
	mmk_vma_copy_to_dev(test, second, dev);
	mmk_vma_pages(first);
	mmk_vma_pages(second);
	mmk_vma_finalize(second);
	mmk_vma_finalize(first);
	MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_READ);
	MMK_EXPECT_PTE(test, child, addr, DEVICE_PRIVATE_READ);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, DEVICE_PRIVATE_READ);
	MMK_EXPECT_PTE(test, child, addr + PAGE_SIZE, DEVICE_PRIVATE_READ);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 2U);
	MMK_EXPECT_HOLDS(test, addr, 2, 1);
	MMK_EXPECT_MM_HOLDS(test, child, addr, 2, 1);
}

/**
 * struct contest - A task that migrates at the same time as another
 * @task: the thread
 * @m: its round
 * @meet: counts the tasks that are about to take a step
 * @ret: what migrate_vma_setup() returned
 */
struct contest {
	struct mmk_task task;
	struct mmk_vma *m;
	atomic_t *meet;
	int ret;
};

static void contest_setup(struct mmk_task *task)
{
	struct contest *c = container_of(task, struct contest, task);

	mmk_meet(c->meet, 2);
	c->ret = mmk_vma_setup(c->m);
}

static void contest_finish(struct mmk_task *task)
{
	struct contest *c = container_of(task, struct contest, task);

	mmk_meet(c->meet, 2);
	mmk_vma_pages(c->m);
	mmk_vma_finalize(c->m);
}

/* Two tasks on two CPUs take the same step. */
static void contest_run(struct kunit *test, struct mmk_vma **m,
			void (*step)(struct mmk_task *task))
{
	atomic_t *meet = kunit_kzalloc(test, sizeof(*meet), GFP_KERNEL);
	struct contest *c[2];
	int i;

	KUNIT_ASSERT_NOT_NULL(test, meet);
	for (i = 0; i < 2; i++) {
		c[i] = mmk_task_alloc(test, sizeof(*c[i]), m[i]->mm, step);
		c[i]->m = m[i];
		c[i]->meet = meet;
		mmk_task_place(&c[i]->task, i + 1);
	}
	for (i = 0; i < 2; i++)
		mmk_task_start(&c[i]->task);
	/* If one waits, it waits for finalize of the other. */
	for (i = 0; i < 2; i++) {
		if (mmk_task_join(&c[i]->task))
			continue;
		if (m[!i]->open)
			mmk_vma_finalize(m[!i]);
		mmk_task_join(&c[i]->task);
		KUNIT_FAIL_AND_ABORT(test, "task %d waits for the other", i);
	}
	for (i = 0; i < 2; i++)
		KUNIT_ASSERT_EQ(test, c[i]->ret, 0);
}

#define CONTEST_PAGES	16
#define CONTEST_ROUNDS	10

/**
 * struct contest_case - How the two migrate
 * @description: for the log
 * @forked: in two mms that share the pages; if not, both in one mm
 */
struct contest_case {
	const char *description;
	bool forked;
};

static const struct contest_case contest_cases[] = {
	{ "one mm", false },
	{ "parent and child", true },
};

KUNIT_ARRAY_PARAM_DESC(contest, contest_cases, description);

/**
 * two_cpus_share_a_range() - Two migrations at the same time
 *
 * Two tasks on two CPUs set up a migration of the same pages at the same time,
 * and end them at the same time, again and again. Neither waits for the other,
 * and no page is collected by both. All pages come back by faults for the next
 * round: no byte and no device page is lost.
 *
 * Contract: MV-18, MV-1
 */
static void two_cpus_share_a_range(struct kunit *test)
{
	const struct contest_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test), *other = mm;
	unsigned long addr = mmk_map_anon(test, CONTEST_PAGES);
	unsigned int round, i, moved = 0, both = 0;
	struct mmk_vma *m[2];
	bool won[2];

	mmk_need_cpus(test, 2);
	mmk_fill(test, addr, CONTEST_PAGES, 1);
	if (param->forked)
		other = mmk_fork(test);
	for (round = 0; round < CONTEST_ROUNDS; round++) {
		m[0] = mmk_vma_alloc(test, mm, addr, CONTEST_PAGES,
				     SELECT_SYSTEM, dev);
		m[1] = mmk_vma_alloc(test, other, addr, CONTEST_PAGES,
				     SELECT_SYSTEM, dev);
		contest_run(test, m, contest_setup);
		for (i = 0; i < CONTEST_PAGES; i++) {
			won[0] = m[0]->src[i] & MIGRATE_PFN_MIGRATE;
			won[1] = m[1]->src[i] & MIGRATE_PFN_MIGRATE;
			both += won[0] && won[1];
			moved += won[0] || won[1];
		}
		mmk_vma_copy_to_dev(test, m[0], dev);
		mmk_vma_copy_to_dev(test, m[1], dev);
		contest_run(test, m, contest_finish);

		MMK_EXPECT_HOLDS(test, addr, CONTEST_PAGES, 1);
		MMK_EXPECT_MM_HOLDS(test, other, addr, CONTEST_PAGES, 1);
		KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	}
	KUNIT_EXPECT_EQ_MSG(test, both, 0U, "pages collected by both");
	/* The reference of one migration may make the other refuse a page. */
	KUNIT_EXPECT_GT(test, moved, 0U);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES),
			(unsigned long)CONTEST_PAGES);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(other, MM_ANONPAGES),
			(unsigned long)CONTEST_PAGES);
}

/**
 * page_in_remote_lru_batch_migrates() - Not on the LRU yet
 *
 * A task on another CPU has just faulted a page in, which is still in an LRU
 * batch of that CPU. It is isolated all the same, and migrates.
 *
 * Contract: MV-4, MV-2
 */
static void page_in_remote_lru_batch_migrates(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1, SELECT_SYSTEM,
					  NULL);
	struct mmk_fault *fault;
	struct folio *folio;

	mmk_need_cpus(test, 2);
	fault = mmk_fault_alloc(test, mm, addr, FAULT_FLAG_DEFAULT |
				FAULT_FLAG_WRITE, MMK_MMAP_LOCK);
	mmk_task_place(&fault->task, 1);
	mmk_task_start(&fault->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	folio = mmk_pte_folio(test, mm, addr);
	lru_add_drain();
	KUNIT_ASSERT_FALSE(test, folio_test_lru(folio));
	KUNIT_ASSERT_EQ(test, folio_ref_count(folio), 2);

	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 1UL);
	KUNIT_EXPECT_EQ(test, m->src[0], migrate_pfn(folio_pfn(folio)) |
			MIGRATE_PFN_MIGRATE | MIGRATE_PFN_WRITE);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	mmk_vma_finalize(m);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr), folio_page(folio, 0));
	/* In the end it is on the LRU. */
	lru_add_drain();
	KUNIT_EXPECT_TRUE(test, folio_test_lru(folio));
}

/**
 * struct putback - Puts a folio into an LRU batch when another one is unmapped
 * @mn: MMU notifier that is called by the unmap
 * @mm: the mm of @mn
 * @folio: the folio; NULL once it has been put into the batch
 */
struct putback {
	struct mmu_notifier mn;
	struct mm_struct *mm;
	struct folio *folio;
};

static void putback_stop(void *data)
{
	struct putback *putback = data;

	mmu_notifier_unregister(&putback->mn, putback->mm);
}

static int putback_start(struct mmu_notifier *mn,
			 const struct mmu_notifier_range *range)
{
	struct putback *putback = container_of(mn, struct putback, mn);

	/* As reclaim, if it cannot free the folio */
	if (putback->folio && folio_isolate_lru(putback->folio))
		folio_putback_lru(putback->folio);
	putback->folio = NULL;
	return 0;
}

static const struct mmu_notifier_ops putback_ops = {
	.invalidate_range_start	= putback_start,
};

/**
 * page_put_into_lru_batch_migrates() - Off the LRU after it was collected
 *
 * Parent and child share two pages. Both have been collected, and the first is
 * being unmapped in the child, when the second is isolated from the LRU and put
 * back, which puts it into a batch. It is isolated again, and migrates like the
 * first.
 *
 * Contract: MV-4, MV-2
 */
static void page_put_into_lru_batch_migrates(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 2);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 2, SELECT_SYSTEM,
					  NULL);
	struct putback *putback;
	struct folio *folio;
	int i;

	putback = kunit_kzalloc(test, sizeof(*putback), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, putback);
	putback->mn.ops = &putback_ops;
	mmk_fill(test, addr, 2, 1);
	lru_add_drain_all();
	folio = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	KUNIT_ASSERT_TRUE(test, folio_test_lru(folio));
	child = mmk_fork(test);
	putback->mm = child;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&putback->mn, child), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, putback_stop,
							putback), 0);
	putback->folio = folio;

	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
	kunit_release_action(test, putback_stop, putback);
	KUNIT_EXPECT_NULL(test, putback->folio);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 2UL);
	KUNIT_EXPECT_EQ(test, m->src[1], migrate_pfn(folio_pfn(folio)) |
			MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_FALSE(test, folio_test_lru(folio));
	mmk_vma_finalize(m);
	for (i = 0; i < 2; i++) {
		MMK_EXPECT_PTE(test, mm, addr + i * PAGE_SIZE, PRESENT);
		MMK_EXPECT_PTE(test, child, addr + i * PAGE_SIZE, PRESENT);
	}
	lru_add_drain_all();
	KUNIT_EXPECT_TRUE(test, folio_test_lru(folio));
	MMK_EXPECT_HOLDS(test, addr, 2, 1);
}

static struct kunit_case migrate_vma_rival_cases[] = {
	KUNIT_CASE(two_migrations_share_a_range),
	KUNIT_CASE(rival_skips_collected_page),
	KUNIT_CASE_PARAM(two_cpus_share_a_range, contest_gen_params),
	KUNIT_CASE(page_in_remote_lru_batch_migrates),
	KUNIT_CASE(page_put_into_lru_batch_migrates),
	{}
};

static struct kunit_suite migrate_vma_rival_suite = {
	.name = "migrate_vma_rival",
	.init = mmk_case_init,
	.test_cases = migrate_vma_rival_cases,
};

kunit_test_suite(migrate_vma_rival_suite);
