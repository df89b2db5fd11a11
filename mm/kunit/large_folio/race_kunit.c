// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_vma_setup() has split a large folio, and the page table under it changes
 * before it goes on.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/task.h"

/* Where the folio begins in the range of its pmd, and what is asked for */
#define FIRST	64
#define WANTED	128
#define ORDER	4

/**
 * enum change - What has become of the page table
 * @CLEARED: it has been freed, as it was empty
 * @HUGE: and there is a huge page in its place
 * @MIGRATION: which is under migration already
 */
enum change { CLEARED, HUGE, MIGRATION };

/**
 * struct change_way - What somebody does
 * @description: for the log
 * @change: what it is
 */
struct change_way {
	const char *description;
	enum change change;
};

static const struct change_way change_ways[] = {
	{ "cleared", CLEARED },
	{ "huge again", HUGE },
	{ "huge, and under migration", MIGRATION },
};

KUNIT_ARRAY_PARAM_DESC(change, change_ways, description);

/**
 * struct changer - A task that changes the page table once a folio has been split
 * @task: the task
 * @mn: tells it that the split has begun
 * @begun: so it does
 * @folio: is locked until the split is done
 * @addr: of the pmd
 * @change: what to do
 * @told: @begun has been completed
 * @done: the page table has been changed
 * @other: the huge page that is there then, and under migration
 */
struct changer {
	struct mmk_task task;
	struct mmu_notifier mn;
	struct completion begun;
	struct folio *folio;
	unsigned long addr;
	enum change change;
	bool told;
	bool done;
	struct folio *other;
};

/* The split takes the ptes of the folio away, which setup itself does not. */
static int changer_told(struct mmu_notifier *mn,
			const struct mmu_notifier_range *range)
{
	struct changer *c = container_of(mn, struct changer, mn);

	if (range->event == MMU_NOTIFY_CLEAR && !c->told) {
		c->told = true;
		complete(&c->begun);
	}
	return 0;
}

static const struct mmu_notifier_ops changer_ops = {
	.invalidate_range_start	= changer_told,
};

static void changer_main(struct mmk_task *task)
{
	struct changer *c = container_of(task, struct changer, task);

	/* So that it runs when it is woken, and not when somebody sleeps. */
	sched_set_fifo(current);
	wait_for_completion(&c->begun);
	/* Sleeps until the split is over, and then is the next to have it. */
	folio_lock(c->folio);
	folio_unlock(c->folio);
	/* The page table goes as well: it is empty then. */
	if (do_madvise(task->mm, c->addr, MMK_HUGE_SIZE, MADV_DONTNEED) ||
	    mmk_pmd_kind(task->mm, c->addr) != MMK_PTE_NONE)
		return;
	if (c->change != CLEARED) {
		if (mmk_fault_in(task->mm, c->addr, true))
			return;
		c->other = page_folio(mmk_pmd_page(task->mm, c->addr));
	}
	if (c->change == MIGRATION) {
		folio_get(c->other);
		folio_lock(c->other);
		try_to_migrate(c->other, 0);
	}
	c->done = true;
}

static void changer_release(void *data)
{
	struct changer *c = data;

	mmu_notifier_unregister(&c->mn, c->mn.mm);
}

static struct changer *changer_alloc(struct kunit *test, struct mm_struct *mm,
				     enum change change)
{
	struct changer *c = mmk_task_alloc(test, sizeof(*c), mm, changer_main);

	c->change = change;
	init_completion(&c->begun);
	c->mn.ops = &changer_ops;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&c->mn, mm), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, changer_release,
							c), 0);
	return c;
}

/* Holes, then a small large folio, and more holes, all in the range of a pmd */
static void range_map(struct kunit *test, struct changer *c,
		      struct mm_struct *mm)
{
	unsigned long addr;
	int ret;

	c->addr = mmk_map_huge_hole(test, mm, 1);
	addr = c->addr + FIRST * PAGE_SIZE;
	mmk_huge_on(false);
	mmk_anon_order_on(ORDER);
	ret = mmk_fault_in(mm, addr, true);
	mmk_anon_order_on(0);
	mmk_huge_on(true);
	KUNIT_ASSERT_EQ(test, ret, 0);
	mmk_fill(test, addr, 1 << ORDER, MMK_LARGE_SEED);
	c->folio = mmk_pte_folio(test, mm, addr);
	KUNIT_ASSERT_EQ(test, folio_order(c->folio), (unsigned int)ORDER);
}

/**
 * setup_minds_a_page_table_that_changes() - Between a split and the second look
 *
 * Setup has collected some holes when it comes to a large folio. It drops the page
 * table lock and splits the folio. Meanwhile somebody discards the whole range: there
 * is no page table any more, or a huge page, or one that is under migration. Setup
 * goes on from where it was. It has an entry for each page of the range and not one
 * more, and counts those that it offers.
 *
 * Contract: LF-5
 */
static void setup_minds_a_page_table_that_changes(struct kunit *test)
{
	const struct change_way *w = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long cpages = 0;
	struct changer *c;
	struct mmk_vma *m;
	unsigned int i;

	if (!MMK_SETUP_SPLITS_LARGE)
		kunit_skip(test, "needs migrate_vma_split_folio()");
	if (!IS_ENABLED(CONFIG_PT_RECLAIM))
		kunit_skip(test, "needs CONFIG_PT_RECLAIM");
	c = changer_alloc(test, mm, w->change);
	range_map(test, c, mm);
	m = mmk_vma_alloc(test, mm, c->addr, WANTED, MIGRATE_VMA_SELECT_SYSTEM,
			  dev);
	mmk_task_start(&c->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&c->task, "changer_main"));
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	if (!c->told)
		complete(&c->begun);
	KUNIT_EXPECT_TRUE(test, c->told);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&c->task));
	KUNIT_EXPECT_TRUE(test, c->done);

	KUNIT_EXPECT_EQ(test, m->args.npages, (unsigned long)WANTED);
	KUNIT_EXPECT_EQ(test, mmk_vma_overrun(m), 0U);
	for (i = 0; i < WANTED; i++)
		cpages += !!(m->src[i] & MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_EQ(test, m->args.cpages, cpages);
	for (i = 0; i < FIRST; i++)
		if (m->src[i] != MIGRATE_PFN_MIGRATE)
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, (unsigned int)FIRST,
			    "first hole that is not on offer");
	/* As many as the arrays have room for, whatever setup says. */
	m->args.npages = min_t(unsigned long, m->args.npages,
			       MMK_VMA_ROOM);
	mmk_vma_finalize(m);
	if (c->other && w->change == MIGRATION) {
		remove_migration_ptes(c->other, c->other, 0);
		folio_unlock(c->other);
		folio_put(c->other);
	}
}

static struct kunit_case large_folio_race_cases[] = {
	KUNIT_CASE_PARAM(setup_minds_a_page_table_that_changes,
			 change_gen_params),
	{}
};

static struct kunit_suite large_folio_race_suite = {
	.name = "large_folio_race",
	.init = mmk_case_init,
	.test_cases = large_folio_race_cases,
};

kunit_test_suite(large_folio_race_suite);
