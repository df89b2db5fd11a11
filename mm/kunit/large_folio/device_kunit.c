// SPDX-License-Identifier: GPL-2.0
/*
 * Huge pages that move to a device and back, in one piece or page by page.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../compat/huge.h"
#include "../compat/leaf.h"
#include "../compat/pgmap.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/snapshot.h"
#include "hdev.h"
#include "hpage.h"

/**
 * struct hpage_way - How a huge page is mapped
 * @description: for the log
 * @kind: of the entry that its pmd becomes
 * @device: and of the one that stands for the device page
 */
struct hpage_way {
	const char *description;
	enum mmk_pte_kind kind;
	enum mmk_pte_kind device;
};

static const struct hpage_way hpage_ways[] = {
	{ "writable", MMK_PTE_MIGRATION_WRITE, MMK_PTE_DEVICE_PRIVATE_WRITE },
	{ "read-only, exclusive", MMK_PTE_MIGRATION_READ_EXCLUSIVE,
	  MMK_PTE_DEVICE_PRIVATE_READ },
	{ "shared", MMK_PTE_MIGRATION_READ, MMK_PTE_DEVICE_PRIVATE_READ },
};

KUNIT_ARRAY_PARAM_DESC(hpage, hpage_ways, description);

/* The first entry behind the first that is not empty: there is none. */
static unsigned int rest_empty(const struct mmk_vma *m)
{
	unsigned int i;

	for (i = 1; i < MMK_HUGE_PAGES; i++)
		if (m->src[i] || m->dst[i])
			break;
	return i;
}

/**
 * huge_page_is_collected_as_one() - MIGRATE_VMA_SELECT_COMPOUND
 *
 * One source entry stands for all of it: valid, compound, and writable if the pmd
 * was. The others are empty. In each mm an entry stands in the pmd, and the folio is
 * locked. The driver declines, and everything is as before.
 *
 * Contract: LF-8
 */
static void huge_page_is_collected_as_one(struct kunit *test)
{
	const struct hpage_way *w = test->param_value;
	bool write = w->kind == MMK_PTE_MIGRATION_WRITE;
	struct mmk_vma *m;
	struct hpage h;
	pmd_t pmd;

	hpage_init(test, &h, w->kind);
	pmd = mmk_pmd(h.mm, h.addr);
	m = hdev_take(test, h.mm, h.addr, h.dev);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 1UL);
	KUNIT_EXPECT_EQ(test, m->src[0], migrate_pfn(folio_pfn(h.folio)) |
			MIGRATE_PFN_MIGRATE | MIGRATE_PFN_COMPOUND |
			(write ? MIGRATE_PFN_WRITE : 0));
	KUNIT_EXPECT_EQ(test, rest_empty(m), (unsigned int)MMK_HUGE_PAGES);
	MMK_EXPECT_KIND(test, mmk_pmd_kind(h.mm, h.addr), w->kind);
	if (h.child)
		MMK_EXPECT_KIND(test, mmk_pmd_kind(h.child, h.addr), w->kind);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(h.folio));
	KUNIT_EXPECT_FALSE(test, folio_mapped(h.folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 1);
	mmk_expect_mm_same(test, "collected", h.mm, &h.rss);

	mmk_vma_pages(m);
	mmk_vma_finalize(m);
	h.state.dirty = folio_test_dirty(h.folio);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(h.mm, h.addr)), pmd_val(pmd));
	mmk_expect_folio_same(test, "declined", h.folio, &h.state);
	mmk_expect_mm_same(test, "declined", h.mm, &h.rss);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

static void expect_on_device(struct kunit *test, struct hpage *h,
			     struct mm_struct *mm, struct folio *folio,
			     enum mmk_pte_kind kind)
{
	softleaf_t entry;

