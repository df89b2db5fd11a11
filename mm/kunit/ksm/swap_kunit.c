// SPDX-License-Identifier: GPL-2.0
/*
 * Merged pages in swap. A page that comes back belongs to one address space alone,
 * for swap knows nothing of KSM.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/rmap.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "ksm.h"

static const struct back_case {
	const char *description;
	bool slow;
	bool write;
} back_cases[] = {
	{ "read", false, false },
	{ "written to", false, true },
	{ "read, by way of the swap cache", true, false },
	{ "written to, by way of the swap cache", true, true },
};

KUNIT_ARRAY_PARAM_DESC(back, back_cases, description);

/* Whether it is out: MADV_PAGEOUT leaves alone what others map as well. */
static void page_out(struct kunit *test, struct km *km)
{
	LIST_HEAD(list);

	KUNIT_ASSERT_TRUE(test, folio_isolate_lru(km->folio));
	list_add(&km->folio->lru, &list);
	reclaim_pages(&list);
	KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(km->mms[0], km->addr),
			(int)MMK_PTE_SWAP);
}

/**
 * each_gets_its_own_page_back() - A merged page goes to swap, and comes back
 *
 * All have the same swap entry. A fault of each gives it an anonymous page with its
 * bytes, and no merged one if it has been read again; what one writes, the others do
 * not see.
 *
 * Contract: KS-1
 */
static void each_gets_its_own_page_back(struct kunit *test)
{
	const struct back_case *how = test->param_value;
	struct page *page;
	softleaf_t first, entry;
	unsigned int i;
	bool ksm;
	struct km km;

	km_merge(test, &km, KM_NR);
	mmk_swap_on_watched(test, how->slow);
	page_out(test, &km);
	first = softleaf_from_pte(mmk_pte(km.mms[0], km.addr));
	for (i = 0; i < km.nr; i++) {
		MMK_EXPECT_PTE(test, km.mms[i], km.addr, SWAP);
		entry = softleaf_from_pte(mmk_pte(km.mms[i], km.addr));
		KUNIT_EXPECT_EQ(test, entry.val, first.val);
	}
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 1L);
	mmk_scrub_free_pages();

	for (i = 0; i < km.nr; i++) {
		KUNIT_EXPECT_EQ(test, mmk_fault_in(km.mms[i], km.addr,
						   how->write), 0);
		MMK_EXPECT_PTE(test, km.mms[i], km.addr, PRESENT);
		page = mmk_pte_page(km.mms[i], km.addr);
		KUNIT_ASSERT_NOT_NULL(test, page);
		KUNIT_EXPECT_TRUE(test, PageAnon(page));
		ksm = folio_test_ksm(page_folio(page));
		/* A merged page that the swap cache still has may be mapped. */
		if (!how->slow)
			KUNIT_EXPECT_FALSE(test, ksm);
		MMK_EXPECT_MM_HOLDS(test, km.mms[i], km.addr, 1, KM_SEED);
	}
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(km.mms[1], km.addr, 0), 0);
	MMK_EXPECT_MM_HOLDS(test, km.mms[0], km.addr, 1, KM_SEED);
	MMK_EXPECT_MM_HOLDS(test, km.mms[2], km.addr, 1, KM_SEED);
}

/**
 * rmap_of_a_page_that_came_back_is_right() - A page that came back is moved
 *
 * Two VMAs that have nothing in common had the merged page. The page that each gets
 * back is unmapped wherever it is mapped: it is in no VMA that its rmap does not
 * know.
 *
 * Contract: KS-1
 */
static void rmap_of_a_page_that_came_back_is_right(struct kunit *test)
{
	const struct back_case *how = test->param_value;
	unsigned long at[2];
	struct folio *folio;
	unsigned int i;
	struct km km;

	km_merge_apart(test, &km);
	at[0] = km.addr;
	at[1] = km.apart;
	mmk_swap_on_watched(test, how->slow);
	page_out(test, &km);
	for (i = 0; i < 2; i++)
		KUNIT_ASSERT_EQ(test, mmk_fault_in(km.mms[0], at[i],
						   how->write), 0);
	lru_add_drain_all();
	for (i = 0; i < 2; i++) {
		folio = page_folio(mmk_pte_page(km.mms[0], at[i]));
		folio_get(folio);
		folio_lock(folio);
		try_to_migrate(folio, 0);
		KUNIT_EXPECT_FALSE_MSG(test, folio_mapped(folio), "VMA %u", i);
		remove_migration_ptes(folio, folio, 0);
		folio_unlock(folio);
		folio_put(folio);
		MMK_EXPECT_PTE(test, km.mms[0], at[i], PRESENT);
		MMK_EXPECT_HOLDS(test, at[i], 1, KM_SEED);
	}
}

static struct kunit_case ksm_swap_cases[] = {
	KUNIT_CASE_PARAM(each_gets_its_own_page_back, back_gen_params),
	KUNIT_CASE_PARAM(rmap_of_a_page_that_came_back_is_right,
			 back_gen_params),
	{}
};

static struct kunit_suite ksm_swap_suite = {
	.name = "ksm_swap",
	.init = mmk_case_init,
	.test_cases = ksm_swap_cases,
};

kunit_test_suite(ksm_swap_suite);
