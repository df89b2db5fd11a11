// SPDX-License-Identifier: GPL-2.0
/*
 * Lists that migrate_pages() takes in several pieces, since they have more pages than it
 * unmaps at a time.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/param.h"
#include "../lib/guard.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "mover.h"

#define MAX_RUNS	3
#define MAX_FOLIOS	700

/**
 * struct run - Folios of one order, one behind the other on a list
 * @order: 0 or MMK_MIN_ORDER to MMK_MAX_ORDER
 * @nr: how many
 */
struct run {
	unsigned int order;
	unsigned int nr;
};

/**
 * struct batch_list - A list of folios
 * @name: for the log
 * @runs: what is on it
 */
struct batch_list {
	const char *name;
	struct run runs[MAX_RUNS];
};

static const struct batch_list batch_lists[] = {
	{ "three huge", { { 9, 3 } } },
	{ "five of order 8", { { 8, 5 } } },
	{ "forty of order 4", { { 4, 40 } } },
	{ "600 small", { { 0, 600 } } },
	{ "511 small, huge, small", { { 0, 511 }, { 9, 1 }, { 0, 1 } } },
	{ "512 small, order 2, huge", { { 0, 512 }, { 2, 1 }, { 9, 1 } } },
	{ "huge, 130 of order 2", { { 9, 1 }, { 2, 130 } } },
};

/**
 * enum stays - Which folio of the list cannot move
 * @NONE: all of them can
 * @FIRST: the first has an extra reference
 * @LAST: the last has one
 * @EACH_END: both
 * @NR_STAYS: number of these
 */
enum stays { NONE, FIRST, LAST, EACH_END, NR_STAYS };

static const char * const stays_names[] = {
	"all move", "first held", "last held", "both ends held",
};

static const enum migrate_mode modes[] = {
	MIGRATE_ASYNC, MIGRATE_SYNC_LIGHT, MIGRATE_SYNC,
};

static const char * const mode_names[] = { "async", "light", "sync" };

/**
 * struct batch_way - A list, and how it is migrated
 * @list: what is on it
 * @stays: what of it cannot move
 * @mode: of the migration
 */
struct batch_way {
	const struct batch_list *list;
	enum stays stays;
	enum migrate_mode mode;
};

static struct batch_way batch_way;

/* Every list, held in every way, in every mode */
MMK_GEN_PARAMS(batch)
{
	static unsigned int nr;
	unsigned int mode;

	nr = prev ? nr + 1 : 0;
	if (nr == ARRAY_SIZE(batch_lists) * NR_STAYS * ARRAY_SIZE(modes))
		return NULL;
	mode = nr % ARRAY_SIZE(modes);
	batch_way.mode = modes[mode];
	batch_way.stays = nr / ARRAY_SIZE(modes) % NR_STAYS;
	batch_way.list = &batch_lists[nr / ARRAY_SIZE(modes) / NR_STAYS];
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s, %s",
		 batch_way.list->name, stays_names[batch_way.stays],
		 mode_names[mode]);
	return &batch_way;
}

/**
 * struct batch - Folios on a list
 * @m: the call that moves them
 * @mm: current->mm
 * @nr: how many folios
 * @nr_pages: how many pages
 * @addr: of each folio's first page
 * @folio: each folio, as it was
 * @pfn: of its first page
 * @order: its order
 */
struct batch {
	struct mover m;
	struct mm_struct *mm;
	unsigned int nr;
	unsigned int nr_pages;
	unsigned long addr[MAX_FOLIOS];
	struct folio *folio[MAX_FOLIOS];
	unsigned long pfn[MAX_FOLIOS];
	unsigned int order[MAX_FOLIOS];
};

static void batch_note(struct kunit *test, struct batch *b, unsigned long addr,
		       unsigned int order)
{
	KUNIT_ASSERT_LT(test, b->nr, MAX_FOLIOS + 0U);
	b->addr[b->nr] = addr;
	b->folio[b->nr] = mmk_pte_folio(test, b->mm, addr);
	b->pfn[b->nr] = folio_pfn(b->folio[b->nr]);
	b->order[b->nr] = order;
	KUNIT_ASSERT_EQ(test, folio_order(b->folio[b->nr]), order);
	b->nr_pages += 1U << order;
	b->nr++;
}

