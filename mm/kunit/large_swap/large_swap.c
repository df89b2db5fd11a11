// SPDX-License-Identifier: GPL-2.0
/*
 * Large folios that go to swap in one piece.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/huge.h"
#include "../compat/swap.h"
#include "../lib/disk.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "large_swap.h"

const struct ls_size ls_sizes[] = {
	{ "order 2", 2 },
	{ "order 5", 5 },
	{ "order 9", MMK_MAX_ORDER },
	{ "a huge page", MMK_MAX_ORDER, true },
};

/**
 * ls_map() - Map a large folio, fill it, and turn a swap area on
 * @test: the case
 * @ls: filled in
 * @size: of the folio
 *
 * The area can be made to fail, see se_fail_reads().
 */
void ls_map(struct kunit *test, struct ls *ls, const struct ls_size *size)
{
	struct mmk_large large;

	ls->mm = mmk_mm_enter(test);
	ls->order = size->order;
	ls->nr = 1U << size->order;
	ls->swap = se_area_on(test, false);
	if (size->pmd) {
		ls->addr = mmk_map_huge(test, ls->mm, 1);
		mmk_fill(test, ls->addr, ls->nr, MMK_LARGE_SEED);
		ls->folio = mmk_pmd_folio(test, ls->mm, ls->addr);
	} else {
		mmk_large_map(test, &large, ls->mm, size->order);
		ls->addr = large.addr;
		ls->folio = large.folio;
	}
	KUNIT_ASSERT_EQ(test, folio_order(ls->folio), ls->order);
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), 0L);
	lru_add_drain_all();
}

/**
 * ls_entry() - The swap entry that a page of the folio has to have
 * @ls: a folio that has gone out
 * @i: number of the page
 *
 * Return: the entry.
 */
softleaf_t ls_entry(const struct ls *ls, unsigned int i)
{
	return swp_entry(swp_type(ls->first), swp_offset(ls->first) + i);
}

static void note_first(struct kunit *test, struct ls *ls)
{
	MMK_EXPECT_PTE(test, ls->mm, ls->addr, SWAP);
	KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(ls->mm, ls->addr),
			(int)MMK_PTE_SWAP);
	ls->first = softleaf_from_pte(mmk_pte(ls->mm, ls->addr));
}

/**
 * ls_out() - Have the folio swapped out
 * @test: the case
 * @ls: from ls_map()
 *
 * Of the ptes, only that the first one is a swap entry is seen to. Free pages are
 * filled with other bytes.
 */
void ls_out(struct kunit *test, struct ls *ls)
{
	KUNIT_ASSERT_EQ(test, mmk_pageout(ls->addr, ls->nr * PAGE_SIZE), 0);
	note_first(test, ls);
	ls->folio = NULL;
	mmk_scrub_free_pages();
}

/**
 * ls_out_and_keep() - Have the folio swapped out, and stay in the swap cache
 * @test: the case
 * @ls: from ls_map()
 *
 * Reclaim does this before it writes the folio. It is dirty, not mapped, and on the
 * LRU, and its only references are those of the swap cache.
 */
void ls_out_and_keep(struct kunit *test, struct ls *ls)
{
	bool added;

	se_make_slow();
	mmk_folio_get(test, ls->folio);
	folio_lock(ls->folio);
	added = mmk_swap_cache_add(ls->folio);
	if (added)
		try_to_unmap(ls->folio, TTU_SPLIT_HUGE_PMD);
	folio_unlock(ls->folio);
	KUNIT_ASSERT_TRUE(test, added);
	note_first(test, ls);
	mmk_folio_put(test, ls->folio);
	lru_add_drain_all();
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(ls->folio));
	KUNIT_ASSERT_EQ(test, folio_order(ls->folio), ls->order);
	KUNIT_ASSERT_FALSE(test, folio_mapped(ls->folio));
	KUNIT_ASSERT_EQ(test, folio_ref_count(ls->folio), (int)ls->nr);
}

/**
 * ls_expect_entries() - Expect pages to be in swap, each in its own slot
 * @test: the case
 * @ls: a folio that has gone out
 * @mm: address space
 * @from: number of the first page
 * @to: number of the page behind the last one
 */
void ls_expect_entries(struct kunit *test, const struct ls *ls,
		       struct mm_struct *mm, unsigned int from, unsigned int to)
{
	unsigned int i, others = 0, wrong = 0;

	for (i = from; i < to; i++) {
		pte_t pte = mmk_pte(mm, ls->addr + i * PAGE_SIZE);

		if (mmk_pte_classify(pte) != MMK_PTE_SWAP)
			others++;
		else if (softleaf_from_pte(pte).val != ls_entry(ls, i).val)
			wrong++;
	}
	KUNIT_EXPECT_EQ_MSG(test, others, 0, "ptes that are no swap entries");
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "entries of other slots");
}

/**
 * ls_read_all() - Read each page of the folio, and expect its bytes
 * @test: the case
 * @ls: a folio, in swap or not
 * @mm: address space
 */
void ls_read_all(struct kunit *test, const struct ls *ls, struct mm_struct *mm)
{
	unsigned int i, absent = 0;

	MMK_EXPECT_MM_HOLDS(test, mm, ls->addr, ls->nr, MMK_LARGE_SEED);
	for (i = 0; i < ls->nr; i++)
		absent += mmk_pte_kind(mm, ls->addr + i * PAGE_SIZE) !=
			  MMK_PTE_PRESENT;
	KUNIT_EXPECT_EQ_MSG(test, absent, 0, "pages that are not there");
}
