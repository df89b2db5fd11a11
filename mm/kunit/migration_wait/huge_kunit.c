// SPDX-License-Identifier: GPL-2.0
/*
 * The wait for a migration entry in a pmd.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "moving.h"

/* As mw_moving_init_kind(), with a huge page and an entry in its pmd */
static void moving_init_huge(struct kunit *test, struct moving *m,
			     enum mmk_pte_kind kind)
{
	m->mm = mmk_mm_enter(test);
	m->huge = true;
	m->addr = mmk_map_huge(test, m->mm, 1);
	mw_moving_unmap(test, m, kind, MMK_HUGE_SIZE);
}

/* MW-1: an access waits for the end of the migration */

KUNIT_ARRAY_PARAM_DESC(wait, mw_wait_cases, description);

/* MW-2: a task that waits has no reference */

KUNIT_ARRAY_PARAM_DESC(many, mw_many_cases, description);

/* MW-13: entries in a pmd */

/**
 * huge_page_fault_is_queued() - A fault on an entry in a pmd
 *
 * A fault is taken on a part of a huge page under migration, under either lock.
 * It takes the ptl, goes into the folio's queue under it, and drops it last. It
 * has no reference, neither before the sleep nor during it. It sleeps on when
 * the page has been mapped again, and returns when the old folio is unlocked.
 * The next fault finds the new page.
 *
 * Contract: MW-13
 */
static void huge_page_fault_is_queued(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct lock_watch *watch;
	struct mmk_fault *fault;
	struct folio *dst;
	struct moving m;

	mmk_need_lock(test, c->lock);

	moving_init_huge(test, &m, c->kind);
	fault = mmk_fault_alloc(test, m.mm, m.addr + 5 * PAGE_SIZE,
				FAULT_FLAG_DEFAULT, c->lock);
	watch = mw_watch_start(test, &m, &fault->task, NULL);
	mmk_task_start(&fault->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));
	mw_watch_stop(watch);
	KUNIT_EXPECT_TRUE(test, watch->queued);
	KUNIT_EXPECT_TRUE(test, watch->waiters);
	KUNIT_EXPECT_STREQ(test, watch->order, "PQqp");
	KUNIT_EXPECT_EQ(test, watch->max_refs, 1);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, fault->task.task,
						   m.folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(m.folio), 1);
	KUNIT_EXPECT_EQ(test, (int)moving_kind(&m), (int)c->kind);

	dst = mmk_hold_copy(test, m.hold);
	remove_migration_ptes(m.folio, dst, 0);
	MMK_EXPECT_PMD(test, m.mm, m.addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));

	mmk_hold_finish(test, m.hold, true);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_EQ(test, fault->tries, 1);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(m.mm, m.addr, false), 0);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, m.mm, m.addr), dst);
	MMK_EXPECT_HOLDS(test, m.addr, 1, SEED);
	KUNIT_EXPECT_FALSE(test, folio_test_waiters(dst));
}

/**
 * huge_page_waiters_hold_no_reference() - N tasks wait for one huge page
 *
 * As waiters_hold_no_reference(): all tasks are in the queue, none has a
 * reference, and the migration succeeds at the first try.
 *
 * Contract: MW-13
 */
static void huge_page_waiters_hold_no_reference(struct kunit *test)
{
	const struct many_case *c = test->param_value;
	struct mmk_fault **faults;
	struct folio *dst;
	struct moving m;

	moving_init_huge(test, &m, MMK_PTE_MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, folio_ref_count(m.folio), 1);
	faults = mw_sleepers(test, m.mm, m.addr, c->nr);
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, m.folio), c->nr);
	KUNIT_EXPECT_EQ(test, folio_ref_count(m.folio), 1);

	dst = mmk_hold_copy(test, m.hold);
	remove_migration_ptes(m.folio, dst, 0);
	mmk_hold_finish(test, m.hold, true);
	mw_expect_all_end(test, faults, c->nr);
	MMK_EXPECT_PMD(test, m.mm, m.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, m.mm, m.addr), dst);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), 1);
}

