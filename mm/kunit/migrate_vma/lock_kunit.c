// SPDX-License-Identifier: GPL-2.0
/*
 * Which pages migrate_vma_setup() locks and unmaps, skips, or puts back.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/notifier.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "pages.h"

/* Expects a page that migrates: unmapped, isolated and locked. */
static void expect_unmapped(struct kunit *test, struct mmk_vma *m,
			    unsigned long i, const struct mmk_page_state *was,
			    bool write)
{
	KUNIT_EXPECT_EQ(test, m->src[i], src_of(was->folio, write));
	KUNIT_EXPECT_EQ(test, m->dst[i], 0UL);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(was->folio));
	KUNIT_EXPECT_FALSE(test, folio_test_lru(was->folio));
	KUNIT_EXPECT_EQ(test, folio_mapcount(was->folio), 0);
	/* The reference of the isolation; collect has dropped its own. */
	KUNIT_EXPECT_EQ(test, folio_ref_count(was->folio), 1);
	KUNIT_EXPECT_EQ(test, (unsigned long)was->folio->mapping,
			was->state.mapping);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(folio_page(was->folio, 0)));
}

struct page_sort_case {
	const char *description;
	enum page_sort sort;
	enum mmk_pte_kind entry;
	bool write;
};

static const struct page_sort_case page_sort_cases[] = {
	{ "writable", SORT_WRITABLE, MMK_PTE_MIGRATION_WRITE, true },
	{ "readable", SORT_READABLE, MMK_PTE_MIGRATION_READ_EXCLUSIVE, false },
	{ "shared by fork", SORT_SHARED, MMK_PTE_MIGRATION_READ, false },
	{ "device-private", SORT_PRIVATE, MMK_PTE_MIGRATION_WRITE, true },
	{ "device-private, readable", SORT_PRIVATE_READABLE,
	  MMK_PTE_MIGRATION_READ_EXCLUSIVE, false },
	{ "device-coherent", SORT_COHERENT, MMK_PTE_MIGRATION_WRITE, true },
};

KUNIT_ARRAY_PARAM_DESC(page_sort, page_sort_cases, description);

/* A device page with an unexpected reference would fault for ever when read. */
static void assert_readable(struct kunit *test, struct pages *p)
{
	int i;

	for (i = 0; i < 3; i++)
		if (folio_is_device_private(p->was[i].folio))
			KUNIT_ASSERT_EQ(test, folio_ref_count(p->was[i].folio),
					folio_mapcount(p->was[i].folio));
}

static void expect_all_same(struct kunit *test, struct pages *p)
{
	int i;

	for (i = 0; i < 3; i++)
		mmk_expect_page_same(test, "page", &p->was[i]);
	assert_readable(test, p);
	mmk_expect_mm_same(test, "mm", p->mm, &p->rss);
	MMK_EXPECT_MM_HOLDS(test, p->child ?: p->mm, p->addr, 3, 1);
}

/**
 * locked_page_is_skipped() - The lock is tried, not waited for
 *
 * Another task has locked the middle one of three pages. It is left alone: it
 * has no source, and its pte and references are as before. Its neighbours
 * migrate.
 *
 * Contract: MV-1
 */
static void locked_page_is_skipped(struct kunit *test)
{
	const struct page_sort_case *param = test->param_value;
	struct pages p;
	pte_t pte;

	mv_make_pages(test, &p, param->sort);
	folio_lock(p.was[1].folio);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(p.m), 0);

	KUNIT_EXPECT_EQ(test, p.m->src[1], 0UL);
	KUNIT_EXPECT_EQ(test, p.m->dst[1], 0UL);
	KUNIT_EXPECT_EQ(test, p.m->args.npages, 3UL);
	KUNIT_EXPECT_EQ(test, p.m->args.cpages, 2UL);
	pte = mmk_pte(p.mm, p.was[1].addr);
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(pte, p.was[1].pte));
	KUNIT_EXPECT_EQ(test, folio_ref_count(p.was[1].folio),
			p.was[1].state.refcount);
	KUNIT_EXPECT_EQ(test, folio_mapcount(p.was[1].folio),
			p.was[1].state.mapcount);
	KUNIT_EXPECT_EQ(test, folio_test_lru(p.was[1].folio),
			p.was[1].state.lru);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(p.was[1].folio));
	expect_unmapped(test, p.m, 0, &p.was[0], param->write);
	expect_unmapped(test, p.m, 2, &p.was[2], param->write);

	folio_unlock(p.was[1].folio);
	mmk_vma_finalize(p.m);
	was_unmapped(&p.was[0]);
	was_unmapped(&p.was[2]);
	expect_all_same(test, &p);
}

