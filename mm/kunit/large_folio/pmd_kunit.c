// SPDX-License-Identifier: GPL-2.0
/*
 * Huge pages that a pmd maps, and that are to be moved page by page: the pmd becomes
 * a table of entries.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../compat/param.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/scene.h"
#include "hdev.h"

/* All ways to map and to move the page of a pmd */
MMK_GEN_PARAMS(pmd)
{
	static struct mmk_pmd_way way;

	return mmk_next_pmd_way(&way, !prev, desc) ? &way : NULL;
}

/* A huge page for which try_to_migrate() has to make entries of one kind */
static void pmd_page_init(struct kunit *test, struct mmk_large *l,
			  enum mmk_pte_kind kind)
{
	*l = (struct mmk_large){ .mm = mmk_mm_enter(test),
				 .order = MMK_MAX_ORDER,
				 .nr = MMK_HUGE_PAGES };
	l->addr = mmk_map_huge(test, l->mm, 1);
	l->child = mmk_huge_prepare(test, l->addr, kind, MMK_LARGE_SEED);
	l->folio = mmk_pmd_folio(test, l->mm, l->addr);
	KUNIT_ASSERT_EQ(test, folio_order(l->folio), l->order);
	KUNIT_ASSERT_EQ(test, folio_entire_mapcount(l->folio),
			l->child ? 2 : 1);
}

/* The first page for which there is not what there should be: all of them */
static unsigned int entries_right(struct mm_struct *mm, struct mmk_large *l,
				  const struct mmk_pmd_way *w)
{
	unsigned int i;

	for (i = 0; i < l->nr; i++) {
		pte_t pte = mmk_pte(mm, l->addr + i * PAGE_SIZE);
		softleaf_t entry;

		if (mmk_pte_classify(pte) != w->kind)
			break;
		entry = softleaf_from_pte(pte);
		if (softleaf_to_pfn(entry) != folio_pfn(l->folio) + i ||
		    softleaf_is_migration_young(entry) !=
		    entry_may_be(w->young) ||
		    softleaf_is_migration_dirty(entry) !=
		    entry_may_be(w->dirty))
			break;
	}
	return i;
}

static unsigned int ptes_right(struct mm_struct *mm, struct mmk_large *l,
			       const struct mmk_pmd_way *w)
{
	bool write = w->kind == MMK_PTE_MIGRATION_WRITE;
	unsigned int i;

	for (i = 0; i < l->nr; i++) {
		pte_t pte = mmk_pte(mm, l->addr + i * PAGE_SIZE);

		if (!pte_present(pte) ||
		    pte_pfn(pte) != folio_pfn(l->folio) + i ||
		    !!pte_write(pte) != write ||
		    !!pte_young(pte) != entry_may_be(w->young) ||
		    !!pte_dirty(pte) != entry_may_be(w->dirty) ||
		    PageAnonExclusive(folio_page(l->folio, i)) != !l->child)
			break;
	}
	return i;
}

/* The first page that is not mapped @nr times */
static unsigned int mapped_times(struct folio *folio, int nr)
{
	unsigned int i;

	for (i = 0; i < folio_nr_pages(folio); i++)
		if (atomic_read(&folio_page(folio, i)->_mapcount) + 1 != nr)
			break;
	return i;
}

/**
 * split_pmd_becomes_entries_of_all_pages() - TTU_SPLIT_HUGE_PMD
 *
 * Each pmd becomes a table with an entry for each page, of the kind that the pmd
 * had, young and dirty as it was; the folio is dirty if it was. Then nothing maps the
 * folio, neither as a whole nor any of its pages. When the migration has ended, each
 * page is mapped by a pte of its own, once in each mm, and as exclusive as before.
 *
 * Contract: LF-6
 */
static void split_pmd_becomes_entries_of_all_pages(struct kunit *test)
{
	const struct mmk_pmd_way *w = test->param_value;
	struct mmk_mm_state mm_before;
	struct mm_struct *mms[2];
	struct mmk_hold *hold;
	struct folio *from;
	struct mmk_large l;
	unsigned int i, nr;

	pmd_page_init(test, &l, w->kind);
	mms[0] = l.mm;
	mms[1] = l.child;
	nr = l.child ? 2 : 1;
	for (i = 0; i < nr; i++)
		mmk_pmd_set_flags(test, mms[i], l.addr, w->young, w->dirty);
	folio_clear_dirty(l.folio);
	mmk_mm_snapshot(l.mm, &mm_before);
	from = l.folio;
	hold = mmk_hold(test, from);

	try_to_migrate(from, TTU_SPLIT_HUGE_PMD);
	for (i = 0; i < nr; i++) {
		MMK_EXPECT_PMD(test, mms[i], l.addr, TABLE);
		KUNIT_EXPECT_EQ_MSG(test, entries_right(mms[i], &l, w), l.nr,
				    "first entry that is wrong in mm %u", i);
	}
	KUNIT_EXPECT_FALSE(test, folio_mapped(from));
	KUNIT_EXPECT_EQ(test, folio_entire_mapcount(from), 0);
	KUNIT_EXPECT_EQ(test, mapped_times(from, 0), l.nr);
	KUNIT_EXPECT_EQ(test, folio_ref_count(from), 1);
	KUNIT_EXPECT_EQ(test, folio_test_dirty(from), w->dirty);
	mmk_expect_mm_same(test, "with entries", l.mm, &mm_before);

	if (w->move)
		l.folio = mmk_hold_copy(test, hold);
	remove_migration_ptes(from, l.folio, 0);
	mmk_hold_finish(test, hold, w->move);
	lru_add_drain_all();
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ_MSG(test, ptes_right(mms[i], &l, w), l.nr,
				    "first pte that is wrong in mm %u", i);
	KUNIT_EXPECT_EQ(test, folio_entire_mapcount(l.folio), 0);
	KUNIT_EXPECT_EQ(test, mapped_times(l.folio, nr), l.nr);
	KUNIT_EXPECT_EQ(test, folio_ref_count(l.folio), (int)(nr * l.nr));
	mmk_expect_mm_same(test, "afterwards", l.mm, &mm_before);
	MMK_EXPECT_FOLIO_HOLDS(test, l.folio, MMK_LARGE_SEED);
}

