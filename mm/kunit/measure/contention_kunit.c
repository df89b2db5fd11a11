// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that other tasks lock: how many of them a migration skips.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"

#define CONTENDED_PAGES		64
#define MAX_CONTENDERS		8

/* How many migrations are counted; more make the figure smoother. */
static uint contended_rounds = 100;
module_param_named(rounds, contended_rounds, uint, 0444);

/**
 * struct contention - Tasks that lock pages which migrate
 * @folio: the pages
 * @stop: told to end
 */
struct contention {
	struct folio *folio[CONTENDED_PAGES];
	bool stop;
};

/**
 * struct contender - One of these tasks
 * @task: the thread
 * @contention: the pages
 * @next: the page to lock next
 */
struct contender {
	struct mmk_task task;
	struct contention *contention;
	unsigned int next;
};

static void contender_main(struct mmk_task *task)
{
	struct contender *contender = container_of(task, struct contender,
						   task);
	struct contention *contention = contender->contention;

	while (!READ_ONCE(contention->stop)) {
		folio_lock(contention->folio[contender->next]);
		/* As long as it takes to read a page from a disk. */
		schedule_timeout_uninterruptible(1);
		folio_unlock(contention->folio[contender->next]);
		contender->next = (contender->next + 1) % CONTENDED_PAGES;
	}
}

static unsigned long count_skipped(struct kunit *test, struct mmk_vma *m)
{
	unsigned long skipped = 0;
	int i;

	for (i = 0; i < contended_rounds; i++) {
		KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
		skipped += CONTENDED_PAGES - m->args.cpages;
		mmk_vma_finalize(m);
		schedule_timeout_uninterruptible(1);
	}
	return skipped;
}

/**
 * contention_is_measured() - How many pages are skipped for their lock
 *
 * Up to eight tasks lock and unlock the pages of a range, one after the other,
 * while the range is migrated again and again. The share of pages that are
 * skipped is printed; nothing is expected of it. The parameter "rounds" says
 * how many migrations to count.
 *
 * Measures: MV-19
 */
static void contention_is_measured(struct kunit *test)
{
	static const unsigned int steps[] = { 0, 1, 2, 4, MAX_CONTENDERS };
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, CONTENDED_PAGES), skipped;
	struct contender *contender[MAX_CONTENDERS];
	struct contention *contention;
	unsigned int i, j, nr;
	struct mmk_vma *m;

	mmk_fill(test, addr, CONTENDED_PAGES, 1);
	m = mmk_vma_alloc(test, mm, addr, CONTENDED_PAGES, MIGRATE_VMA_SELECT_SYSTEM, NULL);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		nr = steps[i];
		contention = kunit_kzalloc(test, sizeof(*contention),
					   GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, contention);
		for (j = 0; j < CONTENDED_PAGES; j++)
			contention->folio[j] = mmk_pte_folio(test, mm, addr +
							     j * PAGE_SIZE);
		for (j = 0; j < nr; j++) {
			contender[j] = mmk_task_alloc(test,
						      sizeof(*contender[j]),
						      mm, contender_main);
			contender[j]->contention = contention;
			contender[j]->next = j * CONTENDED_PAGES / nr;
		}

		for (j = 0; j < nr; j++)
			mmk_task_start(&contender[j]->task);
		skipped = count_skipped(test, m);
		WRITE_ONCE(contention->stop, true);
		for (j = 0; j < nr; j++)
			KUNIT_ASSERT_TRUE(test,
					  mmk_task_join(&contender[j]->task));
		kunit_info(test, "%u contender(s): %lu of %u pages skipped", nr,
			   skipped, CONTENDED_PAGES * contended_rounds);
	}
	MMK_EXPECT_HOLDS(test, addr, CONTENDED_PAGES, 1);
}

static struct kunit_case measure_contention_cases[] = {
	KUNIT_CASE(contention_is_measured),
	{}
};

static struct kunit_suite measure_contention_suite = {
	.name = "measure_contention",
	.init = mmk_case_init,
	.test_cases = measure_contention_cases,
};

kunit_test_suite(measure_contention_suite);
