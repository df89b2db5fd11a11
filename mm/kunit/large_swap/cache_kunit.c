// SPDX-License-Identifier: GPL-2.0
/*
 * Large folios that are in the swap cache, with a slot for each page, while they
 * are moved or split.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/swap.h"
#include "../lib/disk.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/warn.h"
#include "large_swap.h"

KUNIT_ARRAY_PARAM_DESC(size, ls_sizes, description);

/* Each slot of the swap cache leads to this folio. */
static void expect_in_cache(struct kunit *test, struct ls *ls,
			    struct folio *folio)
{
	unsigned int i, others = 0;
	struct folio *found;

	for (i = 0; i < ls->nr; i++) {
		found = mmk_swap_cache_get(ls_entry(ls, i));
		others += found != folio;
		if (!IS_ERR_OR_NULL(found))
			folio_put(found);
	}
	KUNIT_EXPECT_EQ_MSG(test, others, 0, "slots that lead elsewhere");
	KUNIT_EXPECT_TRUE(test, folio_test_swapcache(folio));
	KUNIT_EXPECT_EQ(test, folio->swap.val, ls->first.val);
}

static struct folio *found_first(struct kunit *test, struct ls *ls)
{
	struct folio *folio = mmk_swap_cache_get(ls->first);

	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(folio));
	folio_put(folio);
	return folio;
}

/**
 * folio_in_the_swap_cache_moves() - migrate_pages() of a folio that is not mapped
 *
 * The new folio is as large, and has all slots of the old one; who faults on an
 * entry finds the right page of it.
 *
 * Contract: TS-1
 */
