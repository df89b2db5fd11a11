// SPDX-License-Identifier: GPL-2.0
/*
 * The shrinker that splits the folios that are queued for it, when memory is short.
 */
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/shrinker.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/param.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/mm.h"

/* Memory is as short as can be: each shrinker looks at all that it has. */
static void shrink_all(struct folio *folio)
{
	struct mem_cgroup *memcg;

	rcu_read_lock();
	memcg = folio_memcg(folio) ?: root_mem_cgroup;
	rcu_read_unlock();
	shrink_slab(GFP_KERNEL, folio_nid(folio), memcg, 0);
}

/**
 * struct shrink_way - A folio of which a part is mapped
 * @order: of the folio
 * @part: what of it is mapped
 */
struct shrink_way {
	unsigned int order;
	enum mmk_part part;
};

static struct shrink_way shrink_way;

/* Every order, and every part that leaves pages unmapped */
MMK_GEN_PARAMS(shrink)
{
	if (!prev)
		shrink_way = (struct shrink_way){ .order = MMK_MIN_ORDER };
	if (!prev || ++shrink_way.part == MMK_PART_COPIED) {
		shrink_way.order += !!prev;
		shrink_way.part = MMK_PART_FIRST;
	}
	if (shrink_way.order > MMK_MAX_ORDER)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %u, %s", shrink_way.order,
		 mmk_part_name(shrink_way.part));
	return &shrink_way;
}

/* What is mapped is a single page, which is where it was; all else is free. */
static void expect_split(struct kunit *test, struct mmk_large *l,
			 const struct mmk_large_state *before,
			 enum mmk_part part)
{
	unsigned int i;

	lru_add_drain_all();
	for (i = 0; i < l->nr; i++) {
		struct page *page = pfn_to_page(before->pfn + i);
		pte_t pte = mmk_pte(l->mm, l->addr + i * PAGE_SIZE);
		bool mapped = mmk_part_has(part, i, l->nr);

		if (PageCompound(page) || page_ref_count(page) != mapped ||
		    !mmk_pte_same(pte, before->ptes[0][i]))
			break;
		if (mapped)
			MMK_EXPECT_PART_HOLDS(test, l->mm,
					      l->addr + i * PAGE_SIZE, i, 1,
					      MMK_LARGE_SEED);
	}
	KUNIT_EXPECT_EQ_MSG(test, i, l->nr, "first page that is not right");
	mmk_expect_mm_same(test, "afterwards", l->mm, &before->mm);
}

/**
 * queued_folio_is_split_when_memory_is_short() - What nobody maps is given back
 *
 * A folio of which a part is mapped is queued, and is split "when we get memory pressure via
 * shrinker interface" (Documentation/mm/transhuge.rst). The pages that are mapped stay
 * where they are, the others are free.
 *
 * Contract: LF-2
 */
static void queued_folio_is_split_when_memory_is_short(struct kunit *test)
{
	const struct shrink_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_large_state *before;
	struct mmk_large l;
	long partial;

	partial = mmk_mthp_stat(MTHP_STAT_NR_ANON_PARTIALLY_MAPPED);
	mmk_large_map(test, &l, mm, w->order);
	mmk_large_leave(test, &l, w->part);
	before = mmk_large_snapshot(test, &l);
	shrink_all(l.folio);
	expect_split(test, &l, before, w->part);
	KUNIT_EXPECT_EQ(test, mmk_mthp_stat(MTHP_STAT_NR_ANON_PARTIALLY_MAPPED),
			partial);
}

static void busy_then_split(struct kunit *test, bool locked)
{
	const struct shrink_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_large_state *before;
	struct mmk_large l;

	mmk_large_map(test, &l, mm, w->order);
	mmk_large_leave(test, &l, w->part);
	if (locked)
		folio_lock(l.folio);
	else
		folio_get(l.folio);
	before = mmk_large_snapshot(test, &l);
	shrink_all(l.folio);
	mmk_expect_large_same(test, "while it is busy", &l, before);
	if (locked)
		folio_unlock(l.folio);
	else
		folio_put(l.folio);
	shrink_all(l.folio);
	expect_split(test, &l, before, w->part);
}

/**
 * locked_folio_is_split_the_next_time() - Somebody else has the lock
 *
 * It is not waited for. The folio is as before, queued and in all counters, and is split by
 * the next call that finds it unlocked.
 *
 * Contract: LF-2
 */
static void locked_folio_is_split_the_next_time(struct kunit *test)
{
	busy_then_split(test, true);
}

/**
 * held_folio_is_split_the_next_time() - Somebody else has a reference
 *
 * As locked_folio_is_split_the_next_time(): the split fails, and is tried again.
 *
 * Contract: LF-2
 */
static void held_folio_is_split_the_next_time(struct kunit *test)
{
	busy_then_split(test, false);
}

static struct kunit_case large_folio_shrink_cases[] = {
	KUNIT_CASE_PARAM(queued_folio_is_split_when_memory_is_short,
			 shrink_gen_params),
	KUNIT_CASE_PARAM(locked_folio_is_split_the_next_time,
			 shrink_gen_params),
	KUNIT_CASE_PARAM(held_folio_is_split_the_next_time, shrink_gen_params),
	{}
};

static struct kunit_suite large_folio_shrink_suite = {
	.name = "large_folio_shrink",
	.init = mmk_case_init,
	.test_cases = large_folio_shrink_cases,
};

kunit_test_suite(large_folio_shrink_suite);
