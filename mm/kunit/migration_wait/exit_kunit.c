// SPDX-License-Identifier: GPL-2.0
/*
 * How migration_entry_wait() returns: after a wait, and without one.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "moving.h"

/* MW-4, MW-5: the ways out */

/**
 * wait_keeps_context() - A wait that has slept
 *
 * While it sleeps, the waiter holds only the mmap_lock of its caller, and is in
 * no RCU read-side critical section. When it returns, it has dropped the ptl
 * and unmapped the pte once: preempt count, RCU nesting, locks and interrupts
 * are as before.
 *
 * Contract: MW-4
 */
static void wait_keeps_context(struct kunit *test)
{
	struct moving m;

	moving_init(test, &m);
	mw_expect_context_kept(test, &m);
}

static void page_release(void *page)
{
	__free_page(page);
}

static unsigned long make_no_table(struct kunit *test, struct mm_struct *mm,
				   struct mmk_dev *dev)
{
	unsigned long addr = mmk_map_anon(test, 2 * PTRS_PER_PTE);

	/* The next pmd is then there, and empty. */
	mmk_fill(test, addr, 1, SEED);
	return ALIGN(addr + 1, PMD_SIZE);
}

static unsigned long make_none(struct kunit *test, struct mm_struct *mm,
			       struct mmk_dev *dev)
{
	unsigned long addr = mmk_map_anon(test, 2);

	/* So that there is a page table. */
	mmk_fill(test, addr, 2, SEED);
	KUNIT_ASSERT_EQ(test, do_madvise(mm, addr, PAGE_SIZE, MADV_DONTNEED),
			0);
	return addr;
}

static unsigned long make_present(struct kunit *test, struct mm_struct *mm,
				  struct mmk_dev *dev)
{
	unsigned long addr = mmk_map_anon(test, 1);

	mmk_fill(test, addr, 1, SEED);
	return addr;
}

static unsigned long make_swap(struct kunit *test, struct mm_struct *mm,
			       struct mmk_dev *dev)
{
	unsigned long addr;

	mmk_swap_on(test);
	addr = make_present(test, mm, dev);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	return addr;
}

static unsigned long make_device_private(struct kunit *test,
					 struct mm_struct *mm,
					 struct mmk_dev *dev)
{
	unsigned long addr = make_present(test, mm, dev);

	mmk_migrate_to_dev(test, mm, addr, dev);
	return addr;
}

static unsigned long make_exclusive(struct kunit *test, struct mm_struct *mm,
				    struct mmk_dev *dev)
{
	unsigned long addr = make_present(test, mm, dev);
	struct folio *folio = mmk_make_exclusive(test, mm, addr);

	folio_unlock(folio);
	folio_put(folio);
	return addr;
}

/* Puts an entry into an empty pte, for a fault to find. */
static unsigned long make_entry(struct kunit *test, struct mm_struct *mm,
				softleaf_t entry)
{
	unsigned long addr = make_none(test, mm, NULL);

	KUNIT_ASSERT_TRUE(test, mmk_pte_store(mm, addr, softleaf_to_pte(entry)));
	return addr;
}

static unsigned long make_hwpoison(struct kunit *test, struct mm_struct *mm,
				   struct mmk_dev *dev)
{
	struct page *page;

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		kunit_skip(test, "needs CONFIG_MEMORY_FAILURE");
	page = alloc_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, page_release,
							page), 0);
	return make_entry(test, mm, mmk_hwpoison_entry(page));
}

static unsigned long make_marker(struct kunit *test, struct mm_struct *mm,
				 struct mmk_dev *dev)
{
	return make_entry(test, mm, make_poisoned_swp_entry());
}

/**
 * struct other_case - What a pte may be instead of a migration entry
 * @description: for the log
 * @make: makes it, and returns its address
 * @kind: kind of the pte
 * @lock: lock the folio that it refers to
 */
struct other_case {
	const char *description;
	unsigned long (*make)(struct kunit *test, struct mm_struct *mm,
			      struct mmk_dev *dev);
	enum mmk_pte_kind kind;
	bool lock;
};

static const struct other_case other_cases[] = {
	{ "no page table", make_no_table, MMK_PTE_NO_TABLE, false },
	{ "none", make_none, MMK_PTE_NONE, false },
	{ "present", make_present, MMK_PTE_PRESENT, true },
	{ "swap", make_swap, MMK_PTE_SWAP, false },
	{ "device-private", make_device_private,
	  MMK_PTE_DEVICE_PRIVATE_WRITE, true },
	{ "device-exclusive", make_exclusive, MMK_PTE_DEVICE_EXCLUSIVE,
	  true },
	{ "hwpoison", make_hwpoison, MMK_PTE_HWPOISON, true },
	{ "marker", make_marker, MMK_PTE_MARKER, false },
};