static void batch_map(struct kunit *test, struct batch *b,
		      const struct run *run)
{
	struct mmk_large l;
	unsigned long addr;
	unsigned int i;

	if (!run->nr)
		return;
	if (run->order) {
		for (i = 0; i < run->nr; i++) {
			mmk_large_map(test, &l, b->mm, run->order);
			batch_note(test, b, l.addr, run->order);
		}
		return;
	}
	addr = mmk_map_anon(test, run->nr);
	for (i = 0; i < run->nr; i++) {
		mmk_fill(test, addr + i * PAGE_SIZE, 1, MMK_LARGE_SEED);
		batch_note(test, b, addr + i * PAGE_SIZE, 0);
	}
}

static bool batch_stays(const struct batch *b, enum stays which, unsigned int i)
{
	return (!i && (which == FIRST || which == EACH_END)) ||
	       (i == b->nr - 1 && (which == LAST || which == EACH_END));
}

/* The first folio that is not where it should be, in one piece, with its bytes */
static unsigned int batch_right(struct kunit *test, struct batch *b,
				enum stays which)
{
	unsigned int i;

	for (i = 0; i < b->nr; i++) {
		struct folio *folio = mmk_pte_folio(test, b->mm, b->addr[i]);

		if ((folio_pfn(folio) != b->pfn[i]) ==
		    batch_stays(b, which, i) ||
		    folio_order(folio) != b->order[i] ||
		    folio_mapcount(folio) != 1 << b->order[i] ||
		    folio_ref_count(folio) != 1 << b->order[i] ||
		    folio_test_locked(folio) || !folio_test_lru(folio))
			break;
	}
	return i;
}

/**
 * list_of_many_pages_moves_to_its_end() - More pages than one batch takes
 *
 * Each folio moves whole, wherever it is on the list, but one that has an extra reference:
 * that one is on the list, and the only one. All counts are of all pieces together.
 *
 * Contract: LF-3
 */
static void list_of_many_pages_moves_to_its_end(struct kunit *test)
{
	const struct batch_way *w = test->param_value;
	unsigned int i, stay = 0, stay_pages = 0, huge = 0, huge_stay = 0;
	struct batch *b;

	b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, b);
	b->mm = mmk_mm_enter(test);
	for (i = 0; i < MAX_RUNS; i++)
		batch_map(test, b, &w->list->runs[i]);
	mover_init(&b->m);
	for (i = 0; i < b->nr; i++) {
		mover_add(test, &b->m, b->folio[i]);
		huge += b->order[i] == MMK_MAX_ORDER;
		if (!batch_stays(b, w->stays, i))
			continue;
		folio_get(b->folio[i]);
		stay++;
		stay_pages += 1U << b->order[i];
		huge_stay += b->order[i] == MMK_MAX_ORDER;
	}
	mover_run(&b->m, w->mode);
	KUNIT_EXPECT_EQ(test, b->m.ret, (int)stay);
	KUNIT_EXPECT_EQ(test, b->m.succeeded, b->nr_pages - stay_pages);
	KUNIT_EXPECT_EQ(test, b->m.events[MOVED],
			(unsigned long)(b->nr_pages - stay_pages));
	KUNIT_EXPECT_EQ(test, b->m.events[FAILED], (unsigned long)stay_pages);
	KUNIT_EXPECT_EQ(test, b->m.events[THP_MOVED],
			(unsigned long)(huge - huge_stay));
	KUNIT_EXPECT_EQ(test, b->m.events[THP_FAILED],
			(unsigned long)huge_stay);
	KUNIT_EXPECT_EQ(test, b->m.events[THP_SPLIT_UP], 0UL);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&b->m.list), (size_t)stay);
	for (i = 0; i < b->nr; i++) {
		if (!batch_stays(b, w->stays, i))
			continue;
		KUNIT_EXPECT_TRUE(test, mover_has(&b->m, b->folio[i]));
		folio_put(b->folio[i]);
	}
	putback_movable_pages(&b->m.list);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ_MSG(test, batch_right(test, b, w->stays), b->nr,
			    "first folio that is not right");
	for (i = 0; i < b->nr; i++)
		MMK_EXPECT_HOLDS(test, b->addr[i], 1U << b->order[i],
				 MMK_LARGE_SEED);
}

static struct kunit_case large_folio_batch_cases[] = {
	KUNIT_CASE_PARAM(list_of_many_pages_moves_to_its_end, batch_gen_params),
	{}
};

static struct kunit_suite large_folio_batch_suite = {
	.name = "large_folio_batch",
	.init = mmk_case_init,
	.test_cases = large_folio_batch_cases,
};

kunit_test_suite(large_folio_batch_suite);