	MMK_EXPECT_KIND(test, mmk_pmd_kind(mm, h->addr), kind);
	entry = softleaf_from_pmd(mmk_pmd(mm, h->addr));
	KUNIT_EXPECT_EQ(test, softleaf_to_pfn(entry), folio_pfn(folio));
}

/**
 * huge_page_moves_in_one_piece() - There, and back by a fault
 *
 * The pmd holds a device-private entry, writable exactly if the pmd was. The device
 * folio has the order, the references and mapcounts of the old one, which is free.
 * The first fault brings all of it back in one piece: mapped by a pmd as before,
 * exclusive as before, with the same bytes. The driver is told once, of one folio.
 *
 * Contract: LF-8, LF-10, LF-11
 */
static void huge_page_moves_in_one_piece(struct kunit *test)
{
	const struct hpage_way *w = test->param_value;
	struct folio *folio;
	struct hpage h;

	hpage_init(test, &h, w->kind);
	folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	expect_on_device(test, &h, h.mm, folio, w->device);
	if (h.child)
		expect_on_device(test, &h, h.child, folio, w->device);
	KUNIT_EXPECT_EQ(test, folio_entire_mapcount(folio), h.child ? 2 : 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), h.child ? 2 : 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), h.child ? 2 : 1);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	KUNIT_EXPECT_EQ(test, PageAnonExclusive(folio_page(folio, 0)), !h.child);
	KUNIT_EXPECT_EQ(test, (unsigned long)folio->mapping, h.state.mapping);
	KUNIT_EXPECT_EQ(test, folio->index, h.state.index);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 0);
	KUNIT_EXPECT_EQ(test, mmk_mthp_stat(MTHP_STAT_NR_ANON), h.thps);
	mmk_expect_mm_same(test, "on the device", h.mm, &h.rss);

	KUNIT_ASSERT_EQ(test, mmk_fault_in(h.mm, h.addr + PAGE_SIZE, false), 0);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 1U);
	KUNIT_EXPECT_TRUE(test, h.dev->locked);
	KUNIT_EXPECT_EQ(test, h.dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, h.dev->freed, MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, h.dev->nr_split, 0U);
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
	h.folio = mmk_pmd_folio(test, h.mm, h.addr);
	KUNIT_EXPECT_EQ(test, folio_order(h.folio), (unsigned int)PMD_ORDER);
	KUNIT_EXPECT_EQ(test, !!pmd_write(mmk_pmd(h.mm, h.addr)),
			w->kind == MMK_PTE_MIGRATION_WRITE);
	h.state.dirty = folio_test_dirty(h.folio);
	mmk_expect_folio_same(test, "back", h.folio, &h.state);
	mmk_expect_mm_same(test, "back", h.mm, &h.rss);
	KUNIT_EXPECT_EQ(test, mmk_mthp_stat(MTHP_STAT_NR_ANON), h.thps);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	if (h.child)
		MMK_EXPECT_MM_HOLDS(test, h.child, h.addr, MMK_HUGE_PAGES,
				    MMK_LARGE_SEED);
}

/**
 * struct part_way - Device pages that a driver has
 * @description: for the log
 * @first: the first page that it has one for
 * @nr: for how many
 */
struct part_way {
	const char *description;
	unsigned int first;
	unsigned int nr;
};

static const struct part_way part_ways[] = {
	{ "for all", 0, MMK_HUGE_PAGES },
	{ "for the first half", 0, MMK_HUGE_PAGES / 2 },
	{ "for the first page", 0, 1 },
	{ "for all but the last", 0, MMK_HUGE_PAGES - 1 },
};

KUNIT_ARRAY_PARAM_DESC(part, part_ways, description);

/* The first page that is not where it should be */
static unsigned int parts_right(const struct hpage *h, const struct part_way *w)
{
	unsigned int i;

	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		pte_t pte = mmk_pte(h->mm, h->addr + i * PAGE_SIZE);
		enum mmk_pte_kind kind = mmk_pte_classify(pte);
		bool moved = i >= w->first && i < w->first + w->nr;

		if (kind != (moved ? MMK_PTE_DEVICE_PRIVATE_WRITE :
				     MMK_PTE_PRESENT))
			break;
		if (!moved && !pte_write(pte))
			break;
	}
	return i;
}