KUNIT_ARRAY_PARAM_DESC(other, other_cases, description);

/**
 * other_entry_is_not_waited_for() - The migration entry has gone meanwhile
 *
 * Before the fault takes the ptl, the entry may have been replaced by anything
 * else. That is left alone. So is its folio, which is locked: a task that
 * waited for it would sleep. The ptl is dropped and the pte unmapped once.
 *
 * Contract: MW-4, MW-5
 */
static void other_entry_is_not_waited_for(struct kunit *test)
{
	const struct other_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = c->make(test, mm, dev);
	struct folio *folio = NULL;
	struct waiter *w;
	bool returned;
	pte_t pte;
	int refs = 0;

	KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(mm, addr), (int)c->kind);
	w = mw_waiter_alloc(test, mm, addr);
	pte = mmk_pte(mm, addr);
	lru_add_drain_all();
	if (c->lock) {
		folio = mmk_pte_folio(test, mm, addr);
		refs = folio_ref_count(folio);
		folio_lock(folio);
	}

	mmk_task_start(&w->task);
	returned = mmk_task_join(&w->task);
	KUNIT_EXPECT_TRUE(test, returned);
	if (folio) {
		KUNIT_EXPECT_FALSE(test, folio_test_waiters(folio));
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), refs);
		KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
		folio_unlock(folio);
	}
	KUNIT_EXPECT_EQ_MSG(test, w->after.switches, w->before.switches,
			    "slept");
	mw_expect_same_context(test, w);
	KUNIT_EXPECT_EQ(test, pte_val(mmk_pte(mm, addr)), pte_val(pte));
}

/* MW-6: unlocked in the last moment */

/**
 * unlocked_folio_is_not_waited_for() - Unlocked at the last moment
 *
 * The folio is unlocked after the waiter has looked up the entry, and right
 * before it takes the queue lock. There is nothing to wait for any more: the
 * waiter is not queued, does not sleep, and leaves the folio unlocked. The ptl
 * is dropped and the pte unmapped once. PG_waiters is set, since the waiter
 * sets it before it tests PG_locked. In the other order, an unlock between the
 * two would not wake it.
 *
 * Contract: MW-4, MW-6, MW-7
 */
static void unlocked_folio_is_not_waited_for(struct kunit *test)
{
	struct moving m;

	moving_init(test, &m);
	mw_expect_not_waited_for(test, &m);
}

static void unlock_and_lock(struct folio *folio)
{
	if (folio_test_locked(folio)) {
		folio_unlock(folio);
		folio_trylock(folio);
	}
}

/**
 * relocked_folio_is_waited_for() - Unlocked and locked at the last moment
 *
 * After the waiter has looked up the entry, and right before it takes the queue
 * lock, the folio is unlocked, its waiters are woken, and it is locked again.
 * The waiter waits for the new owner of the lock, and sets PG_waiters again,
 * which the unlock has cleared.
 *
 * Contract: MW-3, MW-7
 */
static void relocked_folio_is_waited_for(struct kunit *test)
{
	struct lock_watch *watch;
	struct waiter *before, *w;
	struct moving m;

	moving_init(test, &m);
	before = mw_waiter_alloc(test, m.mm, m.addr);
	mmk_task_start(&before->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&before->task));
	w = mw_waiter_alloc(test, m.mm, m.addr);
	watch = mw_watch_start(test, &m, &w->task, unlock_and_lock);
	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&w->task));
	mw_watch_stop(watch);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&before->task));
	KUNIT_EXPECT_TRUE(test, watch->queued);
	KUNIT_EXPECT_TRUE(test, watch->waiters);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(m.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_waiters(m.folio));

	moving_end(test, &m);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&w->task));
}

static struct kunit_case migration_wait_exit_cases[] = {
	KUNIT_CASE(wait_keeps_context),
	KUNIT_CASE_PARAM(other_entry_is_not_waited_for, other_gen_params),
	KUNIT_CASE(unlocked_folio_is_not_waited_for),
	KUNIT_CASE(relocked_folio_is_waited_for),
	{}
};

static struct kunit_suite migration_wait_exit_suite = {
	.name = "migration_wait_exit",
	.init = mmk_case_init,
	.test_cases = migration_wait_exit_cases,
};

kunit_test_suite(migration_wait_exit_suite);