/**
 * locked_range_has_no_cpages() - All pages are locked
 *
 * Another task has locked all pages: there are no sources, and cpages is zero.
 *
 * Contract: MV-1, MV-5
 */
static void locked_range_has_no_cpages(struct kunit *test)
{
	struct pages p;
	int i;

	mv_make_pages(test, &p, SORT_WRITABLE);
	for (i = 0; i < 3; i++)
		folio_lock(p.was[i].folio);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(p.m), 0);
	for (i = 0; i < 3; i++)
		folio_unlock(p.was[i].folio);

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, p.m->src[i], 0UL);
		KUNIT_EXPECT_EQ(test, p.m->dst[i], 0UL);
	}
	KUNIT_EXPECT_EQ(test, p.m->args.cpages, 0UL);
	KUNIT_EXPECT_EQ(test, p.m->args.npages, 3UL);
	expect_all_same(test, &p);
}

/**
 * only_locked_pages_are_skipped() - One page in so many is locked
 *
 * Of many pages, another task has locked one in so many. Only these are
 * skipped: a locked page does not end the walk of a page table.
 *
 * Contract: MV-1, MV-5, MV-19
 */
static void only_locked_pages_are_skipped(struct kunit *test)
{
	static const unsigned int strides[] = { 64, 32, 16, 8, 3, 2, 1 };
	const unsigned int nr_pages = MMK_VMA_MAX_PAGES;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, nr_pages);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, nr_pages,
					  MIGRATE_VMA_SELECT_SYSTEM, NULL);
	struct folio *folio[MMK_VMA_MAX_PAGES];
	unsigned int i, j, nr, wrong;

	mmk_fill(test, addr, nr_pages, 1);
	for (i = 0; i < nr_pages; i++)
		folio[i] = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
	for (j = 0; j < ARRAY_SIZE(strides); j++) {
		for (i = 0, nr = 0; i < nr_pages; i += strides[j], nr++)
			KUNIT_ASSERT_TRUE(test, folio_trylock(folio[i]));
		KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
		KUNIT_EXPECT_EQ(test, m->args.cpages,
				(unsigned long)nr_pages - nr);
		for (i = 0, wrong = 0; i < nr_pages; i++)
			wrong += !!(m->src[i] & MIGRATE_PFN_MIGRATE) ==
				 !(i % strides[j]);
		KUNIT_EXPECT_EQ_MSG(test, wrong, 0U, "one in %u is locked",
				    strides[j]);
		mmk_vma_finalize(m);
		for (i = 0; i < nr_pages; i += strides[j])
			folio_unlock(folio[i]);
	}
	MMK_EXPECT_HOLDS(test, addr, nr_pages, 1);
}

/**
 * lock_is_tried_once() - There is no second locking pass
 *
 * The page is locked while the page table is walked. An MMU notifier unlocks it
 * in invalidate_range_end, right after the walk: a second try would get the
 * lock.
 *
 * Contract: MV-1
 */
static void lock_is_tried_once(struct kunit *test)
{
	const struct page_sort_case *param = test->param_value;
	struct mmk_notifier *n;
	struct pages p;

	mv_make_pages(test, &p, param->sort);
	n = mmk_notifier_alloc(test, p.mm, 0);
	folio_lock(p.was[1].folio);
	n->unlock_at_end = p.was[1].folio;
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(p.m), 0);

	KUNIT_EXPECT_NULL(test, n->unlock_at_end);
	KUNIT_EXPECT_EQ(test, p.m->src[1], 0UL);
	KUNIT_EXPECT_EQ(test, p.m->args.cpages, 2UL);
	mmk_expect_page_same(test, "skipped", &p.was[1]);

	mmk_vma_finalize(p.m);
	was_unmapped(&p.was[0]);
	was_unmapped(&p.was[2]);
	expect_all_same(test, &p);
}

/**
 * collected_page_is_unmapped() - Collect unmaps what it can lock
 *
 * All three pages migrate: they are locked, off the LRU and unmapped, with a
 * migration entry of the right kind in each pte and one reference, that of the
 * isolation. The source has WRITE if the pte was writable, and not the former
 * MIGRATE_PFN_LOCKED. RSS still counts the pages. If the driver has no
 * destination for them, all is put back.
 *
 * Contract: MV-2, MV-8
 */
