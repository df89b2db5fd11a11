// SPDX-License-Identifier: GPL-2.0
/*
 * Large folios that are queued for a split, since some of their memory could be
 * freed. A migration keeps them queued.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/param.h"
#include "../compat/trace.h"
#include "../lib/guard.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "mover.h"

/**
 * struct queue_way - A folio that is mapped in part
 * @order: of the folio
 * @part: what of it is mapped
 * @move: the migration succeeds
 */
struct queue_way {
	unsigned int order;
	enum mmk_part part;
	bool move;
};

static struct queue_way queue_way;

/* Every order, and every way to map a part of it, moved and not */
MMK_GEN_PARAMS(queue)
{
	if (!prev) {
		queue_way = (struct queue_way){ .order = MMK_MIN_ORDER };
	} else if (!queue_way.move) {
		queue_way.move = true;
	} else {
		queue_way.move = false;
		if (++queue_way.part == MMK_NR_PARTS) {
			queue_way.part = MMK_PART_WHOLE;
			queue_way.order++;
		}
	}
	if (queue_way.order > MMK_MAX_ORDER)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %u, %s, %s",
		 queue_way.order, mmk_part_name(queue_way.part),
		 queue_way.move ? "moved" : "held");
	return &queue_way;
}

/* Drop the reference that kept the folio from being split. */
static void let_go(struct mover *m, struct folio *src)
{
	struct folio *folio = m->private;

	if (src != folio)
		return;
	m->private = NULL;
	folio_put(folio);
}

/**
 * folio_waits_for_its_split_elsewhere() - It cannot be split, and moves whole
 *
 * A partially mapped folio is split instead of moved, unless the split fails.
 * Here it fails, since the folio has an extra reference. If the reference goes
 * when the destination is asked for, the folio moves. Otherwise it stays.
 * Either way the folio with the data is queued for a split as before, and the
 * counters of such folios are as before.
 *
 * Contract: LF-2
 */
static void folio_waits_for_its_split_elsewhere(struct kunit *test)
{
	const struct queue_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_large_state *before;
	struct mmk_large l;
	struct folio *from;
	struct mover m;

	mmk_large_map(test, &l, mm, w->order);
	mmk_large_leave(test, &l, w->part);
	from = l.folio;
	before = mmk_large_snapshot(test, &l);
	mover_init(&m);
	mover_add(test, &m, from);
	folio_get(from);
	if (w->move) {
		m.private = from;
		m.asked = let_go;
	}
	mover_run(&m, MIGRATE_ASYNC);
	KUNIT_EXPECT_EQ(test, m.ret, !w->move);
	KUNIT_EXPECT_EQ(test, m.succeeded, w->move ? l.nr : 0);
	KUNIT_EXPECT_EQ(test, list_empty(&m.list), w->move);
	KUNIT_EXPECT_NULL(test, m.private);
	putback_movable_pages(&m.list);
	if (w->move)
		l.folio = m.first;
	else
		folio_put(from);
	before->folio.dirty = folio_test_dirty(l.folio);
	mmk_expect_large_same(test, "after it", &l, before);
	MMK_EXPECT_FOLIO_HOLDS(test, l.folio, MMK_LARGE_SEED);
}

/* Every order, and every part that leaves pages unmapped */
MMK_GEN_PARAMS(split)
{
	if (!prev)
		queue_way = (struct queue_way){ .order = MMK_MIN_ORDER };
	if (!prev || ++queue_way.part == MMK_PART_COPIED) {
		queue_way.order += !!prev;
		queue_way.part = MMK_PART_FIRST;
	}
	if (queue_way.order > MMK_MAX_ORDER)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %u, %s", queue_way.order,
		 mmk_part_name(queue_way.part));
	return &queue_way;
}

/**
 * folio_mapped_in_part_is_split() - What is mapped moves page by page
 *
 * No large destination is asked for. The call returns 0, and the list is empty.
 * The pages that were not mapped are free.
 *
 * Contract: LF-2, LF-3
 */