/**
 * huge_page_moves_page_by_page() - The driver has no huge page
 *
 * It has single ones, for all of the pages or for some. The huge page is split, what
 * there is a page for moves, and the rest stays: mapped, writable. All have their
 * bytes, and come back with them.
 *
 * Contract: LF-8, LF-11
 */
static void huge_page_moves_page_by_page(struct kunit *test)
{
	const struct part_way *w = test->param_value;
	struct mmk_vma *m;
	struct hpage h;
	unsigned int i;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	m = hdev_take(test, h.mm, h.addr, h.dev);
	hdev_give_small(test, m, h.dev, w->first, w->nr);
	mmk_vma_pages(m);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		if (!!(m->src[i] & MIGRATE_PFN_MIGRATE) !=
		    (i >= w->first && i < w->first + w->nr))
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, (unsigned int)MMK_HUGE_PAGES,
			    "first page that moves when it should not, or stays");
	mmk_vma_finalize(m);
	lru_add_drain_all();
	MMK_EXPECT_PMD(test, h.mm, h.addr, TABLE);
	KUNIT_EXPECT_EQ_MSG(test, parts_right(&h, w),
			    (unsigned int)MMK_HUGE_PAGES,
			    "first page that is not where it should be");
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(h.dev), w->nr);
	mmk_expect_mm_same(test, "moved", h.mm, &h.rss);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, w->nr);
	KUNIT_EXPECT_EQ(test, h.dev->nr_free[0], w->nr);
	KUNIT_EXPECT_EQ(test, h.dev->freed, w->nr);
	mmk_expect_mm_same(test, "back", h.mm, &h.rss);
}

/* Each page is back in a folio of its own, mapped once and writable. */
static void expect_back_in_pieces(struct kunit *test, struct hpage *h)
{
	struct folio *folio;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, h->dev->nr_split, MMK_HUGE_PAGES - 1);
	KUNIT_EXPECT_EQ(test, h->dev->nr_split_ends, 1U);
	KUNIT_EXPECT_EQ(test, h->dev->nr_free[0], MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, h->dev->nr_free[PMD_ORDER], 0U);
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(h->dev), 0U);
	MMK_EXPECT_PMD(test, h->mm, h->addr, TABLE);
	lru_add_drain_all();
	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		folio = mmk_pte_folio(test, h->mm, h->addr + i * PAGE_SIZE);
		if (folio_test_large(folio) || folio_mapcount(folio) != 1 ||
		    folio_ref_count(folio) != 1 || folio_test_locked(folio) ||
		    !pte_write(mmk_pte(h->mm, h->addr + i * PAGE_SIZE)))
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, (unsigned int)MMK_HUGE_PAGES,
			    "first page that is not right");
	mmk_expect_mm_same(test, "back", h->mm, &h->rss);
	MMK_EXPECT_HOLDS(test, h->addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/**
 * huge_device_page_comes_back_page_by_page() - There is no huge page in memory
 *
 * The driver wants its memory back, and has single pages of system memory. The device
 * folio is split for that: the driver is told of each new piece, and of the end, before
 * it is told of each of them being free once, as a folio of one page.
 *
 * Contract: LF-8, LF-11
 */
static void huge_device_page_comes_back_page_by_page(struct kunit *test)
{
	struct hpage h;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	hdev_move_in(test, h.mm, h.addr, h.dev);
	hdev_move_out_small(test, h.mm, h.addr, h.dev);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
	expect_back_in_pieces(test, &h);
}

/**
 * fault_brings_huge_page_back_page_by_page() - The same, for a fault
 *
 * The fault has a reference of its own on the folio. migrate_to_ram is called once, and
 * after that all of the huge page is back.
 *
 * Contract: LF-8, LF-10, LF-11
 */
static void fault_brings_huge_page_back_page_by_page(struct kunit *test)
{
	struct hpage h;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	hdev_move_in(test, h.mm, h.addr, h.dev);
	h.dev->small = true;
	KUNIT_EXPECT_EQ(test, mmk_fault_in(h.mm, h.addr + 5 * PAGE_SIZE, true),
			0);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 1U);
	if (mmk_pmd_kind(h.mm, h.addr) == MMK_PTE_TABLE &&
	    !hdev_nr_busy(h.dev))
		expect_back_in_pieces(test, &h);
	else
		KUNIT_FAIL(test, "%u pages are still on the device",
			   hdev_nr_busy(h.dev));
}

