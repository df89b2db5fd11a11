// SPDX-License-Identifier: GPL-2.0
/*
 * A page that many tasks access: how often it can be migrated.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/task.h"

#define SEED	0x5a

/* How many migrations are counted; more make the figure smoother. */
static uint hammer_moves = 100;
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
		/* In virtual time, only a delay takes time. */
		udelay(1);
		cond_resched();
	}
}

static void hammer_stop(void *data)
{
	struct hammer *h = data;

	WRITE_ONCE(h->stop, true);
}

/**
 * struct hammer_case - A number of tasks
 * @description: for the log
 * @nr: how many
 */
struct hammer_case {
	const char *description;
	unsigned int nr;
};

static const struct hammer_case hammer_cases[] = {
	{ "0 tasks", 0 },
	{ "1 task", 1 },
	{ "2 tasks", 2 },
	{ "4 tasks", 4 },
	{ "8 tasks", 8 },
	{ "16 tasks", 16 },
};

KUNIT_ARRAY_PARAM_DESC(hammer, hammer_cases, description);

/**
 * hammered_page_is_measured() - How many migrations succeed
 *
 * Migrates a page again and again while this many tasks read it, and prints how
 * many migrations succeeded, and how many tries they took. The page is copied
 * when all tasks wait for the entry. Only that all accesses are served is
 * expected. The parameter "moves" says how many migrations to count.
 *
 * Measures: MW-14
 */
static void hammered_page_is_measured(struct kunit *test)
{
	const unsigned int nr_moves = hammer_moves, max_tries = 10;
	const struct hammer_case *c = test->param_value;
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
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
								hammer_stop,
								h[i]), 0);
		mmk_task_start(&h[i]->task);
	}

	/* The case runs before these tasks. */
	sched_set_fifo(current);
	for (i = 0; i < nr_moves; i++) {
		for (try = 0; try < max_tries; try++) {
			tries++;
			KUNIT_ASSERT_EQ(test, mmk_vma_setup(v), 0);
			/* As if the driver copied until all tasks wait. */
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

	for (i = 0; i < c->nr; i++)
		hammer_stop(h[i]);
	for (i = 0; i < c->nr; i++) {
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&h[i]->task));
		KUNIT_EXPECT_FALSE(test, h[i]->err);
	}
	MMK_EXPECT_HOLDS(test, addr, 1, SEED);
}

static struct kunit_case measure_hammer_cases[] = {
	KUNIT_CASE_PARAM(hammered_page_is_measured, hammer_gen_params),
	{}
};

static struct kunit_suite measure_hammer_suite = {
	.name = "measure_hammer",
	.init = mmk_case_init,
	.test_cases = measure_hammer_cases,
};

kunit_test_suite(measure_hammer_suite);