static void folio_mapped_in_part_is_split(struct kunit *test)
{
	const struct queue_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_large_state *before;
	unsigned int i, nr = 0;
	struct mmk_large l;
	struct mover m;
	pte_t pte;

	mmk_large_map(test, &l, mm, w->order);
	mmk_large_leave(test, &l, w->part);
	before = mmk_large_snapshot(test, &l);
	mover_init(&m);
	mover_add(test, &m, l.folio);
	mover_run(&m, MIGRATE_SYNC);
	KUNIT_EXPECT_EQ(test, m.ret, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&m.list));
	putback_movable_pages(&m.list);
	for (i = 0; i < l.nr; i++) {
		unsigned long addr = l.addr + i * PAGE_SIZE;

		pte = mmk_pte(mm, addr);
		if (!mmk_part_has(w->part, i, l.nr)) {
			if (!pte_none(pte))
				break;
			continue;
		}
		nr++;
		if (!pte_present(pte) || pte_pfn(pte) == before->pfn + i ||
		    folio_test_large(mmk_pte_folio(test, mm, addr)))
			break;
		MMK_EXPECT_PART_HOLDS(test, mm, addr, i, 1, MMK_LARGE_SEED);
	}
	KUNIT_EXPECT_EQ_MSG(test, i, l.nr, "first page that is not right");
	KUNIT_EXPECT_EQ(test, m.nr_given, nr);
	KUNIT_EXPECT_EQ(test, m.nr_back, 0U);
	KUNIT_EXPECT_EQ(test, m.events[FAILED], 0UL);
	KUNIT_EXPECT_EQ(test, m.events[THP_MOVED], 0UL);
	KUNIT_EXPECT_EQ(test, m.events[THP_SPLIT_UP],
			(unsigned long)(w->order == MMK_MAX_ORDER));
	mmk_expect_mm_same(test, "after it", mm, &before->mm);
}

/* Keep a page for which a destination is asked from being moved. */
static void hold_one(struct mover *m, struct folio *src)
{
	if (m->private)
		return;
	folio_get(src);
	m->private = src;
}

static void expect_piece_stays(struct kunit *test, enum migrate_mode mode)
{
	const struct queue_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_large_state *before;
	unsigned int i, nr = 0;
	struct mmk_large l;
	struct mover m;
	pte_t pte;

	mmk_large_map(test, &l, mm, w->order);
	mmk_large_leave(test, &l, w->part);
	before = mmk_large_snapshot(test, &l);
	mover_init(&m);
	m.asked = hold_one;
	mover_add(test, &m, l.folio);
	mover_run(&m, mode);
	KUNIT_ASSERT_NOT_NULL(test, m.private);
	KUNIT_EXPECT_GT(test, m.ret, 0);
	KUNIT_EXPECT_FALSE(test, list_empty(&m.list));
	putback_movable_pages(&m.list);
	folio_put(m.private);
	for (i = 0; i < l.nr; i++) {
		pte = mmk_pte(mm, l.addr + i * PAGE_SIZE);
		if (pte_present(pte) && pte_pfn(pte) == before->pfn + i)
			nr++;
	}
	KUNIT_EXPECT_EQ_MSG(test, nr, 1U, "pages that have not moved");
	mmk_expect_mm_same(test, "after it", mm, &before->mm);
}

/**
 * piece_of_a_queued_folio_that_stays_is_counted() - Not all of it has moved
 *
 * A folio of which a part is mapped is split, and somebody holds a page of it. The call
 * returns 0 only if nothing is left on the list: here it returns more, and the caller puts
 * the page back, which is mapped as before. The others have moved.
 *
 * Contract: LF-3, LF-2
 */
static void piece_of_a_queued_folio_that_stays_is_counted(struct kunit *test)
{
	expect_piece_stays(test, MIGRATE_ASYNC);
}

/**
 * piece_of_a_queued_folio_that_stays_is_counted_in_sync_mode() - Split in its first round
 *
 * As piece_of_a_queued_folio_that_stays_is_counted(). The folio is split in the asynchronous
 * round that a synchronous migration begins with.
 *
 * Contract: LF-3, LF-2
 */
static void piece_of_a_queued_folio_that_stays_is_counted_in_sync_mode(struct kunit *test)
{
	expect_piece_stays(test, MIGRATE_SYNC);
}

/**
 * struct restored - What has been seen when the first page was mapped again
 * @m: the call that migrates
 * @nr: pages and huge pages that have been mapped again
 * @queued: the new folio was queued for a split already
 * @partial: as one that is mapped in part
 */
struct restored {
	struct mover *m;
	unsigned int nr;
	bool queued;
	bool partial;
};

static void restored_note(struct restored *r)
{
	if (!r->nr++) {
		r->queued = mmk_large_queued(r->m->first);
		r->partial = folio_test_partially_mapped(r->m->first);
	}
}

static void restored_pte(void *data, unsigned long addr, unsigned long pte,
			 int order)
{
	restored_note(data);
}

static void restored_pmd(void *data, unsigned long addr, unsigned long pmd)
{
	restored_note(data);
}

static void restored_unwatch(void *data)
{
	mmk_unwatch_restored(restored_pte, restored_pmd, data);
}

static struct restored *restored_watch(struct kunit *test, struct mover *m)
{
	struct restored *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, r);
	r->m = m;
	KUNIT_ASSERT_EQ(test, mmk_watch_restored(restored_pte, restored_pmd, r),
			0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, restored_unwatch,
							r), 0);
	return r;
}