/**
 * huge_page_wait_keeps_context() - A wait that has slept
 *
 * As wait_keeps_context(), for an entry in a pmd.
 *
 * Contract: MW-13
 */
static void huge_page_wait_keeps_context(struct kunit *test)
{
	struct moving m;

	moving_init_huge(test, &m, MMK_PTE_MIGRATION_WRITE);
	mw_expect_context_kept(test, &m);
}

/**
 * unlocked_huge_page_is_not_waited_for() - Unlocked at the last moment
 *
 * As unlocked_folio_is_not_waited_for(), for an entry in a pmd.
 *
 * Contract: MW-13
 */
static void unlocked_huge_page_is_not_waited_for(struct kunit *test)
{
	struct moving m;

	moving_init_huge(test, &m, MMK_PTE_MIGRATION_WRITE);
	mw_expect_not_waited_for(test, &m);
}

/**
 * struct pmd_case - A pmd that is no migration entry any more
 * @description: for the log
 * @kind: what it is
 */
struct pmd_case {
	const char *description;
	enum mmk_pte_kind kind;
};

static const struct pmd_case pmd_cases[] = {
	{ "none", MMK_PTE_NONE },
	{ "huge page", MMK_PTE_PRESENT },
	{ "page table", MMK_PTE_TABLE },
};

KUNIT_ARRAY_PARAM_DESC(pmd, pmd_cases, description);

/**
 * other_pmd_is_not_waited_for() - The migration entry has gone meanwhile
 *
 * As other_entry_is_not_waited_for(), for a pmd: it is left alone, and so is
 * its folio, which is locked. The ptl is dropped once.
 *
 * Contract: MW-13
 */
static void other_pmd_is_not_waited_for(struct kunit *test)
{
	const struct pmd_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge(test, mm, 1);
	struct folio *folio = mmk_pmd_folio(test, mm, addr);
	struct waiter *w;
	int refs;
	pmd_t pmd;

	mmk_folio_get(test, folio);
	if (c->kind == MMK_PTE_NONE)
		KUNIT_ASSERT_EQ(test, vm_munmap(addr, MMK_HUGE_SIZE), 0);
	if (c->kind == MMK_PTE_TABLE)
		KUNIT_ASSERT_EQ(test, sys_mprotect(addr, PAGE_SIZE, PROT_READ),
				0L);
	pmd = mmk_pmd(mm, addr);
	KUNIT_ASSERT_EQ(test, (int)mmk_pmd_kind(mm, addr), (int)c->kind);
	w = mw_waiter_alloc(test, mm, addr);
	w->huge = true;
	lru_add_drain_all();
	refs = folio_ref_count(folio);

	folio_lock(folio);
	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
	KUNIT_EXPECT_FALSE(test, folio_test_waiters(folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), refs);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
	folio_unlock(folio);
	KUNIT_EXPECT_EQ_MSG(test, w->after.switches, w->before.switches,
			    "slept");
	mw_expect_same_context(test, w);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(mm, addr)), pmd_val(pmd));
}

static struct kunit_case migration_wait_huge_cases[] = {
	KUNIT_CASE_PARAM(huge_page_fault_is_queued, wait_gen_params),
	KUNIT_CASE_PARAM(huge_page_waiters_hold_no_reference, many_gen_params),
	KUNIT_CASE(huge_page_wait_keeps_context),
	KUNIT_CASE(unlocked_huge_page_is_not_waited_for),
	KUNIT_CASE_PARAM(other_pmd_is_not_waited_for, pmd_gen_params),
	{}
};

static struct kunit_suite migration_wait_huge_suite = {
	.name = "migration_wait_huge",
	.init = mmk_case_init,
	.test_cases = migration_wait_huge_cases,
};

kunit_test_suite(migration_wait_huge_suite);
