// SPDX-License-Identifier: GPL-2.0
/*
 * A large folio that ptes map across two page tables, one of which has been replaced by
 * another huge page, or across two VMAs.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../compat/pgmap.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "hdev.h"

#define HALF		(MMK_HUGE_PAGES / 2)
#define HALF_SIZE	(HALF * PAGE_SIZE)
#define OTHER_SEED	0x17

/**
 * enum neighbour - What the pmd before the rest of the folio holds
 * @MAPPED: it maps another huge page
 * @MIGRATING: it has a migration entry for another huge page
 * @ON_DEVICE: it stands for a huge page of a device
 */
enum neighbour { MAPPED, MIGRATING, ON_DEVICE };

/**
 * struct across_way - A folio across two page tables, and its neighbour
 * @description: for the log
 * @neighbour: what the first pmd holds
 * @move: the migration succeeds
 */
struct across_way {
	const char *description;
	enum neighbour neighbour;
	bool move;
};

static const struct across_way across_ways[] = {
	{ "behind a huge page, moved", MAPPED, true },
	{ "behind a huge page, put back", MAPPED, false },
	{ "behind a huge page under migration, moved", MIGRATING, true },
	{ "behind a huge page under migration, put back", MIGRATING, false },
	{ "behind a huge page of a device, moved", ON_DEVICE, true },
	{ "behind a huge page of a device, put back", ON_DEVICE, false },
};

KUNIT_ARRAY_PARAM_DESC(across, across_ways, description);

/**
 * struct across - The second half of a huge page, behind another huge page
 * @mm: current->mm
 * @addr: of the other huge page, which a pmd refers to
 * @rest: of what is left of the folio: its second half, mapped by ptes
 * @folio: the folio
 * @other: the other one
 */
struct across {
	struct mm_struct *mm;
	unsigned long addr;
	unsigned long rest;
	struct folio *folio;
	struct folio *other;
};

/* Map a huge page so that its halves are in two page tables, of one VMA. */
static void across_map(struct kunit *test, struct across *a)
{
	unsigned long from, to;

	from = mmk_map_huge_hole(test, a->mm, 3);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(a->mm, from + MMK_HUGE_SIZE, true),
			0);
	mmk_fill(test, from + MMK_HUGE_SIZE, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	a->folio = mmk_pmd_folio(test, a->mm, from + MMK_HUGE_SIZE);
	to = mmk_map_anon(test, 6 * MMK_HUGE_PAGES);
	to = ALIGN(to, MMK_HUGE_SIZE) + HALF_SIZE;
	KUNIT_ASSERT_EQ(test, to,
			(unsigned long)sys_mremap(from, 3 * MMK_HUGE_SIZE,
						  3 * MMK_HUGE_SIZE,
						  MREMAP_MAYMOVE | MREMAP_FIXED,
						  to));
	a->addr = to + HALF_SIZE;
	a->rest = a->addr + MMK_HUGE_SIZE;
	KUNIT_ASSERT_EQ(test, folio_order(a->folio), (unsigned int)PMD_ORDER);
	KUNIT_ASSERT_EQ(test, folio_mapcount(a->folio), (int)MMK_HUGE_PAGES);
}

/* Put another huge page in the place of its first half. */
static void across_replace(struct kunit *test, struct across *a)
{
	KUNIT_ASSERT_EQ(test, do_madvise(a->mm, a->addr + HALF_SIZE, HALF_SIZE,
					 MADV_DONTNEED), 0);
	mmk_fill(test, a->addr, MMK_HUGE_PAGES, OTHER_SEED);
	/* If the page table has stayed, these were small pages. */
	if (mmk_pmd_kind(a->mm, a->addr) == MMK_PTE_TABLE)
		KUNIT_ASSERT_EQ(test, do_madvise(a->mm, a->addr, MMK_HUGE_SIZE,
						 MADV_COLLAPSE), 0);
	MMK_EXPECT_PMD(test, a->mm, a->addr, PRESENT);
	a->other = mmk_pmd_folio(test, a->mm, a->addr);
	KUNIT_ASSERT_PTR_NE(test, a->other, a->folio);
	lru_add_drain_all();
	KUNIT_ASSERT_EQ(test, folio_mapcount(a->folio), (int)HALF);
	KUNIT_ASSERT_EQ(test, folio_ref_count(a->folio), (int)HALF);
}

/* The first page of the rest without an entry, or without its page of @folio */
static unsigned int rest_right(const struct across *a, struct folio *folio,
			       bool entry)
{
	unsigned int i;
	bool right;

	for (i = 0; i < HALF; i++) {
		pte_t pte = mmk_pte(a->mm, a->rest + i * PAGE_SIZE);
		unsigned long pfn = folio_pfn(folio) + HALF + i;

		if (entry)
			right = mmk_pte_classify(pte) ==
				MMK_PTE_MIGRATION_WRITE &&
				softleaf_to_pfn(softleaf_from_pte(pte)) == pfn;
		else
			right = pte_present(pte) && pte_write(pte) &&
				pte_pfn(pte) == pfn;
		if (!right)
			break;
	}
	return i;
}

/**
 * rest_is_found_behind_a_foreign_pmd() - The rmap walk goes on
 *
 * A huge page has been moved to an address that is not aligned, so that ptes in two page
 * tables map it. Another huge page has taken the place of the first half, and is mapped,
 * under migration, or on a device. The rmap walk for the folio comes to that pmd first. It
 * leaves it alone, and finds all that is left of the folio in the page table behind it:
 * each page gets its entry, and is mapped again afterwards.
 *
 * Contract: LF-2, LF-6
 */
