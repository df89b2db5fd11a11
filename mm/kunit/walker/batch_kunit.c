// SPDX-License-Identifier: GPL-2.0
/*
 * Large folios under the walks of reclaim, which may take several ptes at a time.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/param.h"
#include "../compat/rmap.h"
#include "../lib/bits.h"
#include "../lib/guard.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/uffd.h"

/* Each of the folios has 16 pages. */
#define BATCH_ORDER	4
#define BATCH_PAGES	16U

/* The page that differs from all others, and which of the ways below comes first */
static const struct one_page {
	const char *name;
	int page;
	unsigned int shift;
} one_pages[] = {
	{ "none", -1, 3 },
	{ "first", 0 },
	{ "second", 1 },
	{ "in the middle", BATCH_PAGES / 2 },
	{ "last but one", BATCH_PAGES - 2 },
	{ "last", BATCH_PAGES - 1, 3 },
};

KUNIT_ARRAY_PARAM_DESC(one_page, one_pages, name);

static unsigned long page_addr(struct mmk_large *l, unsigned int page)
{
	return l->addr + page * PAGE_SIZE;
}

/*
 * How the pages are mapped whose first write is to be noticed: read-only those that
 * are not soft-dirty, or that userfaultfd protects, and one that is neither. The last
 * ones are alike.
 */
#define RW	BIT(2)
#define RO	0

static const unsigned int ways[BATCH_PAGES] = {
	RW | MMK_SOFT_DIRTY, RW | MMK_SOFT_DIRTY, RO | MMK_SOFT_DIRTY, RO,
	RO, RO | MMK_SOFT_DIRTY, RO | MMK_UFFD, RO | MMK_UFFD | MMK_SOFT_DIRTY,
	RW | MMK_SOFT_DIRTY, RO, RO | MMK_UFFD, RO | MMK_SOFT_DIRTY,
	RW | MMK_SOFT_DIRTY, RW | MMK_SOFT_DIRTY, RW | MMK_SOFT_DIRTY,
	RW | MMK_SOFT_DIRTY,
};

/* One that has a neighbour of its own kind */
#define DIRTY	4

/* The walk ends at the first batch that stays: it depends on the case what that is. */
static unsigned int way_of(struct kunit *test, unsigned int page)
{
	const struct one_page *param = test->param_value;

	return (page + param->shift) % BATCH_PAGES;
}

/* A folio whose pages may be thrown away: clean, and mapped in several ways */
static void map_lazyfree(struct kunit *test, struct mmk_large *l)
{
	struct mmk_uffd *uffd;
	unsigned int i;
	pte_t pte;

	mmk_large_map(test, l, mmk_mm_enter(test), BATCH_ORDER);
	KUNIT_ASSERT_EQ(test, do_madvise(l->mm, l->addr,
					 BATCH_PAGES * PAGE_SIZE, MADV_FREE), 0);
	lru_add_drain_all();
	KUNIT_ASSERT_FALSE(test, folio_test_swapbacked(l->folio));
	/* Earlier, it would have got no large folio. */
	uffd = mmk_uffd_open(test);
	if (MMK_HAS_BITS & MMK_UFFD)
		mmk_uffd_watch(test, uffd, l->addr, BATCH_PAGES * PAGE_SIZE,
			       UFFDIO_REGISTER_MODE_WP);
	mmk_set_vm_flags(l->mm, l->addr, VM_SOFTDIRTY, false);
	for (i = 0; i < BATCH_PAGES; i++) {
		pte = mmk_pte(l->mm, page_addr(l, i));
		KUNIT_ASSERT_TRUE(test, pte_present(pte));
		if (!(ways[way_of(test, i)] & RW))
			mmk_pte_store(l->mm, page_addr(l, i),
				      pte_wrprotect(pte));
		mmk_set_bits(test, l->mm, page_addr(l, i),
			     ways[way_of(test, i)] & MMK_HAS_BITS);
	}
}