static void collected_page_is_unmapped(struct kunit *test)
{
	const struct page_sort_case *param = test->param_value;
	enum mmk_pte_kind kind;
	struct pages p;
	int i;

	mv_make_pages(test, &p, param->sort);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(p.m), 0);

	KUNIT_EXPECT_EQ(test, p.m->args.npages, 3UL);
	KUNIT_EXPECT_EQ(test, p.m->args.cpages, 3UL);
	KUNIT_EXPECT_EQ(test, p.m->args.start, p.addr);
	KUNIT_EXPECT_EQ(test, p.m->args.end, p.addr + 3 * PAGE_SIZE);
	for (i = 0; i < 3; i++) {
		kind = mmk_pte_kind(p.mm, p.was[i].addr);
		KUNIT_EXPECT_EQ_MSG(test, (int)kind, (int)param->entry,
				    "pte is %s", mmk_pte_kind_name(kind));
		KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(p.mm, p.was[i].addr),
				    folio_page(p.was[i].folio, 0));
		expect_unmapped(test, p.m, i, &p.was[i], param->write);
		KUNIT_EXPECT_EQ(test, p.m->src[i] & PFN_LOCKED, 0UL);
		if (p.child)
			MMK_EXPECT_PTE(test, p.child, p.was[i].addr,
				       MIGRATION_READ);
	}
	mmk_expect_mm_same(test, "while migrating", p.mm, &p.rss);

	mmk_vma_pages(p.m);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, p.m->src[i] & MIGRATE_PFN_MIGRATE, 0UL);
	mmk_vma_finalize(p.m);
	for (i = 0; i < 3; i++)
		was_unmapped(&p.was[i]);
	expect_all_same(test, &p);
}

/**
 * enum refusal - Why a page that could be locked does not migrate
 * @REFUSE_REFERENCE: another task has a reference
 * @REFUSE_PIN: it is pinned by FOLL_PIN
 * @REFUSE_ISOLATED: another task has isolated it from the LRU
 * @REFUSE_STACK: in the child, exec() is moving the stack with this page
 */
enum refusal {
	REFUSE_REFERENCE,
	REFUSE_PIN,
	REFUSE_ISOLATED,
	REFUSE_STACK,
};

struct refusal_case {
	const char *description;
	enum page_sort sort;
	enum refusal refusal;
};

static const struct refusal_case refusal_cases[] = {
	{ "writable, referenced", SORT_WRITABLE, REFUSE_REFERENCE },
	{ "writable, pinned", SORT_WRITABLE, REFUSE_PIN },
	{ "writable, isolated", SORT_WRITABLE, REFUSE_ISOLATED },
	{ "readable, referenced", SORT_READABLE, REFUSE_REFERENCE },
	{ "readable, pinned", SORT_READABLE, REFUSE_PIN },
	{ "readable, isolated", SORT_READABLE, REFUSE_ISOLATED },
	{ "shared, referenced", SORT_SHARED, REFUSE_REFERENCE },
	{ "shared, isolated", SORT_SHARED, REFUSE_ISOLATED },
	{ "shared, stays mapped", SORT_SHARED, REFUSE_STACK },
	{ "device-private, referenced", SORT_PRIVATE, REFUSE_REFERENCE },
	{ "device-private readable, referenced", SORT_PRIVATE_READABLE,
	  REFUSE_REFERENCE },
	{ "device-coherent, referenced", SORT_COHERENT, REFUSE_REFERENCE },
	{ "device-coherent, pinned", SORT_COHERENT, REFUSE_PIN },
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusal_cases, description);

/* Flags of a stack that exec() is moving, which rmap walks skip */
#define STACK_FLAGS	(VM_GROWSDOWN | VM_STACK_INCOMPLETE_SETUP)

static void refuse(struct kunit *test, struct pages *p, enum refusal refusal)
{
	struct folio *folio = p->was[1].folio;
	struct page *page = NULL;
	int nr;

	switch (refusal) {
	case REFUSE_REFERENCE:
		folio_get(folio);
		break;
	case REFUSE_PIN:
		nr = pin_user_pages_fast(p->was[1].addr, 1, 0, &page);
		KUNIT_ASSERT_EQ(test, nr, 1);
		KUNIT_EXPECT_PTR_EQ(test, page, folio_page(folio, 0));
		break;
	case REFUSE_ISOLATED:
		KUNIT_ASSERT_TRUE(test, folio_isolate_lru(folio));
		break;
	case REFUSE_STACK:
		mmk_set_vm_flags(p->child, p->was[1].addr, STACK_FLAGS, true);
		break;
	}
	/* The pte may be young and the page active by now. */
	mmk_page_snapshot(test, &p->was[1], p->mm, p->was[1].addr);
}

