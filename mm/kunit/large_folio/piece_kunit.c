// SPDX-License-Identifier: GPL-2.0
/*
 * Large folios that are split into smaller ones: each piece is what its pages were.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/param.h"
#include "../lib/guard.h"
#include "../lib/large.h"
#include "../lib/mm.h"

/**
 * struct piece_way - A folio, and the pieces that it is split to
 * @order: of the folio
 * @piece: of the pieces; never 1, which anonymous memory does not have
 */
struct piece_way {
	unsigned int order;
	unsigned int piece;
};

static struct piece_way piece_way;

MMK_GEN_PARAMS(piece)
{
	if (!prev)
		piece_way = (struct piece_way){ .order = MMK_MIN_ORDER };
	else
		piece_way.piece += piece_way.piece ? 1 : 2;
	if (piece_way.piece >= piece_way.order) {
		piece_way.order++;
		piece_way.piece = 0;
	}
	if (piece_way.order > MMK_MAX_ORDER)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %u to %u", piece_way.order,
		 piece_way.piece);
	return &piece_way;
}

/* What of a folio each of its pieces has to have, too */
#define PIECE_FLAGS	(BIT(PG_referenced) | BIT(PG_uptodate) |	\
			 BIT(PG_dirty) | BIT(PG_active) |		\
			 BIT(PG_workingset) | BIT(PG_swapbacked) |	\
			 BIT(PG_unevictable) | BIT(PG_mlocked))

static unsigned long piece_flags(const struct folio *folio)
{
	return *(const unsigned long *)&folio->page.flags & PIECE_FLAGS;
}

static int split_to(struct folio *folio, unsigned int order)
{
	int ret;

	folio_lock(folio);
	ret = split_huge_page_to_list_to_order(&folio->page, NULL, order);
	folio_unlock(folio);
	return ret;
}

/* Whether page @i belongs to the right piece, which is what the folio was */
static bool piece_is_right(struct mmk_large *l,
			   const struct mmk_large_state *before,
			   unsigned int i, unsigned int order,
			   unsigned long flags)
{
	struct page *page = pfn_to_page(before->pfn + i);
	struct folio *folio = page_folio(page);
	unsigned int first = i & ~((1U << order) - 1);

	return folio_order(folio) == order &&
	       folio_pfn(folio) == before->pfn + first &&
	       folio_ref_count(folio) == 1 << order &&
	       folio_mapcount(folio) == 1 << order &&
	       (unsigned long)folio->mapping == before->folio.mapping &&
	       folio->index == before->folio.index + first &&
	       folio_test_lru(folio) && !folio_test_locked(folio) &&
	       piece_flags(folio) == flags &&
	       !!PageAnonExclusive(page) == before->exclusive[i] &&
	       mmk_pte_same(mmk_pte(l->mm, l->addr + i * PAGE_SIZE),
			    before->ptes[0][i]);
}

/**
 * folio_is_split_to_any_order() - split_huge_page_to_list_to_order()
 *
 * An anonymous folio can be split to single pages, and to folios of each smaller order but
 * the first. Each piece is mapped as its pages were: the same ptes, writable, dirty and
 * young as they were, and exclusive where they were. It has a reference for each mapping,
 * its own index, the flags that the folio had, and a place on the LRU. The counters of
 * anonymous folios have the pieces in the place of the folio.
 *
 * Contract: LF-3, LF-6
 */
static void folio_is_split_to_any_order(struct kunit *test)
{
	const struct piece_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_large_state *before;
	unsigned long flags;
	struct mmk_large l;
	unsigned int i;
	long anon;

	mmk_large_map(test, &l, mm, w->order);
	mmk_large_vary(test, &l);
	folio_set_referenced(l.folio);
	folio_set_workingset(l.folio);
	folio_mark_dirty(l.folio);
	before = mmk_large_snapshot(test, &l);
	flags = piece_flags(l.folio);
	anon = mmk_mthp_stat(MTHP_STAT_NR_ANON);
	folio_get(l.folio);
	KUNIT_EXPECT_EQ(test, split_to(l.folio, w->piece), 0);
	folio_put(l.folio);
	lru_add_drain_all();
	for (i = 0; i < l.nr; i++)
		if (!piece_is_right(&l, before, i, w->piece, flags))
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, l.nr, "first page that is not right");
	KUNIT_EXPECT_EQ(test, mmk_mthp_stat(MTHP_STAT_NR_ANON) - anon,
			w->piece ? (1L << (w->order - w->piece)) - 1 : -1L);
	mmk_expect_mm_same(test, "afterwards", mm, &before->mm);
	MMK_EXPECT_HOLDS(test, l.addr, l.nr, MMK_LARGE_SEED);
}

/**
 * folio_in_use_is_not_split() - An extra reference
 *
 * -EAGAIN, and the folio is whole, mapped, and queued as before.
 *
 * Contract: LF-3
 */
static void folio_in_use_is_not_split(struct kunit *test)
{
	const struct piece_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_large_state *before;
	struct mmk_large l;

	mmk_large_map(test, &l, mm, w->order);
	mmk_large_vary(test, &l);
	folio_get(l.folio);
	before = mmk_large_snapshot(test, &l);
	folio_get(l.folio);
	KUNIT_EXPECT_EQ(test, split_to(l.folio, w->piece), -EAGAIN);
	folio_put(l.folio);
	mmk_expect_large_same(test, "afterwards", &l, before);
	folio_put(l.folio);
	MMK_EXPECT_HOLDS(test, l.addr, l.nr, MMK_LARGE_SEED);
}

static struct kunit_case large_folio_piece_cases[] = {
	KUNIT_CASE_PARAM(folio_is_split_to_any_order, piece_gen_params),
	KUNIT_CASE_PARAM(folio_in_use_is_not_split, piece_gen_params),
	{}
};

static struct kunit_suite large_folio_piece_suite = {
	.name = "large_folio_piece",
	.init = mmk_case_init,
	.test_cases = large_folio_piece_cases,
};

kunit_test_suite(large_folio_piece_suite);
