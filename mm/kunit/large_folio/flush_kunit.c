// SPDX-License-Identifier: GPL-2.0
/*
 * The order in which migrate_vma_setup() replaces ptes, flushes the TLB, and drops the page
 * table lock.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../lib/device.h"
#include "../lib/flush.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"

/* A hole, two small pages that a child has, too, and a large folio; then holes */
#define FLUSH_ORDER	3
#define FLUSH_LARGE	8
#define FLUSH_PAGES	(4 * FLUSH_LARGE)

/**
 * struct flush_way - What the driver finds
 * @description: for the log
 * @large: a large folio behind the small pages, which may have to be split
 * @held: and somebody has a reference on it, so that it cannot be
 */
struct flush_way {
	const char *description;
	bool large;
	bool held;
};

static const struct flush_way flush_ways[] = {
	{ "small pages", false, false },
	{ "a large folio behind them", true, false },
	{ "a large folio behind them that is held", true, true },
};

KUNIT_ARRAY_PARAM_DESC(flush, flush_ways, description);

static unsigned long flush_map(struct kunit *test, struct mm_struct *mm,
			       const struct flush_way *w, struct folio **folio)
{
	unsigned long addr = mmk_map_huge_hole(test, mm, 1), large;
	int ret;

	/* Neither is huge, nor large. */
	mmk_huge_on(false);
	mmk_fill(test, addr + PAGE_SIZE, 2, MMK_LARGE_SEED);
	mmk_fork(test);
	large = addr + FLUSH_LARGE * PAGE_SIZE;
	*folio = NULL;
	if (w->large) {
		mmk_anon_order_on(FLUSH_ORDER);
		ret = mmk_fault_in(mm, large, true);
		mmk_anon_order_on(0);
		KUNIT_ASSERT_EQ(test, ret, 0);
		*folio = mmk_pte_folio(test, mm, large);
		KUNIT_ASSERT_EQ(test, folio_order(*folio), FLUSH_ORDER + 0U);
	}
	mmk_huge_on(true);
	return addr;
}

/**
 * tlb_is_flushed_before_the_lock_is_dropped() - Whoever has the lock sees what is true
 *
 * The ptes of pages that a child has as well are replaced without a flush, and the range is
 * flushed afterwards. That has to be done before the page table lock is dropped, at the end
 * or in between, for a folio that has to be split: whoever takes the lock finds the pages
 * unmapped, and must not wonder whether another CPU can still write to them.
 *
 * Contract: MV-11, LF-5
 */
static void tlb_is_flushed_before_the_lock_is_dropped(struct kunit *test)
{
	const struct flush_way *way = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_flush_watch *w;
	struct folio *folio;
	unsigned long addr;
	struct mmk_vma *m;

	addr = flush_map(test, mm, way, &folio);
	lru_add_drain_all();
	if (way->held)
		folio_get(folio);
	m = mmk_vma_alloc(test, mm, addr, FLUSH_PAGES,
			  MIGRATE_VMA_SELECT_SYSTEM, dev);
	w = mmk_flush_watch(test, mm, addr + PAGE_SIZE, MMK_PTE_MIGRATION_READ,
			    addr, FLUSH_PAGES * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
	mmk_flush_unwatch(test, w);
	KUNIT_EXPECT_TRUE(test, m->src[1] & MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_GT(test, w->nr_dropped, 0U);
	KUNIT_EXPECT_EQ(test, w->nr_early, 0U);
	mmk_vma_finalize(m);
	if (way->held)
		folio_put(folio);
	MMK_EXPECT_HOLDS(test, addr + PAGE_SIZE, 2, MMK_LARGE_SEED);
}

static struct kunit_case large_folio_flush_cases[] = {
	KUNIT_CASE_PARAM(tlb_is_flushed_before_the_lock_is_dropped,
			 flush_gen_params),
	{}
};

static struct kunit_suite large_folio_flush_suite = {
	.name = "large_folio_flush",
	.init = mmk_case_init,
	.test_cases = large_folio_flush_cases,
};

kunit_test_suite(large_folio_flush_suite);
