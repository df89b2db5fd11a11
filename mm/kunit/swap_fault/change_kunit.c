// SPDX-License-Identifier: GPL-2.0
/*
 * Swap cache and ptes that change while a fault waits for the folio lock.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/fault.h"
#include "../compat/swap.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "swapped.h"

/*
 * As sf_locked_init(), with the bytes of the folio in the area. They are
 * written beforehand, since reclaim does not write a folio with an unexpected
 * reference.
 */
static void locked_written_init(struct kunit *test, struct swapped *s,
				struct mmk_folio_state *unlocked)
{
	s->mm = mmk_mm_enter(test);
	mmk_swap_on_watched(test, true);
	s->addr = mmk_map_anon(test, 1);
	mmk_fill(test, s->addr, 1, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(s->addr, PAGE_SIZE), 0);
	mmk_scrub_free_pages();
	/* The page is read from the area, and stays in the swap cache. */
	MMK_EXPECT_HOLDS(test, s->addr, 1, SEED);
	sf_swap_out_filled(test, s, true);
	KUNIT_ASSERT_FALSE(test, folio_test_dirty(s->folio));
	mmk_folio_snapshot(s->folio, unlocked);
	lock_folio(test, s->folio);
}

/**
 * lost_swap_cache_is_noticed() - The folio leaves the swap cache meanwhile
 *
 * While a fault waits for the lock of a folio, the folio is removed from the
 * swap cache, as by swapoff and reclaim. The fault maps nothing, leaves the pte
 * as it is, unlocks the folio and drops its reference; the next fault reads the
 * page from the area.
 *
 * Contract: SF-5, SF-10
 */
static void lost_swap_cache_is_noticed(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	struct swapped s = {};

	locked_written_init(test, &s, &before);
	mmk_mm_snapshot(s.mm, &rss);
	fault = mmk_fault_start(test, s.mm, s.addr, FAULT_FLAG_USER,
				MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));

	swap_cache_del_folio(s.folio);
	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	sf_expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	mmk_expect_mm_same(test, "nothing mapped", s.mm, &rss);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.folio));
	/* The reference of the case; that of the swap cache is gone. */
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.folio), 0);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SEED);
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, s.mm, s.addr), s.folio);
}

/**
 * swap_cache_of_other_entry_is_noticed() - The folio gets another slot
 *
 * While a fault waits for the lock of a folio, the folio is removed from the
 * swap cache, and added to it again with another slot. The fault maps nothing;
 * the next fault reads the page from the slot of the pte.
 *
 * Contract: SF-5, SF-10
 */
static void swap_cache_of_other_entry_is_noticed(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};
	bool added;

	locked_written_init(test, &s, &before);
	fault = mmk_fault_start(test, s.mm, s.addr, FAULT_FLAG_USER,
				MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));

	swap_cache_del_folio(s.folio);
	added = mmk_swap_cache_add(s.folio);
	KUNIT_EXPECT_TRUE(test, added);
	KUNIT_EXPECT_NE(test, s.folio->swap.val, s.entry.val);
	unlock_folio(test, s.folio);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	sf_expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	if (MMK_SWAPIN_REAPS_CACHE) {
		added = false;
		before.refcount--;
	}
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), before.refcount);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.folio), 0);
	KUNIT_EXPECT_EQ(test, folio_test_swapcache(s.folio), added);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SEED);

	folio_lock(s.folio);
	KUNIT_EXPECT_TRUE(test, !added || folio_free_swap(s.folio));
	folio_unlock(s.folio);
}

/**
 * lost_pte_is_noticed() - The pte is emptied during the wait
 *
 * While a fault waits for the lock of a folio with the VMA lock held,
 * MADV_DONTNEED empties the pte. The fault maps nothing and counts nothing.
 *
 * Contract: SF-5, SF-10
 */
static void lost_pte_is_noticed(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	struct swapped s = {};

	sf_locked_init(test, &s, &before);
	mmk_mm_snapshot(s.mm, &rss);
	fault = mmk_fault_start(test, s.mm, s.addr, FAULT_FLAG_USER,
				MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));

	KUNIT_EXPECT_EQ(test, do_madvise(s.mm, s.addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	KUNIT_EXPECT_EQ(test, rss.swap, 1L);
	rss.swap = 0;
	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	sf_expect_locks_idle(test, &s);
	MMK_EXPECT_PTE(test, s.mm, s.addr, NONE);
	mmk_expect_mm_same(test, "nothing mapped", s.mm, &rss);
	/* No pte needs the slot any more. */
	if (MMK_SWAPIN_REAPS_CACHE) {
		before.refcount--;
		before.swapcache = false;
	}
	mmk_expect_folio_same(test, "nothing mapped", s.folio, &before);
}

static struct kunit_case swap_fault_change_cases[] = {
	KUNIT_CASE(lost_swap_cache_is_noticed),
	KUNIT_CASE(swap_cache_of_other_entry_is_noticed),
	KUNIT_CASE(lost_pte_is_noticed),
	{}
};

static struct kunit_suite swap_fault_change_suite = {
	.name = "swap_fault_change",
	.init = mmk_case_init,
	.test_cases = swap_fault_change_cases,
};

kunit_test_suite(swap_fault_change_suite);