/* The device gets a page that is writable, so that nothing has to be copied. */
static void make_exclusive(struct kunit *test, struct mmk_large *l, int page)
{
	unsigned long addr = page_addr(l, page);

	if (page < 0)
		return;
#ifdef MMK_HAVE_DEVICE_EXCLUSIVE_RANGE
	kunit_skip(test, "needs make_device_exclusive(), which gets one page of a folio");
#endif
	mmk_pte_store(l->mm, addr, pte_mkwrite_novma(mmk_pte(l->mm, addr)));
	KUNIT_ASSERT_PTR_EQ(test, mmk_make_exclusive(test, l->mm, addr),
			    l->folio);
	/* It might have been written to, and has not. */
	folio_clear_dirty(l->folio);
	folio_unlock(l->folio);
	folio_put(l->folio);
}

static void put_back(void *folio)
{
	folio_putback_lru(folio);
}

/* As reclaim does it: with the one reference that it isolates the folio by */
static void reclaim(struct kunit *test, struct mmk_large *l)
{
	KUNIT_ASSERT_TRUE(test, folio_isolate_lru(l->folio));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, put_back,
							   l->folio));
	folio_lock(l->folio);
	try_to_unmap(l->folio, 0);
	folio_unlock(l->folio);
}

/**
 * lazyfree_folio_is_discarded_whole() - A large folio after MADV_FREE
 *
 * Reclaim discards it (madvise(2), MADV_FREE): no page is mapped, none counts, and
 * nobody has a reference, although a device has one page for itself and the ptes of
 * others differ.
 *
 * Contract: EW-2
 */
static void lazyfree_folio_is_discarded_whole(struct kunit *test)
{
	const struct one_page *param = test->param_value;
	struct mmk_mm_state before, now;
	struct mmk_large l;
	unsigned int i;

	map_lazyfree(test, &l);
	make_exclusive(test, &l, param->page);
	mmk_mm_snapshot(l.mm, &before);

	reclaim(test, &l);

	mmk_mm_snapshot(l.mm, &now);
	KUNIT_EXPECT_EQ(test, folio_mapcount(l.folio), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(l.folio), 1);
	KUNIT_EXPECT_EQ(test, now.anon, before.anon - (long)BATCH_PAGES);
	KUNIT_EXPECT_EQ(test, now.swap, before.swap);
	for (i = 0; i < BATCH_PAGES; i++)
		MMK_EXPECT_PTE(test, l.mm, page_addr(&l, i), NONE);
}

/* What became of a pte, which may have got the flags of another one of the folio */
static void expect_kept(struct kunit *test, unsigned int page, pte_t was,
			pte_t now)
{
	if (!pte_present(was)) {
		KUNIT_EXPECT_TRUE_MSG(test, mmk_pte_same(was, now),
				      "the entry of page %u", page);
		return;
	}
	KUNIT_EXPECT_TRUE_MSG(test, pte_present(now) &&
			      pte_pfn(now) == pte_pfn(was),
			      "page %u is not mapped any more", page);
	KUNIT_EXPECT_EQ_MSG(test, !!pte_write(now), !!pte_write(was),
			    "page %u, writable", page);
	KUNIT_EXPECT_EQ_MSG(test, mmk_bits_of_pte(now), mmk_bits_of_pte(was),
			    "page %u, soft-dirty and protected", page);
	KUNIT_EXPECT_TRUE_MSG(test, !!pte_young(now) >= !!pte_young(was) &&
			      !!pte_dirty(now) >= !!pte_dirty(was),
			      "page %u has lost a flag", page);
}

/**
 * lazyfree_folio_in_use_stays_as_it_is() - A large folio written to after MADV_FREE
 *
 * What has been written to again is not discarded (madvise(2), MADV_FREE): each page
 * is mapped as it was, with its permission, soft-dirty or not, protected or not.
 *
 * Contract: EW-2
 */
