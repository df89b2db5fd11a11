// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that may be dropped instead of being swapped out: MADV_FREE. Expected is what
 * madvise(2) says: they may go at any time until they are written to again, by whom
 * ever.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../lib/disk.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/notifier.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"

/* Of the bytes in the swapped pages, see mmk_fill() */
#define SEED	0x69

static void lazy_nothing(struct kunit *test, struct mm_struct *mm,
			 unsigned long addr)
{
}

static void lazy_reference(struct kunit *test, struct mm_struct *mm,
			   unsigned long addr)
{
	mmk_folio_get(test, mmk_pte_folio(test, mm, addr));
}

/* As direct I/O into the page does, which has not written anything yet */
static void lazy_pin(struct kunit *test, struct mm_struct *mm,
		     unsigned long addr)
{
	mmk_pin(test, addr, 0);
}

static void lazy_write(struct kunit *test, struct mm_struct *mm,
		       unsigned long addr)
{
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	mmk_pte_set_flags(test, mm, addr, true, true);
}

/**
 * struct lazy_case - What has become of a page since MADV_FREE
 * @description: for the KTAP line
 * @make: does it
 * @goes: it may be dropped
 */
struct lazy_case {
	const char *description;
	void (*make)(struct kunit *test, struct mm_struct *mm,
		     unsigned long addr);
	bool goes;
};

static const struct lazy_case lazy_cases[] = {
	{ "nothing", lazy_nothing, true },
	{ "referenced", lazy_reference, false },
	{ "pinned", lazy_pin, false },
	{ "written to", lazy_write, false },
};

KUNIT_ARRAY_PARAM_DESC(lazy, lazy_cases, description);

/**
 * lazyfree_page_goes_if_nobody_needs_it() - try_to_unmap() of a page after MADV_FREE
 *
 * A page that nobody has but its mapping is dropped. One that has been written to since
 * stays mapped, and so does one that somebody else holds a reference on, by which data
 * may be on its way: it keeps its bytes, and counts as resident. What was written to is
 * memory like any other again, and can be swapped out. MMU notifiers are told of the page
 * before it goes.
 *
 * Contract: SF-11
 */
static void lazyfree_page_goes_if_nobody_needs_it(struct kunit *test)
{
	const struct lazy_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_notifier *n;
	struct mmk_mm_state rss;
	struct folio *folio;
	bool mapped;

	mmk_fill(test, addr, 1, SEED);
	lru_add_drain_all();
	KUNIT_ASSERT_EQ(test, do_madvise(mm, addr, PAGE_SIZE, MADV_FREE), 0);
	lru_add_drain_all();
	folio = mmk_pte_folio(test, mm, addr);
	KUNIT_ASSERT_FALSE(test, folio_test_swapbacked(folio));
	KUNIT_ASSERT_FALSE(test, pte_dirty(mmk_pte(mm, addr)));
	KUNIT_ASSERT_FALSE(test, folio_test_dirty(folio));
	c->make(test, mm, addr);
	mmk_mm_snapshot(mm, &rss);

	/* As reclaim has it: isolated, locked, and with a reference of its own */
	KUNIT_ASSERT_TRUE(test, folio_isolate_lru(folio));
	folio_lock(folio);
	n = mmk_notifier_alloc(test, mm, addr);
	try_to_unmap(folio, 0);
	mmk_notifier_stop(test, n);
	mapped = folio_mapped(folio);
	folio_unlock(folio);
	folio_putback_lru(folio);
	KUNIT_EXPECT_EQ(test, mapped, !c->goes);
	KUNIT_EXPECT_EQ(test, n->nr, 2U);
	KUNIT_EXPECT_EQ(test, (int)n->log[0].event, (int)MMU_NOTIFY_CLEAR);
	KUNIT_EXPECT_FALSE(test, n->log[0].at_end);
	KUNIT_EXPECT_EQ(test, n->log[0].start, addr);
	KUNIT_EXPECT_EQ(test, n->log[0].end, addr + PAGE_SIZE);
	MMK_EXPECT_KIND(test, n->log[0].pte, MMK_PTE_PRESENT);
	KUNIT_EXPECT_TRUE(test, n->log[1].at_end);
	MMK_EXPECT_KIND(test, n->log[1].pte,
			c->goes ? MMK_PTE_NONE : MMK_PTE_PRESENT);
	if (c->goes) {
		rss.anon--;
		MMK_EXPECT_PTE(test, mm, addr, NONE);
	} else {
		MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	}
	mmk_expect_mm_same(test, "unmapped", mm, &rss);
	if (c->make == lazy_write)
		KUNIT_EXPECT_TRUE(test, folio_test_swapbacked(folio));
	if (!c->goes)
		MMK_EXPECT_MM_HOLDS(test, mm, addr, 1, SEED);
}

static struct kunit_case swap_error_lazyfree_cases[] = {
	KUNIT_CASE_PARAM(lazyfree_page_goes_if_nobody_needs_it, lazy_gen_params),
	{}
};

static struct kunit_suite swap_error_lazyfree_suite = {
	.name = "swap_error_lazyfree",
	.init = mmk_case_init,
	.test_cases = swap_error_lazyfree_cases,
};

kunit_test_suite(swap_error_lazyfree_suite);
