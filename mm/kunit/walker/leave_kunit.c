// SPDX-License-Identifier: GPL-2.0
/*
 * What a folio is told when a pte goes, or is said to be cold: that it has been written to,
 * or used. Expected is what munmap(2), msync(2) and madvise(2) promise: what was written to
 * a shared mapping is in the file, MADV_SEQUENTIAL pages may be freed soon after they are
 * accessed, and MADV_COLD deactivates pages.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../compat/param.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "../lib/pte.h"

#define SEED	0x5f

static void leave_munmap(struct kunit *test, struct mmk_large *l)
{
	KUNIT_EXPECT_EQ(test, vm_munmap(l->addr, l->nr * PAGE_SIZE), 0);
}

static void leave_dontneed(struct kunit *test, struct mmk_large *l)
{
	KUNIT_EXPECT_EQ(test, do_madvise(l->mm, l->addr, l->nr * PAGE_SIZE,
					 MADV_DONTNEED), 0);
}

static void leave_reclaim(struct kunit *test, struct mmk_large *l)
{
	folio_lock(l->folio);
	try_to_unmap(l->folio, 0);
	folio_unlock(l->folio);
}

/**
 * struct leave_way - How a pte goes
 * @name: for the KTAP line
 * @leave: lets all ptes of the folio go
 * @uses: it tells the folio that it was used
 */
static const struct leave_way {
	const char *name;
	void (*leave)(struct kunit *test, struct mmk_large *l);
	bool uses;
} leave_ways[] = {
	{ "munmap", leave_munmap, true },
	{ "MADV_DONTNEED", leave_dontneed, true },
	{ "reclaim", leave_reclaim, false },
};

/**
 * struct leave_case - A page of tmpfs, or a huge one, whose ptes go
 * @way: how; an index
 * @large: the folio has many pages, of which one is young, and another one dirty
 * @young: accessed bit
 * @dirty: dirty bit
 * @sequential: MADV_SEQUENTIAL
 */
struct leave_case {
	unsigned int way;
	bool large;
	bool young;
	bool dirty;
	bool sequential;
};

static struct leave_case leave_case;

/* All combinations */
MMK_GEN_PARAMS(leave)
{
	static unsigned int nth;
	struct leave_case *c = &leave_case;

	nth = prev ? nth + 1 : 0;
	c->large = nth & 1;
	c->young = nth & 2;
	c->dirty = nth & 4;
	c->sequential = nth & 8;
	c->way = nth / 16;
	if (c->way == ARRAY_SIZE(leave_ways))
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s%s%s%s",
		 leave_ways[c->way].name, c->large ? "large" : "small",
		 c->young ? ", young" : "", c->dirty ? ", dirty" : "",
		 c->sequential ? ", sequential" : "");
	return c;
}

static void leave_map(struct kunit *test, struct mmk_large *l,
		      const struct leave_case *c)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int i;

	if (c->large) {
		mmk_large_map_file(test, l, mm, MMK_MAX_ORDER);
	} else {
		memset(l, 0, sizeof(*l));
		l->mm = mm;
		l->nr = 1;
		l->addr = mmk_mmap(test, mmk_shmem_file(test, 1), PAGE_SIZE,
				   PROT_READ | PROT_WRITE, MAP_SHARED);
		mmk_fill(test, l->addr, 1, SEED);
		l->folio = mmk_pte_folio(test, mm, l->addr);
	}
	if (c->sequential)
		KUNIT_ASSERT_EQ(test, do_madvise(mm, l->addr, l->nr * PAGE_SIZE,
						 MADV_SEQUENTIAL), 0);
	for (i = 0; i < l->nr; i++)
		mmk_pte_set_flags(test, mm, l->addr + i * PAGE_SIZE,
				  c->young && i == l->nr / 3,
				  c->dirty && i == l->nr / 2);
	lru_add_drain_all();
	folio_lock(l->folio);
	folio_clear_dirty(l->folio);
	folio_unlock(l->folio);
	folio_clear_referenced(l->folio);
}

/**
 * folio_is_told_when_its_pte_goes() - Written to, and used
 *
 * The ptes of a page of tmpfs go. The folio is dirty if one of its ptes was, or else what was
 * written would be lost by the next reclaim. It counts as used if one of them was young, but
 * for a mapping that is read once, from its beginning to its end, and for reclaim, which has
 * asked before. Otherwise it is neither.
 *
 * Contract: EW-1, ME-12
 */