static void folio_in_the_swap_cache_moves(struct kunit *test)
{
	struct folio *old, *now;
	struct ls ls;

	ls_map(test, &ls, test->param_value);
	ls_out_and_keep(test, &ls);
	old = ls.folio;
	expect_in_cache(test, &ls, old);
	KUNIT_EXPECT_EQ(test, mmk_migrate(test, old), 0);
	now = found_first(test, &ls);
	KUNIT_EXPECT_PTR_NE(test, now, old);
	KUNIT_EXPECT_EQ(test, folio_order(now), ls.order);
	KUNIT_EXPECT_EQ(test, folio_ref_count(now), (int)ls.nr);
	expect_in_cache(test, &ls, now);
	ls_expect_entries(test, &ls, ls.mm, 0, ls.nr);

	ls_read_all(test, &ls, ls.mm);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(ls.mm, ls.addr + PAGE_SIZE),
			    folio_page(now, 1));
	KUNIT_EXPECT_EQ(test, vm_munmap(ls.addr, ls.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

/**
 * mapped_folio_in_the_swap_cache_moves() - migrate_pages() of one that is mapped
 *
 * The ptes follow, and so do the slots.
 *
 * Contract: TS-1
 */
static void mapped_folio_in_the_swap_cache_moves(struct kunit *test)
{
	struct folio *old, *now;
	struct ls ls;

	ls_map(test, &ls, test->param_value);
	ls_out_and_keep(test, &ls);
	old = ls.folio;
	ls_read_all(test, &ls, ls.mm);
	KUNIT_ASSERT_EQ(test, folio_mapcount(old), (int)ls.nr);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(old));
	KUNIT_EXPECT_EQ(test, mmk_migrate(test, old), 0);
	now = found_first(test, &ls);
	KUNIT_EXPECT_PTR_NE(test, now, old);
	expect_in_cache(test, &ls, now);
	KUNIT_EXPECT_EQ(test, folio_mapcount(now), (int)ls.nr);
	KUNIT_EXPECT_EQ(test, folio_ref_count(now), (int)(2 * ls.nr));
	ls_read_all(test, &ls, ls.mm);
	KUNIT_EXPECT_EQ(test, vm_munmap(ls.addr, ls.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

/**
 * folio_in_use_keeps_its_slots() - migrate_pages() of one that somebody refers to
 *
 * It stays in one piece and in all of its slots, or is split; in either case each
 * page is found in its slot and has its bytes.
 *
 * Contract: TS-1
 */
static void folio_in_use_keeps_its_slots(struct kunit *test)
{
	unsigned int i, others = 0;
	struct folio *found;
	struct ls ls;

	ls_map(test, &ls, test->param_value);
	ls_out_and_keep(test, &ls);
	mmk_folio_get(test, ls.folio);
	KUNIT_EXPECT_GT(test, mmk_migrate(test, ls.folio), 0);
	for (i = 0; i < ls.nr; i++) {
		found = mmk_swap_cache_get(ls_entry(&ls, i));
		others += IS_ERR_OR_NULL(found);
		if (!IS_ERR_OR_NULL(found))
			folio_put(found);
	}
	KUNIT_EXPECT_EQ_MSG(test, others, 0, "slots that lead nowhere");
	mmk_folio_put(test, ls.folio);
	ls_read_all(test, &ls, ls.mm);
	KUNIT_EXPECT_EQ(test, vm_munmap(ls.addr, ls.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

/**
 * pieces_keep_their_slots() - A folio in the swap cache is split
 *
 * Each piece is in the slot that its page had, and says so.
 *
 * Contract: TS-1
 */
static void pieces_keep_their_slots(struct kunit *test)
{
	unsigned int i, others = 0, strange = 0;
	struct folio *found;
	struct ls ls;
	int err;

	ls_map(test, &ls, test->param_value);
	ls_out_and_keep(test, &ls);
	/* Only what is mapped can be split. */
	ls_read_all(test, &ls, ls.mm);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(ls.folio));
	mmk_folio_get(test, ls.folio);
	lru_add_drain_all();
	folio_lock(ls.folio);
	err = split_folio(ls.folio);
	folio_unlock(ls.folio);
	mmk_folio_put(test, ls.folio);
	KUNIT_ASSERT_EQ(test, err, 0);
	for (i = 0; i < ls.nr; i++) {
		found = mmk_swap_cache_get(ls_entry(&ls, i));
		if (IS_ERR_OR_NULL(found)) {
			others++;
			continue;
		}
		strange += folio_order(found) != 0 ||
			   found->swap.val != ls_entry(&ls, i).val;
		folio_put(found);
	}
	KUNIT_EXPECT_EQ_MSG(test, others, 0, "slots that lead nowhere");
	KUNIT_EXPECT_EQ_MSG(test, strange, 0, "pieces of another slot");
	ls_read_all(test, &ls, ls.mm);
	KUNIT_EXPECT_EQ(test, vm_munmap(ls.addr, ls.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

/**
 * pieces_of_more_than_a_page_are_refused() - The same, to an order above zero
 *
 * The swap cache knows no such pieces of a folio: the call is refused with
 * -EINVAL, and the folio stays as it is.
 *
 * Contract: TS-1
 */
static void pieces_of_more_than_a_page_are_refused(struct kunit *test)
{
	struct ls ls;
	int err;

	ls_map(test, &ls, test->param_value);
	if (ls.order <= MMK_MIN_ORDER)
		kunit_skip(test, "there is no smaller order");
	ls_out_and_keep(test, &ls);
	mmk_folio_get(test, ls.folio);
	folio_lock(ls.folio);
	/* A kernel may warn of a caller that does not know this. */
	mmk_warn_begin(test);
	err = split_huge_page_to_list_to_order(&ls.folio->page, NULL,
					       MMK_MIN_ORDER);
	mmk_warn_end(test);
	folio_unlock(ls.folio);
	mmk_folio_put(test, ls.folio);
	KUNIT_EXPECT_EQ(test, err, -EINVAL);
	KUNIT_ASSERT_EQ(test, folio_order(ls.folio), ls.order);
	expect_in_cache(test, &ls, ls.folio);
	ls_read_all(test, &ls, ls.mm);
}

/**
 * struct rest_case - A page of a folio in the swap cache that goes away
 * @description: for the KTAP line
 * @page: which of 32
 * @unmapped: it is unmapped, and its VMA ends there; if not, MADV_DONTNEED
 */
static const struct rest_case {
	const char *description;
	unsigned int page;
	bool unmapped;
} rest_cases[] = {
	{ "the first is unmapped", 0, true },
	{ "the last is unmapped", 31, true },
	{ "one in the middle is unmapped", 13, true },
	{ "one in the middle is dropped", 13, false },
};

KUNIT_ARRAY_PARAM_DESC(rest, rest_cases, description);

/**
 * rest_of_a_folio_comes_back() - A fault when a page of the folio is gone
 *
 * The folio is in the swap cache still. The other pages come back, with their
 * bytes, and nothing is mapped where the page was.
 *
 * Contract: TS-1
 */
static void rest_of_a_folio_comes_back(struct kunit *test)
{
	const struct rest_case *how = test->param_value;
	const struct ls_size size = { .order = 5 };
	unsigned long gone;
	unsigned int i;
	struct ls ls;

	ls_map(test, &ls, &size);
	ls_out_and_keep(test, &ls);
	gone = ls.addr + how->page * PAGE_SIZE;
	KUNIT_ASSERT_EQ(test, how->unmapped ? vm_munmap(gone, PAGE_SIZE) :
			do_madvise(ls.mm, gone, PAGE_SIZE, MADV_DONTNEED), 0);
	for (i = 0; i < ls.nr; i++) {
		if (i == how->page)
			continue;
		MMK_EXPECT_PART_HOLDS(test, ls.mm, ls.addr + i * PAGE_SIZE, i, 1,
				      MMK_LARGE_SEED);
		MMK_EXPECT_PTE(test, ls.mm, ls.addr + i * PAGE_SIZE, PRESENT);
		KUNIT_EXPECT_PTR_EQ(test,
				    mmk_pte_page(ls.mm, ls.addr + i * PAGE_SIZE),
				    folio_page(ls.folio, i));
	}
	KUNIT_EXPECT_TRUE(test, pte_none(mmk_pte(ls.mm, gone)));
	KUNIT_EXPECT_EQ(test, folio_mapcount(ls.folio), (int)ls.nr - 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(ls.addr, ls.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

static struct kunit_case large_swap_cache_cases[] = {
	KUNIT_CASE_PARAM(folio_in_the_swap_cache_moves, size_gen_params),
	KUNIT_CASE_PARAM(mapped_folio_in_the_swap_cache_moves, size_gen_params),
	KUNIT_CASE_PARAM(folio_in_use_keeps_its_slots, size_gen_params),
	KUNIT_CASE_PARAM(pieces_keep_their_slots, size_gen_params),
	KUNIT_CASE_PARAM(pieces_of_more_than_a_page_are_refused,
			 size_gen_params),
	KUNIT_CASE_PARAM(rest_of_a_folio_comes_back, rest_gen_params),
	{}
};

static struct kunit_suite large_swap_cache_suite = {
	.name = "large_swap_cache",
	.init = mmk_case_init,
	.test_cases = large_swap_cache_cases,
};

kunit_test_suite(large_swap_cache_suite);