static void rest_is_found_behind_a_foreign_pmd(struct kunit *test)
{
	const struct across_way *w = test->param_value;
	struct mmk_hold *hold, *foreign = NULL;
	struct folio *from, *to;
	struct mmk_mm_state rss;
	struct hdev *dev = NULL;
	struct across a;
	pmd_t pmd;

	if (w->neighbour == ON_DEVICE)
		dev = hdev_create(test);
	a.mm = mmk_mm_enter(test);
	across_map(test, &a);
	across_replace(test, &a);
	if (w->neighbour == ON_DEVICE)
		a.other = hdev_move_in(test, a.mm, a.addr, dev);
	if (w->neighbour == MIGRATING) {
		foreign = mmk_hold(test, a.other);
		try_to_migrate(a.other, 0);
		MMK_EXPECT_PMD(test, a.mm, a.addr, MIGRATION_WRITE);
	}
	pmd = mmk_pmd(a.mm, a.addr);
	mmk_mm_snapshot(a.mm, &rss);
	from = a.folio;
	to = from;

	hold = mmk_hold(test, from);
	try_to_migrate(from, 0);
	KUNIT_EXPECT_FALSE(test, folio_mapped(from));
	KUNIT_EXPECT_EQ(test, folio_ref_count(from), 1);
	KUNIT_EXPECT_EQ_MSG(test, rest_right(&a, from, true), HALF,
			    "first page without its entry");
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(a.mm, a.addr)), pmd_val(pmd));
	if (w->move && !folio_mapped(from))
		to = mmk_hold_copy(test, hold);
	remove_migration_ptes(from, to, 0);
	mmk_hold_finish(test, hold, to != from);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ_MSG(test, rest_right(&a, to, false), HALF,
			    "first page that is not mapped again");
	KUNIT_EXPECT_EQ(test, folio_mapcount(to), (int)HALF);
	KUNIT_EXPECT_EQ(test, folio_ref_count(to), (int)HALF);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(a.mm, a.addr)), pmd_val(pmd));
	mmk_expect_mm_same(test, "afterwards", a.mm, &rss);
	if (foreign) {
		remove_migration_ptes(a.other, a.other, 0);
		mmk_hold_finish(test, foreign, false);
	}
	MMK_EXPECT_HOLDS(test, a.addr, MMK_HUGE_PAGES, OTHER_SEED);
	MMK_EXPECT_PART_HOLDS(test, a.mm, a.rest, HALF, HALF, MMK_LARGE_SEED);
}

/**
 * struct two_vmas - The protection of the second half of a folio
 * @description: for the log
 * @prot: PROT_*
 */
struct two_vmas {
	const char *description;
	int prot;
};

static const struct two_vmas two_vmas[] = {
	{ "second half read-only", PROT_READ },
	{ "second half not accessible", PROT_NONE },
};

KUNIT_ARRAY_PARAM_DESC(two_vmas, two_vmas, description);

#define TWO_VMAS_ORDER	4

/**
 * folio_in_two_vmas_is_mapped_as_before() - Each half by the rules of its VMA
 *
 * mprotect() has split the VMA in the middle of a folio. Each walk of the rmap is about the
 * ptes of one VMA. When the migration has failed, each pte is as it was, bit by bit: nobody
 * can access what was not accessible.
 *
 * Contract: LF-2, ME-4
 */
static void folio_in_two_vmas_is_mapped_as_before(struct kunit *test)
{
	const struct two_vmas *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	pte_t before[1 << TWO_VMAS_ORDER];
	struct mmk_mm_state rss;
	struct mmk_hold *hold;
	struct mmk_large l;
	unsigned int i;

	mmk_large_map(test, &l, mm, TWO_VMAS_ORDER);
	KUNIT_ASSERT_EQ(test, sys_mprotect(l.addr + l.nr / 2 * PAGE_SIZE,
					   l.nr / 2 * PAGE_SIZE, w->prot), 0L);
	for (i = 0; i < l.nr; i++)
		before[i] = mmk_pte(mm, l.addr + i * PAGE_SIZE);
	mmk_mm_snapshot(mm, &rss);
	hold = mmk_hold(test, l.folio);
	try_to_migrate(l.folio, 0);
	KUNIT_EXPECT_FALSE(test, folio_mapped(l.folio));
	remove_migration_ptes(l.folio, l.folio, 0);
	mmk_hold_finish(test, hold, false);
	for (i = 0; i < l.nr; i++)
		if (pte_val(mmk_pte(mm, l.addr + i * PAGE_SIZE)) !=
		    pte_val(before[i]))
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, l.nr, "first page that is not as before");
	mmk_expect_mm_same(test, "afterwards", mm, &rss);
	KUNIT_EXPECT_EQ(test, folio_mapcount(l.folio), (int)l.nr);
}

static struct kunit_case large_folio_across_cases[] = {
	KUNIT_CASE_PARAM(rest_is_found_behind_a_foreign_pmd,
			 across_gen_params),
	KUNIT_CASE_PARAM(folio_in_two_vmas_is_mapped_as_before,
			 two_vmas_gen_params),
	{}
};

static struct kunit_suite large_folio_across_suite = {
	.name = "large_folio_across",
	.init = mmk_case_init,
	.test_cases = large_folio_across_cases,
};

kunit_test_suite(large_folio_across_suite);
