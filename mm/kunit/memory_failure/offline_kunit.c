// SPDX-License-Identifier: GPL-2.0
/*
 * Soft offline: a page is taken out of use "by migration or invalidation, without
 * killing anything", and "this should never impact any application or cause data
 * loss", says the kernel-doc of soft_offline_page().
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../lib/guard.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "memory_failure.h"

static const struct offline_case {
	const char *description;
	bool tmpfs;
	bool child;
} offline_cases[] = {
	{ "anonymous", false, false },
	{ "anonymous, with a child", false, true },
	{ "tmpfs", true, false },
	{ "tmpfs, with a child", true, true },
};

KUNIT_ARRAY_PARAM_DESC(offline, offline_cases, description);

static unsigned long offline_map(struct kunit *test, struct hp *hp,
				 const struct offline_case *how,
				 struct mm_struct **child)
{
	unsigned long addr;

	if (how->tmpfs)
		addr = mmk_mmap(test, mmk_shmem_file(test, 1), PAGE_SIZE,
				PROT_READ | PROT_WRITE, MAP_SHARED);
	else
		addr = mmk_map_anon(test, 1);
	mmk_fill(test, addr, 1, HP_SEED);
	*child = how->child ? mmk_fork(test) : NULL;
	if (*child)
		KUNIT_ASSERT_EQ(test, mmk_fault_in(*child, addr, false), 0);
	return addr;
}

/**
 * data_moves_away() - A page in use is taken out of use
 *
 * All who map it map another page then, with the same bytes, and nobody gets the
 * old one. To do it again does nothing.
 *
 * Contract: HP-1
 */
static void data_moves_away(struct kunit *test)
{
	const struct offline_case *how = test->param_value;
	struct hp *hp = hp_enter(test);
	struct mmk_mm_state before;
	struct mm_struct *child;
	struct page *old, *now;
	unsigned long addr;

	addr = offline_map(test, hp, how, &child);
	old = mmk_pte_page(hp->mm, addr);
	mmk_mm_snapshot(hp->mm, &before);
	KUNIT_EXPECT_EQ(test, hp_soft_offline(test, hp, old), 0);
	now = mmk_pte_page(hp->mm, addr);
	MMK_EXPECT_PTE(test, hp->mm, addr, PRESENT);
	KUNIT_EXPECT_PTR_NE(test, now, old);
	KUNIT_EXPECT_FALSE(test, PageHWPoison(now));
	MMK_EXPECT_HOLDS(test, addr, 1, HP_SEED);
	if (child) {
		KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(child, addr), now);
		MMK_EXPECT_MM_HOLDS(test, child, addr, 1, HP_SEED);
	}
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(now)), 1 + !!child);
	mmk_expect_mm_same(test, "moved", hp->mm, &before);
	hp_expect_out_of_use(test, old);
	KUNIT_EXPECT_EQ(test, hp_soft_offline(test, hp, old), 0);
	hp_expect_out_of_use(test, old);
}

/**
 * page_in_use_stays_in_use() - A page that is pinned cannot move
 *
 * The call fails; the page is mapped and has its bytes, and is not marked. Once it
 * is unpinned, it can be taken out of use.
 *
 * Contract: HP-1
 */
static void page_in_use_stays_in_use(struct kunit *test)
{
	const struct offline_case *how = test->param_value;
	struct hp *hp = hp_enter(test);
	struct mm_struct *child;
	struct page *old;
	unsigned long addr;

	if (how->child)
		kunit_skip(test, "a child gets a copy of a pinned page");
	addr = offline_map(test, hp, how, &child);
	old = mmk_pin(test, addr, FOLL_WRITE);
	KUNIT_EXPECT_EQ(test, hp_soft_offline(test, hp, old), -EBUSY);
	KUNIT_EXPECT_FALSE(test, PageHWPoison(old));
	MMK_EXPECT_PTE(test, hp->mm, addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(hp->mm, addr), old);
	MMK_EXPECT_HOLDS(test, addr, 1, HP_SEED);
	mmk_unpin(test, old);
	KUNIT_EXPECT_EQ(test, hp_soft_offline(test, hp, old), 0);
	MMK_EXPECT_HOLDS(test, addr, 1, HP_SEED);
	hp_expect_out_of_use(test, old);
}

static const struct part_case {
	const char *description;
	unsigned int order;
	bool pmd;
} part_cases[] = {
	{ "order 4", 4 },
	{ "huge page", MMK_MAX_ORDER, true },
};

KUNIT_ARRAY_PARAM_DESC(part, part_cases, description);

/**
 * part_of_a_folio_moves_away() - One page of a large folio is taken out of use
 *
 * All pages have their bytes, and only that one is another one.
 *
 * Contract: HP-1
 */
static void part_of_a_folio_moves_away(struct kunit *test)
{
	const struct part_case *how = test->param_value;
	unsigned int nr = 1U << how->order, bad = nr / 2 + 1;
	struct hp *hp = hp_enter(test);
	struct page *old, *before;
	struct mmk_large l;
	unsigned long addr;

	if (how->pmd) {
		addr = mmk_map_huge(test, hp->mm, 1);
		before = folio_page(mmk_pmd_folio(test, hp->mm, addr), 0);
	} else {
		mmk_large_map(test, &l, hp->mm, how->order);
		addr = l.addr;
		before = folio_page(l.folio, 0);
	}
	mmk_fill(test, addr, nr, HP_SEED);
	old = before + bad;
	KUNIT_EXPECT_EQ(test, hp_soft_offline(test, hp, old), 0);
	MMK_EXPECT_HOLDS(test, addr, nr, HP_SEED);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(hp->mm, addr), before);
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_page(hp->mm, addr + bad * PAGE_SIZE),
			    old);
	hp_expect_out_of_use(test, old);
}

/**
 * free_page_goes_out_of_use() - A page that is free
 *
 * Nobody gets it.
 *
 * Contract: HP-1
 */
static void free_page_goes_out_of_use(struct kunit *test)
{
	struct hp *hp = hp_enter(test);
	struct page *page = hp_free_page(test);

	KUNIT_EXPECT_EQ(test, hp_soft_offline(test, hp, page), 0);
	hp_expect_out_of_use(test, page);
}

static struct kunit_case memory_failure_offline_cases[] = {
	KUNIT_CASE_PARAM(data_moves_away, offline_gen_params),
	KUNIT_CASE_PARAM(page_in_use_stays_in_use, offline_gen_params),
	KUNIT_CASE_PARAM(part_of_a_folio_moves_away, part_gen_params),
	KUNIT_CASE(free_page_goes_out_of_use),
	{}
};

static struct kunit_suite memory_failure_offline_suite = {
	.name = "memory_failure_offline",
	.init = mmk_case_init,
	.test_cases = memory_failure_offline_cases,
};

kunit_test_suite(memory_failure_offline_suite);
