// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks that touch a page of hugetlb while it is moved. migration_entry_wait_huge()
 * is the counterpart of migration_entry_wait().
 */
#include <kunit/test.h>
#include <linux/hugetlb.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/wait_bit.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "hugetlb.h"

#define MANY	8

static const struct wait_case {
	const char *description;
	bool shared;
	bool moved;
	unsigned int nr;
	bool write;
} wait_cases[] = {
	{ "private, a read, moved", false, true, 1, false },
	{ "private, a write, moved", false, true, 1, true },
	{ "private, a write, put back", false, false, 1, true },
	{ "private, 8 tasks, moved", false, true, MANY, true },
	{ "shared, a write, moved", true, true, 1, true },
	{ "shared, a read, put back", true, false, 1, false },
	{ "shared, 8 tasks, moved", true, true, MANY, false },
};

KUNIT_ARRAY_PARAM_DESC(wait, wait_cases, description);

/**
 * entry_is_waited_for() - Faults on an entry
 *
 * Each task sleeps until the page is unlocked, has no reference on it and stands
 * in its queue. Once the migration is over, all are served with the page where
 * it is then.
 *
 * Contract: MW-13 HT-1
 */
static void entry_is_waited_for(struct kunit *test)
{
	const struct wait_case *how = test->param_value;
	struct mmk_fault *faults[MANY];
	struct ht_hold *hold;
	struct folio *now;
	unsigned int i;
	struct ht ht;
	int refs;

	ht_map(test, &ht, 1, how->shared, "");
	hold = ht_hold(test, &ht);
	refs = folio_ref_count(ht.folio);
	for (i = 0; i < how->nr; i++)
		faults[i] = mmk_access_start(test, ht.mm, ht.addr + i * PAGE_SIZE,
					     how->write);
	for (i = 0; i < how->nr; i++)
		KUNIT_EXPECT_TRUE(test, mmk_task_waits(&faults[i]->task));
	KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, ht.folio),
			(int)how->nr);
	KUNIT_EXPECT_TRUE(test, folio_test_waiters(ht.folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(ht.folio), refs);

	now = ht_hold_end(test, hold, how->moved);
	for (i = 0; i < how->nr; i++) {
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&faults[i]->task));
		KUNIT_EXPECT_EQ(test, faults[i]->ret & VM_FAULT_ERROR, 0);
	}
	ht_expect_mapped(test, ht.mm, ht.addr, now, true);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(now));
	MMK_EXPECT_HOLDS(test, ht.addr, MMK_HUGE_PAGES, HT_SEED);
}

/**
 * waiter_has_let_the_lock_go() - What a task holds while it waits
 *
 * The lock of hugetlb's VMAs, which the fault is handled under, can be taken for
 * writing while the task sleeps; the task holds mmap_lock, or the VMA lock, at
 * most.
 *
 * Contract: MW-13
 */
static void waiter_has_let_the_lock_go(struct kunit *test)
{
	const struct wait_case *how = test->param_value;
	struct vm_area_struct *vma;
	struct mmk_fault *fault;
	struct ht_hold *hold;
	struct ht ht;
	bool taken;

	ht_map(test, &ht, 1, how->shared, "");
	vma = mmk_vma_at(ht.mm, ht.addr);
	hold = ht_hold(test, &ht);
	fault = mmk_access_start(test, ht.mm, ht.addr, how->write);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));
	taken = hugetlb_vma_trylock_write(vma);
	KUNIT_EXPECT_TRUE(test, taken);
	if (taken)
		hugetlb_vma_unlock_write(vma);
	if (IS_ENABLED(CONFIG_LOCKDEP))
		KUNIT_EXPECT_LE(test, lockdep_depth(fault->task.task), 1);
	ht_hold_end(test, hold, how->moved);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret & VM_FAULT_ERROR, 0);
}

/**
 * nobody_waits_for_a_page_that_is_back() - A fault once the migration is over
 *
 * It is served at once, and so is one on the page behind while the first page is
 * under migration.
 *
 * Contract: MW-13
 */
static void nobody_waits_for_a_page_that_is_back(struct kunit *test)
{
	struct ht_hold *hold;
	struct folio *now;
	struct ht ht;

	ht_map(test, &ht, 2, false, "");
	hold = ht_hold(test, &ht);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(ht.mm, ht.addr + HPAGE_SIZE, true),
			0);
	HT_EXPECT_PTE(test, ht.mm, ht.addr, MIGRATION_WRITE);
	now = ht_hold_end(test, hold, true);
	/* Only the lock says that a page is under migration, not who has it. */
	folio_lock(now);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(ht.mm, ht.addr, false), 0);
	folio_unlock(now);
	ht_expect_mapped(test, ht.mm, ht.addr, now, true);
}

static struct kunit_case hugetlb_wait_cases[] = {
	KUNIT_CASE_PARAM(entry_is_waited_for, wait_gen_params),
	KUNIT_CASE_PARAM(waiter_has_let_the_lock_go, wait_gen_params),
	KUNIT_CASE(nobody_waits_for_a_page_that_is_back),
	{}
};

static struct kunit_suite hugetlb_wait_suite = {
	.name = "hugetlb_wait",
	.init = mmk_case_init,
	.test_cases = hugetlb_wait_cases,
};

kunit_test_suite(hugetlb_wait_suite);