/**
 * new_folio_is_queued_before_it_is_mapped() - And not only at the end
 *
 * A folio that is mapped in part, and cannot be split at first, moves whole. From the
 * first page that is mapped again, others can unmap pages of the new folio, and queue it
 * themselves. It is queued as mapped in part by then, and stays so.
 *
 * Contract: LF-2
 */
static void new_folio_is_queued_before_it_is_mapped(struct kunit *test)
{
	const struct queue_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct restored *r;
	struct mmk_large l;
	struct mover m;

	mmk_large_map(test, &l, mm, w->order);
	mmk_large_leave(test, &l, w->part);
	mover_init(&m);
	r = restored_watch(test, &m);
	mover_add(test, &m, l.folio);
	folio_get(l.folio);
	m.private = l.folio;
	m.asked = let_go;
	mover_run(&m, MIGRATE_ASYNC);
	KUNIT_ASSERT_EQ(test, m.ret, 0);
	KUNIT_ASSERT_TRUE(test, list_empty(&m.list));
	KUNIT_EXPECT_NE(test, r->nr, 0U);
	KUNIT_EXPECT_TRUE(test, r->queued);
	KUNIT_EXPECT_TRUE(test, r->partial);
	KUNIT_EXPECT_TRUE(test, mmk_large_queued(m.first));
	KUNIT_EXPECT_TRUE(test, folio_test_partially_mapped(m.first));
}

static const enum migrate_mode queue_modes[] = {
	MIGRATE_ASYNC, MIGRATE_SYNC_LIGHT, MIGRATE_SYNC,
};

static void queue_mode_name(const enum migrate_mode *mode, char *desc)
{
	static const char * const names[] = { "async", "light", "sync" };

	strscpy(desc, names[mode - queue_modes], KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(queue_mode, queue_modes, queue_mode_name);

/**
 * huge_page_stays_queued_as_underused() - A pmd maps all of it
 *
 * A new huge page is queued, in case much of it is never written to. It is not mapped in
 * part, so that it moves whole. The new one is queued before it is mapped, and counts as
 * mapped whole.
 *
 * Contract: LF-2, LF-3
 */
static void huge_page_stays_queued_as_underused(struct kunit *test)
{
	const enum migrate_mode *mode = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge(test, mm, 1);
	struct folio *from = mmk_pmd_folio(test, mm, addr);
	struct restored *r;
	struct mover m;
	long partial;

	mmk_fill(test, addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	KUNIT_ASSERT_TRUE(test, mmk_large_queued(from));
	KUNIT_ASSERT_FALSE(test, folio_test_partially_mapped(from));
	partial = mmk_mthp_stat(MTHP_STAT_NR_ANON_PARTIALLY_MAPPED);
	mover_init(&m);
	r = restored_watch(test, &m);
	mover_add(test, &m, from);
	mover_run(&m, *mode);
	KUNIT_ASSERT_EQ(test, m.ret, 0);
	KUNIT_EXPECT_EQ(test, m.events[THP_MOVED], 1UL);
	KUNIT_EXPECT_EQ(test, r->nr, 1U);
	KUNIT_EXPECT_TRUE(test, r->queued);
	KUNIT_EXPECT_FALSE(test, r->partial);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, mm, addr), m.first);
	KUNIT_EXPECT_TRUE(test, mmk_large_queued(m.first));
	KUNIT_EXPECT_FALSE(test, folio_test_partially_mapped(m.first));
	KUNIT_EXPECT_EQ(test, mmk_mthp_stat(MTHP_STAT_NR_ANON_PARTIALLY_MAPPED),
			partial);
	MMK_EXPECT_HOLDS(test, addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

static struct kunit_case large_folio_queue_cases[] = {
	KUNIT_CASE_PARAM(folio_waits_for_its_split_elsewhere, queue_gen_params),
	KUNIT_CASE_PARAM(folio_mapped_in_part_is_split, split_gen_params),
	KUNIT_CASE_PARAM(piece_of_a_queued_folio_that_stays_is_counted,
			 split_gen_params),
	KUNIT_CASE_PARAM(piece_of_a_queued_folio_that_stays_is_counted_in_sync_mode,
			 split_gen_params),
	KUNIT_CASE_PARAM(new_folio_is_queued_before_it_is_mapped,
			 split_gen_params),
	KUNIT_CASE_PARAM(huge_page_stays_queued_as_underused,
			 queue_mode_gen_params),
	{}
};

static struct kunit_suite large_folio_queue_suite = {
	.name = "large_folio_queue",
	.init = mmk_case_init,
	.test_cases = large_folio_queue_cases,
};

kunit_test_suite(large_folio_queue_suite);