/**
 * held_unsplittable_huge_page_stays() - A reference that comes late
 *
 * Somebody takes one after setup has looked. The driver has single pages only, and
 * the huge page cannot be split for them: nothing moves, and the page is what it was.
 *
 * Contract: LF-8, LF-5
 */
static void held_unsplittable_huge_page_stays(struct kunit *test)
{
	struct mmk_vma *m;
	struct hpage h;
	unsigned int i;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	m = hdev_take(test, h.mm, h.addr, h.dev);
	hdev_give_small(test, m, h.dev, 0, MMK_HUGE_PAGES);
	mmk_folio_get(test, h.folio);
	mmk_vma_pages(m);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		if (m->src[i] & MIGRATE_PFN_MIGRATE)
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, (unsigned int)MMK_HUGE_PAGES,
			    "first page that moves");
	mmk_vma_finalize(m);
	mmk_folio_put(test, h.folio);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(h.dev), 0U);
	KUNIT_EXPECT_EQ(test, folio_order(h.folio), (unsigned int)PMD_ORDER);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio),
			folio_mapcount(h.folio));
	KUNIT_EXPECT_FALSE(test, folio_test_locked(h.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_lru(h.folio));
	mmk_expect_mm_same(test, "afterwards", h.mm, &h.rss);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/**
 * held_huge_page_is_refused_in_one_piece() - The same, and the driver has a huge page
 *
 * Contract: LF-8
 */
static void held_huge_page_is_refused_in_one_piece(struct kunit *test)
{
	struct mmk_vma *m;
	struct hpage h;
	pmd_t pmd;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	pmd = mmk_pmd(h.mm, h.addr);
	m = hdev_take(test, h.mm, h.addr, h.dev);
	hdev_give_huge(test, m, h.dev);
	mmk_folio_get(test, h.folio);
	mmk_vma_pages(m);
	KUNIT_EXPECT_FALSE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);
	mmk_folio_put(test, h.folio);
	h.state.dirty = folio_test_dirty(h.folio);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(h.mm, h.addr)), pmd_val(pmd));
	mmk_expect_folio_same(test, "refused", h.folio, &h.state);
	KUNIT_EXPECT_EQ(test, h.dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(h.dev), 0U);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

static struct kunit_case large_folio_device_cases[] = {
	KUNIT_CASE_PARAM(huge_page_is_collected_as_one, hpage_gen_params),
	KUNIT_CASE_PARAM(huge_page_moves_in_one_piece, hpage_gen_params),
	KUNIT_CASE_PARAM(huge_page_moves_page_by_page, part_gen_params),
	KUNIT_CASE(huge_device_page_comes_back_page_by_page),
	KUNIT_CASE(fault_brings_huge_page_back_page_by_page),
	KUNIT_CASE(held_unsplittable_huge_page_stays),
	KUNIT_CASE(held_huge_page_is_refused_in_one_piece),
	{}
};

static struct kunit_suite large_folio_device_suite = {
	.name = "large_folio_device",
	.init = mmk_case_init,
	.test_cases = large_folio_device_cases,
};

kunit_test_suite(large_folio_device_suite);