static void folio_is_told_when_its_pte_goes(struct kunit *test)
{
	const struct leave_case *c = test->param_value;
	const struct leave_way *way = &leave_ways[c->way];
	struct mmk_large l;

	leave_map(test, &l, c);
	KUNIT_ASSERT_FALSE(test, folio_test_dirty(l.folio));
	KUNIT_ASSERT_FALSE(test, folio_test_active(l.folio));
	way->leave(test, &l);
	lru_add_drain_all();
	KUNIT_EXPECT_FALSE(test, folio_mapped(l.folio));
	KUNIT_EXPECT_EQ(test, folio_test_dirty(l.folio), c->dirty);
	KUNIT_EXPECT_EQ(test, folio_test_referenced(l.folio) ||
			folio_test_active(l.folio),
			c->young && way->uses && !c->sequential);
	/* The file would lose its pages if they were clean. */
	folio_mark_dirty(l.folio);
}

/**
 * struct cold_case - Memory that is said to be cold
 * @description: for the KTAP line
 * @order: of the folio
 * @active: it is on the active list
 */
struct cold_case {
	const char *description;
	unsigned int order;
	bool active;
};

static const struct cold_case cold_cases[] = {
	{ "page", 0, false },
	{ "page, active", 0, true },
	{ "large folio", 3, false },
	{ "large folio, active", 3, true },
	{ "huge page", PMD_ORDER, false },
	{ "huge page, active", PMD_ORDER, true },
};

KUNIT_ARRAY_PARAM_DESC(cold, cold_cases, description);

static void cold_map(struct kunit *test, struct mmk_large *l,
		     unsigned int order)
{
	struct mm_struct *mm = mmk_mm_enter(test);

	memset(l, 0, sizeof(*l));
	l->mm = mm;
	l->nr = 1U << order;
	if (order == PMD_ORDER) {
		l->addr = mmk_map_huge(test, mm, 1);
		l->folio = mmk_pmd_folio(test, mm, l->addr);
		mmk_pmd_set_flags(test, mm, l->addr, true, true);
	} else if (order) {
		mmk_large_map(test, l, mm, order);
	} else {
		l->addr = mmk_map_anon(test, 1);
		mmk_fill(test, l->addr, 1, SEED);
		l->folio = mmk_pte_folio(test, mm, l->addr);
	}
	lru_add_drain_all();
}

static bool cold_is_young(struct mmk_large *l)
{
	unsigned int i;

	if (mmk_pmd_kind(l->mm, l->addr) == MMK_PTE_PRESENT)
		return pmd_young(mmk_pmd(l->mm, l->addr));
	for (i = 0; i < l->nr; i++)
		if (pte_young(mmk_pte(l->mm, l->addr + i * PAGE_SIZE)))
			return true;
	return false;
}

/**
 * cold_memory_is_deactivated() - MADV_COLD
 *
 * The pages are old afterwards, and their folio counts neither as active nor as used. One that
 * was active is remembered as part of the working set. Nothing is unmapped.
 *
 * Contract: EW-1
 */
static void cold_memory_is_deactivated(struct kunit *test)
{
	const struct cold_case *c = test->param_value;
	unsigned long anon;
	struct mmk_large l;

	cold_map(test, &l, c->order);
	/* Used twice: active */
	folio_mark_accessed(l.folio);
	if (c->active) {
		folio_mark_accessed(l.folio);
		lru_add_drain_all();
	}
	folio_set_referenced(l.folio);
	folio_clear_workingset(l.folio);
	KUNIT_ASSERT_EQ(test, folio_test_active(l.folio), c->active);
	KUNIT_ASSERT_TRUE(test, cold_is_young(&l));
	anon = get_mm_counter(l.mm, MM_ANONPAGES);

	KUNIT_EXPECT_EQ(test, do_madvise(l.mm, l.addr, l.nr * PAGE_SIZE,
					 MADV_COLD), 0);
	lru_add_drain_all();
	KUNIT_EXPECT_FALSE(test, cold_is_young(&l));
	KUNIT_EXPECT_FALSE(test, folio_test_active(l.folio));
	KUNIT_EXPECT_FALSE(test, folio_test_referenced(l.folio));
	KUNIT_EXPECT_EQ(test, folio_test_workingset(l.folio), c->active);
	KUNIT_EXPECT_TRUE(test, folio_test_lru(l.folio));
	KUNIT_EXPECT_EQ(test, folio_order(l.folio), c->order);
	KUNIT_EXPECT_EQ(test, get_mm_counter(l.mm, MM_ANONPAGES), anon);
}

static struct kunit_case walker_leave_cases[] = {
	KUNIT_CASE_PARAM(folio_is_told_when_its_pte_goes, leave_gen_params),
	KUNIT_CASE_PARAM(cold_memory_is_deactivated, cold_gen_params),
	{}
};

static struct kunit_suite walker_leave_suite = {
	.name = "walker_leave",
	.init = mmk_case_init,
	.test_cases = walker_leave_cases,
};

kunit_test_suite(walker_leave_suite);