static void lazyfree_folio_in_use_stays_as_it_is(struct kunit *test)
{
	const struct one_page *param = test->param_value;
	struct mmk_mm_state before, now;
	pte_t ptes[BATCH_PAGES];
	struct mmk_large l;
	unsigned int i;

	map_lazyfree(test, &l);
	make_exclusive(test, &l, param->page);
	folio_mark_dirty(l.folio);
	/* A write from before the writes began to be noticed */
	i = DIRTY - param->shift;
	mmk_pte_set_flags(test, l.mm, page_addr(&l, i), true, true);
	mmk_set_bits(test, l.mm, page_addr(&l, i), 0);
	mmk_mm_snapshot(l.mm, &before);
	for (i = 0; i < BATCH_PAGES; i++)
		ptes[i] = mmk_pte(l.mm, page_addr(&l, i));

	reclaim(test, &l);

	mmk_mm_snapshot(l.mm, &now);
	KUNIT_EXPECT_EQ(test, folio_mapcount(l.folio), (int)BATCH_PAGES);
	KUNIT_EXPECT_EQ(test, folio_ref_count(l.folio), (int)BATCH_PAGES + 1);
	KUNIT_EXPECT_EQ(test, now.anon, before.anon);
	KUNIT_EXPECT_EQ(test, now.swap, before.swap);
	for (i = 0; i < BATCH_PAGES; i++)
		expect_kept(test, i, ptes[i], mmk_pte(l.mm, page_addr(&l, i)));
}

static int referenced(struct folio *folio)
{
	mmk_vma_flags_t flags;
	int nr;

	folio_lock(folio);
	nr = folio_referenced(folio, 1, NULL, &flags);
	folio_unlock(folio);
	return nr;
}

static unsigned int nr_young(struct mmk_large *l, struct mm_struct *mm)
{
	unsigned int i, nr = 0;

	for (i = 0; i < BATCH_PAGES; i++)
		nr += !!pte_young(mmk_pte(mm, page_addr(l, i)));
	return nr;
}

/**
 * one_young_page_makes_a_folio_referenced() - A large folio that has been accessed
 *
 * A folio counts as referenced once for each mm in which one of its ptes is young
 * (comment of folio_referenced()), wherever that is; then none of them is, and no
 * other bit has changed.
 *
 * Contract: EW-2
 */
static void one_young_page_makes_a_folio_referenced(struct kunit *test)
{
	const struct one_page *param = test->param_value;
	struct mmk_large l;
	unsigned int i;
	pte_t pte;

	mmk_large_map(test, &l, mmk_mm_enter(test), BATCH_ORDER);
	mmk_large_fork(test, &l);
	for (i = 0; i < BATCH_PAGES; i++) {
		mmk_pte_set_flags(test, l.mm, page_addr(&l, i),
				  i == param->page, i % 2);
		mmk_pte_set_flags(test, l.child, page_addr(&l, i), false, false);
	}
	folio_clear_referenced(l.folio);

	KUNIT_EXPECT_EQ(test, referenced(l.folio), param->page >= 0);
	KUNIT_EXPECT_EQ(test, nr_young(&l, l.mm), 0U);
	mmk_pte_set_flags(test, l.mm, page_addr(&l, 3), true, true);
	mmk_pte_set_flags(test, l.mm, page_addr(&l, 9), true, true);
	mmk_pte_set_flags(test, l.child, page_addr(&l, BATCH_PAGES - 1), true,
			  false);
	KUNIT_EXPECT_EQ(test, referenced(l.folio), 2);
	KUNIT_EXPECT_EQ(test, nr_young(&l, l.mm), 0U);
	KUNIT_EXPECT_EQ(test, nr_young(&l, l.child), 0U);

	for (i = 0; i < BATCH_PAGES; i++) {
		pte = mmk_pte(l.mm, page_addr(&l, i));
		KUNIT_EXPECT_TRUE_MSG(test, !pte_dirty(pte) == !(i % 2) &&
				      !pte_write(pte),
				      "page %u has changed", i);
	}
}

static struct kunit_case walker_batch_cases[] = {
	KUNIT_CASE_PARAM(lazyfree_folio_is_discarded_whole, one_page_gen_params),
	KUNIT_CASE_PARAM(lazyfree_folio_in_use_stays_as_it_is,
			 one_page_gen_params),
	KUNIT_CASE_PARAM(one_young_page_makes_a_folio_referenced,
			 one_page_gen_params),
	{}
};

static struct kunit_suite walker_batch_suite = {
	.name = "walker_batch",
	.init = mmk_case_init,
	.test_cases = walker_batch_cases,
};

kunit_test_suite(walker_batch_suite);