/**
 * struct foreign_way - What the child has in the place of the huge page
 * @description: for the log
 * @entry: another one, which is under migration; or else mapped
 * @device: another one, which is on a device
 * @flags: TTU_* for the parent's
 */
struct foreign_way {
	const char *description;
	bool entry;
	bool device;
	enum ttu_flags flags;
};

static const struct foreign_way foreign_ways[] = {
	{ "mapped, split", false, false, TTU_SPLIT_HUGE_PMD },
	{ "mapped, whole", false, false, 0 },
	{ "under migration, split", true, false, TTU_SPLIT_HUGE_PMD },
	{ "under migration, whole", true, false, 0 },
	{ "on a device, split", false, true, TTU_SPLIT_HUGE_PMD },
	{ "on a device, whole", false, true, 0 },
};

KUNIT_ARRAY_PARAM_DESC(foreign, foreign_ways, description);

/**
 * foreign_pmd_is_left_alone() - A child has another huge page at the address
 *
 * The rmap walk for the parent's page comes across the pmd of the child, which maps a
 * page of its own, or holds an entry for it: since it is under migration, or on a device.
 * None of these is looked into, or changed.
 *
 * Contract: LF-6, LF-9
 */
static void foreign_pmd_is_left_alone(struct kunit *test)
{
	const struct foreign_way *w = test->param_value;
	struct mmk_hold *hold, *foreign = NULL;
	struct mmk_folio_state before;
	struct hdev *dev = NULL;
	struct folio *other;
	struct mmk_large l;
	pmd_t pmd;

	if (w->device)
		dev = hdev_create(test);
	pmd_page_init(test, &l, MMK_PTE_MIGRATION_READ);
	/* The walk would be over before it comes to the first child. */
	mmk_fork(test);
	KUNIT_ASSERT_EQ(test, mmk_mm_madvise(l.child, l.addr, MMK_HUGE_SIZE,
					     MADV_DONTNEED), 0);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(l.child, l.addr, true), 0);
	other = mmk_pmd_folio(test, l.child, l.addr);
	KUNIT_ASSERT_EQ(test, folio_order(other), l.order);
	KUNIT_ASSERT_PTR_NE(test, other, l.folio);
	if (w->device)
		other = hdev_move_in(test, l.child, l.addr, dev);
	if (w->entry) {
		foreign = mmk_hold(test, other);
		try_to_migrate(other, 0);
		MMK_EXPECT_PMD(test, l.child, l.addr, MIGRATION_WRITE);
	}
	pmd = mmk_pmd(l.child, l.addr);
	mmk_folio_snapshot(other, &before);

	hold = mmk_hold(test, l.folio);
	try_to_migrate(l.folio, w->flags);
	KUNIT_EXPECT_FALSE(test, folio_mapped(l.folio));
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(l.child, l.addr)), pmd_val(pmd));
	remove_migration_ptes(l.folio, l.folio, 0);
	mmk_hold_finish(test, hold, false);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(l.child, l.addr)), pmd_val(pmd));
	mmk_expect_folio_same(test, "the other", other, &before);
	KUNIT_EXPECT_EQ(test, folio_mapcount(l.folio),
			(int)(w->flags ? 2 * l.nr : 2));
	if (foreign) {
		remove_migration_ptes(other, other, 0);
		mmk_hold_finish(test, foreign, false);
	}
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, l.child, l.addr), other);
	MMK_EXPECT_HOLDS(test, l.addr, l.nr, MMK_LARGE_SEED);
}

static struct kunit_case large_folio_pmd_cases[] = {
	KUNIT_CASE_PARAM(split_pmd_becomes_entries_of_all_pages, pmd_gen_params),
	KUNIT_CASE_PARAM(foreign_pmd_is_left_alone, foreign_gen_params),
	{}
};

static struct kunit_suite large_folio_pmd_suite = {
	.name = "large_folio_pmd",
	.init = mmk_case_init,
	.test_cases = large_folio_pmd_cases,
};

kunit_test_suite(large_folio_pmd_suite);