static void refuse_undo(struct pages *p, enum refusal refusal)
{
	struct folio *folio = p->was[1].folio;

	switch (refusal) {
	case REFUSE_REFERENCE:
		folio_put(folio);
		break;
	case REFUSE_PIN:
		unpin_user_page(folio_page(folio, 0));
		break;
	case REFUSE_ISOLATED:
		folio_putback_lru(folio);
		break;
	case REFUSE_STACK:
		mmk_set_vm_flags(p->child, p->was[1].addr, STACK_FLAGS, false);
		break;
	}
}

/**
 * refused_page_is_put_back() - By migrate_vma_setup() itself
 *
 * The middle one of three pages can be locked, but it has an unexpected
 * reference or a pin, cannot be isolated from the LRU, or stays mapped. When
 * migrate_vma_setup() returns, the page is mapped, on the LRU, unlocked and
 * referenced as before. Its neighbours migrate. A pinned exclusive page is not
 * unmapped at all.
 *
 * Contract: MV-4, MV-5
 */
static void refused_page_is_put_back(struct kunit *test)
{
	const struct refusal_case *param = test->param_value;
	struct mmk_page_state child = {};
	struct pages p;
	bool write;

	mv_make_pages(test, &p, param->sort);
	write = sort_is_writable(param->sort);
	refuse(test, &p, param->refusal);
	if (p.child && param->refusal != REFUSE_STACK)
		mmk_page_snapshot(test, &child, p.child, p.was[1].addr);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(p.m), 0);
	was_unmapped(&p.was[0]);
	was_unmapped(&p.was[2]);
	if (param->refusal != REFUSE_PIN) {
		was_unmapped(&p.was[1]);
		child.state.dirty = p.was[1].state.dirty;
	}

	KUNIT_EXPECT_EQ(test, p.m->src[1], 0UL);
	KUNIT_EXPECT_EQ(test, p.m->dst[1], 0UL);
	mmk_expect_page_same(test, "refused", &p.was[1]);
	if (child.mm)
		mmk_expect_page_same(test, "refused, in the child", &child);
	if (param->refusal == REFUSE_STACK) {
		/* The flags are those of the VMA, so of the neighbours too. */
		KUNIT_EXPECT_EQ(test, p.m->args.cpages, 0UL);
		mmk_expect_page_same(test, "refused too", &p.was[0]);
		mmk_expect_page_same(test, "refused too", &p.was[2]);
	} else {
		KUNIT_EXPECT_EQ(test, p.m->args.cpages, 2UL);
		expect_unmapped(test, p.m, 0, &p.was[0], write);
		expect_unmapped(test, p.m, 2, &p.was[2], write);
	}
	mmk_expect_mm_same(test, "refused", p.mm, &p.rss);

	mmk_vma_finalize(p.m);
	mmk_expect_page_same(test, "refused, finalized", &p.was[1]);
	refuse_undo(&p, param->refusal);
	mmk_expect_page_same(test, "neighbour", &p.was[0]);
	mmk_expect_page_same(test, "neighbour", &p.was[2]);
	assert_readable(test, &p);
	MMK_EXPECT_MM_HOLDS(test, p.child ?: p.mm, p.addr, 3, 1);
}

static struct kunit_case migrate_vma_lock_cases[] = {
	KUNIT_CASE_PARAM(locked_page_is_skipped, page_sort_gen_params),
	KUNIT_CASE(locked_range_has_no_cpages),
	KUNIT_CASE(only_locked_pages_are_skipped),
	KUNIT_CASE_PARAM(lock_is_tried_once, page_sort_gen_params),
	KUNIT_CASE_PARAM(collected_page_is_unmapped, page_sort_gen_params),
	KUNIT_CASE_PARAM(refused_page_is_put_back, refusal_gen_params),
	{}
};

static struct kunit_suite migrate_vma_lock_suite = {
	.name = "migrate_vma_lock",
	.init = mmk_case_init,
	.test_cases = migrate_vma_lock_cases,
};

kunit_test_suite(migrate_vma_lock_suite);
