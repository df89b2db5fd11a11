// SPDX-License-Identifier: GPL-2.0
/*
 * Large folios under the walks of reclaim, which may take several ptes at a time.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/param.h"
#include "../compat/rmap.h"
#include "../lib/bits.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
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

/**
 * mlocked_pages_of_a_lazyfree_folio_stay() - A large folio in two VMAs
 *
 * The last two pages of a folio that may be thrown away are locked: what is locked stays
 * resident (mlock(2)), and that they are neighbours of pages that are unmapped does not
 * change that. Each walk is about the ptes of one VMA.
 *
 * Contract: EW-2
 */
static void mlocked_pages_of_a_lazyfree_folio_stay(struct kunit *test)
{
	const unsigned int first = BATCH_PAGES - 2;
	struct mmk_large l;
	unsigned int i;

	mmk_large_map(test, &l, mmk_mm_enter(test), BATCH_ORDER);
	KUNIT_ASSERT_EQ(test, do_madvise(l.mm, l.addr, BATCH_PAGES * PAGE_SIZE,
					 MADV_FREE), 0);
	lru_add_drain_all();
	KUNIT_ASSERT_EQ(test, sys_mlock2(page_addr(&l, first), 2 * PAGE_SIZE,
					 MLOCK_ONFAULT), 0L);

	reclaim(test, &l);

	for (i = first; i < BATCH_PAGES; i++) {
		MMK_EXPECT_PTE(test, l.mm, page_addr(&l, i), PRESENT);
		KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(l.mm, page_addr(&l, i)),
				    folio_page(l.folio, i));
	}
	KUNIT_EXPECT_GE(test, folio_mapcount(l.folio), 2);
}

/**
 * struct adviser - A task that gives advice about a half of a huge page
 * @task: the task
 * @addr: of the huge page
 * @advice: MADV_*
 * @ret: what madvise() returned
 */
struct adviser {
	struct mmk_task task;
	unsigned long addr;
	int advice;
	int ret;
};

static void adviser_main(struct mmk_task *task)
{
	struct adviser *a = container_of(task, struct adviser, task);

	a->ret = do_madvise(task->mm, a->addr, MMK_HUGE_SIZE / 2, a->advice);
}

static const struct advice_way {
	const char *name;
	int advice;
} advice_ways[] = {
	{ "MADV_COLD", MADV_COLD },
	{ "MADV_PAGEOUT", MADV_PAGEOUT },
	{ "MADV_FREE", MADV_FREE },
};

KUNIT_ARRAY_PARAM_DESC(advice, advice_ways, name);

/**
 * advice_does_not_wait_for_a_huge_page() - Somebody else has locked it
 *
 * Advice about a part of a huge page needs it to be split. If somebody has the lock, it is
 * not waited for, with a reference that would keep the owner of the lock from splitting it:
 * the call returns 0 at once, and the huge page is as before.
 *
 * Contract: EW-1
 */
static void advice_does_not_wait_for_a_huge_page(struct kunit *test)
{
	const struct advice_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge(test, mm, 1);
	struct folio *folio = mmk_pmd_folio(test, mm, addr);
	struct mmk_folio_state before;
	struct adviser *a;

	mmk_fill(test, addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	lru_add_drain_all();
	mmk_folio_get(test, folio);
	folio_lock(folio);
	mmk_folio_snapshot(folio, &before);
	a = mmk_task_alloc(test, sizeof(*a), mm, adviser_main);
	a->addr = addr;
	a->advice = w->advice;
	a->ret = -EINPROGRESS;
	mmk_task_start(&a->task);
	KUNIT_EXPECT_FALSE(test, mmk_task_sleeps_in(&a->task,
						    "folio_wait_bit_common"));
	KUNIT_EXPECT_EQ(test, a->ret, 0);
	mmk_expect_folio_same(test, "while it is locked", folio, &before);
	MMK_EXPECT_PMD(test, mm, addr, PRESENT);
	folio_unlock(folio);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&a->task));
	MMK_EXPECT_HOLDS(test, addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
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
	KUNIT_CASE_PARAM(advice_does_not_wait_for_a_huge_page,
			 advice_gen_params),
	KUNIT_CASE(mlocked_pages_of_a_lazyfree_folio_stay),
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
