// SPDX-License-Identifier: GPL-2.0
/*
 * The shrinker that splits the folios that are queued for it, when memory is short.
 */
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/khugepaged.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/shrinker.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

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

/* So many pages of zeroes are borne: half of them */
#define BORNE	(MMK_HUGE_PAGES / 2)

/**
 * enum busy - What keeps a huge page from being split
 * @NOT_BUSY: nothing
 * @LOCKED: somebody has it locked
 * @HELD: somebody has a reference
 * @MLOCKED: it is locked into memory
 */
enum busy {
	NOT_BUSY,
	LOCKED,
	HELD,
	MLOCKED,
};

/**
 * struct underused_case - A huge page of which a part has been written to
 * @description: for the KTAP line
 * @borne: pages of zeroes that are borne
 * @zeroes: pages of zeroes that it has
 * @split: it is underused
 * @busy: what keeps it from being split, the first time
 */
struct underused_case {
	const char *description;
	unsigned int borne;
	unsigned int zeroes;
	bool split;
	enum busy busy;
};

static const struct underused_case underused_cases[] = {
	{ "as many as are borne", BORNE, BORNE },
	{ "one more", BORNE, BORNE + 1, true },
	{ "all of it", BORNE, MMK_HUGE_PAGES, true },
	{ "one, and none is borne", 0, 1, true },
	{ "none, and none is borne", 0, 0 },
	{ "all of it, and any number is borne", MMK_HUGE_PAGES - 1,
	  MMK_HUGE_PAGES },
	{ "locked by somebody", BORNE, BORNE + 1, true, LOCKED },
	{ "held by somebody", BORNE, BORNE + 1, false, HELD },
	{ "locked into memory", BORNE, BORNE + 1, false, MLOCKED },
};

KUNIT_ARRAY_PARAM_DESC(underused, underused_cases, description);

static void borne_restore(void *old)
{
	khugepaged_max_ptes_none = (unsigned long)old;
}

static void bear(struct kunit *test, unsigned int nr)
{
	unsigned long old = khugepaged_max_ptes_none;

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, borne_restore,
							(void *)old), 0);
	khugepaged_max_ptes_none = nr;
}

/* The first @zeroes pages are in use by nobody, and the others are as they were. */
static void expect_zeroes_freed(struct kunit *test, struct mm_struct *mm,
				unsigned long addr, unsigned int zeroes)
{
	unsigned int i;

	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		pte_t pte = mmk_pte(mm, addr + i * PAGE_SIZE);
		bool zero = pte_none(pte) ||
			    (pte_present(pte) && is_zero_pfn(pte_pfn(pte)));
		bool in_use = i >= zeroes;

		if (zero == in_use ||
		    (!zero && folio_test_large(mmk_pte_folio(test, mm,
							     addr + i * PAGE_SIZE))))
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, MMK_HUGE_PAGES,
			    "first page that is not right");
}

static void expect_zeroes(struct kunit *test, unsigned long addr,
			  unsigned int nr)
{
	u8 *buf = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (i = 0; i < nr; i++, addr += PAGE_SIZE)
		if (copy_from_user(buf, (void __user *)addr, PAGE_SIZE) ||
		    memchr_inv(buf, 0, PAGE_SIZE))
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, nr, "first page that is not zero");
}

/**
 * underused_folio_is_split_when_memory_is_short() - Most of it is zeroes
 *
 * A huge page is split under memory pressure if it is underused: if the number of
 * its pages that hold zeroes is above max_ptes_none (transhuge.rst). The memory of
 * these is free afterwards, and reads as zeroes. All others are as they were. If it
 * is locked at that moment, it stays, and is split the next time. One that somebody
 * refers to, or that is locked into memory, keeps its pages.
 *
 * Contract: LF-2
 */
static void underused_folio_is_split_when_memory_is_short(struct kunit *test)
{
	const struct underused_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge(test, mm, 1);
	struct folio *folio = mmk_pmd_folio(test, mm, addr);
	unsigned int used = MMK_HUGE_PAGES - c->zeroes;
	struct mmk_mm_state before;
	unsigned long events;

	if (used)
		mmk_fill(test, addr + c->zeroes * PAGE_SIZE, used,
			 MMK_LARGE_SEED);
	KUNIT_ASSERT_TRUE(test, mmk_large_queued(folio));
	bear(test, c->borne);
	lru_add_drain_all();
	if (c->busy == LOCKED)
		folio_lock(folio);
	if (c->busy == HELD)
		folio_get(folio);
	if (c->busy == MLOCKED)
		KUNIT_ASSERT_EQ(test, sys_mlock(addr, MMK_HUGE_SIZE), 0L);
	lru_add_drain_all();
	mmk_mm_snapshot(mm, &before);
	events = mmk_vm_event(THP_UNDERUSED_SPLIT_PAGE);
	shrink_all(folio);
	if (c->busy == LOCKED || c->busy == HELD) {
		MMK_EXPECT_PMD(test, mm, addr, PRESENT);
		KUNIT_EXPECT_TRUE(test, folio_test_large(folio));
	}
	if (c->busy == LOCKED) {
		folio_unlock(folio);
		shrink_all(folio);
	}
	if (c->busy == HELD)
		folio_put(folio);
	if (c->split) {
		KUNIT_EXPECT_EQ(test, mmk_vm_event(THP_UNDERUSED_SPLIT_PAGE),
				events + 1);
		expect_zeroes_freed(test, mm, addr, c->zeroes);
		before.anon -= c->zeroes;
	} else if (c->busy != MLOCKED) {
		MMK_EXPECT_PMD(test, mm, addr, PRESENT);
		KUNIT_EXPECT_EQ(test, mmk_vm_event(THP_UNDERUSED_SPLIT_PAGE),
				events);
	}
	mmk_expect_mm_same(test, "afterwards", mm, &before);
	if (used)
		MMK_EXPECT_MM_HOLDS(test, mm, addr + c->zeroes * PAGE_SIZE,
				    used, MMK_LARGE_SEED);
	expect_zeroes(test, addr, c->zeroes);
}

static struct kunit_case large_folio_shrink_cases[] = {
	KUNIT_CASE_PARAM(queued_folio_is_split_when_memory_is_short,
			 shrink_gen_params),
	KUNIT_CASE_PARAM(locked_folio_is_split_the_next_time,
			 shrink_gen_params),
	KUNIT_CASE_PARAM(held_folio_is_split_the_next_time, shrink_gen_params),
	KUNIT_CASE_PARAM(underused_folio_is_split_when_memory_is_short,
			 underused_gen_params),
	{}
};

static struct kunit_suite large_folio_shrink_suite = {
	.name = "large_folio_shrink",
	.init = mmk_case_init,
	.test_cases = large_folio_shrink_cases,
};

kunit_test_suite(large_folio_shrink_suite);
