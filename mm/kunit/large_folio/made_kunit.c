// SPDX-License-Identifier: GPL-2.0
/*
 * Device folios that are made, given back and made again of another order, and those
 * that a driver empties without a VMA at hand.
 */
#include <kunit/test.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/param.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "hdev.h"
#include "hpage.h"

static void give_back(struct page *page)
{
	unlock_page(page);
	put_page(page);
}

/* Nothing of the folio that it was part of before has been left in a page. */
static bool page_is_alone(struct hdev *dev, struct page *page)
{
	struct folio *folio = page_folio(page);

	return &folio->page == page && !folio_test_large(folio) &&
	       !PageTail(page) && !PageHead(page) && !folio_order(folio) &&
	       folio_nr_pages(folio) == 1 && folio_ref_count(folio) == 1 &&
	       !folio->mapping && folio_test_locked(folio) &&
	       !folio_mapped(folio) && page_pgmap(page) == &dev->pgmap;
}

/**
 * page_of_a_huge_device_folio_is_made_anew() - Once a part of it, now alone
 *
 * A huge folio is handed out and given back. Then each of its pages is handed out alone:
 * it is the head of its own folio, of one page, with one reference and no mapping, and
 * leads to its pgmap. The driver gets it back as such.
 *
 * Contract: LF-12, LF-11
 */
static void page_of_a_huge_device_folio_is_made_anew(struct kunit *test)
{
	struct hdev *dev = hdev_create(test);
	struct page *page = hdev_get(dev, PMD_ORDER);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap),
			(long)MMK_HUGE_PAGES);
	give_back(page);
	KUNIT_EXPECT_EQ(test, dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap), 0L);
	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		KUNIT_ASSERT_PTR_EQ(test, hdev_get(dev, 0), page + i);
		if (!page_is_alone(dev, page + i))
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, (unsigned int)MMK_HUGE_PAGES,
			    "first page with something left in it");
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap),
			(long)MMK_HUGE_PAGES);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		give_back(page + i);
	KUNIT_EXPECT_EQ(test, dev->nr_free[0], MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap), 0L);
}

/**
 * pages_of_a_device_become_a_huge_folio() - Once alone, now a part of it
 *
 * Contract: LF-12, LF-11
 */
static void pages_of_a_device_become_a_huge_folio(struct kunit *test)
{
	struct hdev *dev = hdev_create(test);
	struct folio *folio;
	struct page *page;
	unsigned int i;

	for (i = 0; i < MMK_HUGE_PAGES; i++)
		hdev_get(dev, 0);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		give_back(hdev_page(dev, i));
	page = hdev_get(dev, PMD_ORDER);
	KUNIT_ASSERT_PTR_EQ(test, page, hdev_page(dev, 0));
	folio = page_folio(page);
	KUNIT_EXPECT_EQ(test, folio_order(folio), (unsigned int)PMD_ORDER);
	KUNIT_EXPECT_EQ(test, folio_nr_pages(folio), (long)MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 0);
	KUNIT_EXPECT_NULL(test, folio->mapping);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
	KUNIT_EXPECT_PTR_EQ(test, page_pgmap(page), &dev->pgmap);
	for (i = 1; i < MMK_HUGE_PAGES; i++)
		if (page_folio(page + i) != folio || !PageTail(page + i) ||
		    page_ref_count(page + i) ||
		    atomic_read(&page[i]._mapcount) != -1)
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, (unsigned int)MMK_HUGE_PAGES,
			    "first page that is not part of it");
	give_back(page);
	KUNIT_EXPECT_EQ(test, dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap), 0L);
}

/* The driver makes a huge folio of its memory, as soon as all of it is free. */
static void make_huge_when_free(struct hdev *dev)
{
	if (hdev_nr_busy(dev))
		return;
	dev->on_free = NULL;
	hdev_get(dev, PMD_ORDER);
}

/**
 * struct reuse_way - The last page of a range that comes back to its driver
 * @description: for the log
 * @last: which page it is; pages 0 to 3 are in use
 */
struct reuse_way {
	const char *description;
	unsigned int last;
};

static const struct reuse_way reuse_ways[] = {
	{ "first page", 0 },
	{ "second page", 1 },
	{ "fourth page", 3 },
};

KUNIT_ARRAY_PARAM_DESC(reuse, reuse_ways, description);

/**
 * page_is_the_drivers_once_it_is_free() - Handed out again at once
 *
 * folio_free() hands out a huge folio of which the page that it is told of is a part. The
 * page is freed once, as one page, its pgmap has a reference less for it, and the huge
 * folio keeps all of those that it was made with.
 *
 * Contract: LF-11, LF-12
 */
static void page_is_the_drivers_once_it_is_free(struct kunit *test)
{
	const struct reuse_way *w = test->param_value;
	struct hdev *dev = hdev_create(test);
	struct folio *folio;
	unsigned int i;

	for (i = 0; i < 4; i++)
		KUNIT_ASSERT_PTR_EQ(test, hdev_get(dev, 0), hdev_page(dev, i));
	dev->on_free = make_huge_when_free;
	for (i = 0; i < 4; i++)
		if (i != w->last)
			give_back(hdev_page(dev, i));
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap), 1L);
	give_back(hdev_page(dev, w->last));
	KUNIT_EXPECT_EQ(test, dev->nr_free[0], 4U);
	KUNIT_EXPECT_EQ(test, dev->nr_free[PMD_ORDER], 0U);
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(dev), MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap),
			(long)MMK_HUGE_PAGES);
	folio = page_folio(hdev_page(dev, w->last));
	KUNIT_EXPECT_PTR_EQ(test, &folio->page, hdev_page(dev, 0));
	KUNIT_EXPECT_EQ(test, folio_order(folio), (unsigned int)PMD_ORDER);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_PTR_EQ(test, page_pgmap(&folio->page), &dev->pgmap);
	give_back(hdev_page(dev, 0));
	KUNIT_EXPECT_EQ(test, dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap), 0L);
}

static void make_one_when_free(struct hdev *dev)
{
	dev->on_free = NULL;
	hdev_get(dev, 0);
}

/**
 * huge_folio_is_the_drivers_once_it_is_free() - Handed out again page by page
 *
 * folio_free() of a huge folio hands out its first page alone. The pgmap has a reference
 * less for each page of the huge folio, and one for the page.
 *
 * Contract: LF-11, LF-12
 */
static void huge_folio_is_the_drivers_once_it_is_free(struct kunit *test)
{
	struct hdev *dev = hdev_create(test);
	struct page *page = hdev_get(dev, PMD_ORDER);

	dev->on_free = make_one_when_free;
	give_back(page);
	KUNIT_EXPECT_EQ(test, dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, dev->nr_free[0], 0U);
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap), 1L);
	KUNIT_EXPECT_TRUE(test, page_is_alone(dev, page));
	give_back(page);
	KUNIT_EXPECT_EQ(test, dev->nr_free[0], 1U);
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap), 0L);
}

/* The orders that a driver may have, and a huge page is made of */
MMK_GEN_PARAMS(mixed)
{
	static unsigned int order;

	order = prev ? order + 1 : 1;
	if (order > PMD_ORDER)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %u", order);
	return &order;
}

/**
 * page_of_any_device_folio_is_made_anew() - From any order to any other
 *
 * Two neighbouring folios of an order are handed out and given back. Then the pages of
 * both are handed out one by one, and after that as one folio of the next order, as far as
 * there is one. Nothing of what they were part of is left in any of them.
 *
 * Contract: LF-12
 */
static void page_of_any_device_folio_is_made_anew(struct kunit *test)
{
	const unsigned int order = *(const unsigned int *)test->param_value;
	struct hdev *dev = hdev_create(test);
	unsigned int i, nr = 2U << order, next = min(order + 1, PMD_ORDER + 0U);
	struct folio *folio;

	for (i = 0; i < nr; i += nr / 2)
		KUNIT_ASSERT_PTR_EQ(test, hdev_get(dev, order),
				    hdev_page(dev, i));
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap), (long)nr);
	for (i = 0; i < nr; i += nr / 2)
		give_back(hdev_page(dev, i));
	KUNIT_EXPECT_EQ(test, dev->nr_free[order], 2U);
	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_PTR_EQ(test, hdev_get(dev, 0), hdev_page(dev, i));
		if (!page_is_alone(dev, hdev_page(dev, i)))
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, nr, "first page with something left in it");
	for (i = 0; i < nr; i++)
		give_back(hdev_page(dev, i));
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap), 0L);

	folio = page_folio(hdev_get(dev, next));
	KUNIT_EXPECT_PTR_EQ(test, &folio->page, hdev_page(dev, 0));
	KUNIT_EXPECT_EQ(test, folio_order(folio), next);
	KUNIT_EXPECT_EQ(test, folio_nr_pages(folio), 1L << next);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap), 1L << next);
	for (i = 0; i < 1U << next; i++)
		if (page_folio(hdev_page(dev, i)) != folio)
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, 1U << next,
			    "first page that is not part of it");
	give_back(&folio->page);
	KUNIT_EXPECT_EQ(test, mmk_pgmap_refs(&dev->pgmap), 0L);
}

/**
 * struct range_way - A range of device pages, and a huge folio at its first page
 * @description: for the log
 * @nr: pages of the range
 * @pfns: ask for them one by one
 */
struct range_way {
	const char *description;
	unsigned int nr;
	bool pfns;
};

static const struct range_way range_ways[] = {
	{ "all of it", MMK_HUGE_PAGES, false },
	{ "all but the last page", MMK_HUGE_PAGES - 1, false },
	{ "the first page", 1, false },
	{ "all of it, by pfn", MMK_HUGE_PAGES, true },
	{ "all but the last page, by pfn", MMK_HUGE_PAGES - 1, true },
	{ "the first page, by pfn", 1, true },
};

KUNIT_ARRAY_PARAM_DESC(range, range_ways, description);

#define UNUSED	0xa5a5a5a5a5a5a5a5UL

/**
 * driver_empties_a_range_with_a_huge_folio() - migrate_device_range(), _pfns()
 *
 * A huge folio that lies in the range is one entry, is locked and unmapped, and moves
 * back in one piece. One that the range ends inside of is left alone: unlocked, mapped,
 * with the references that it had. Nothing is written behind the array.
 *
 * Contract: LF-5, LF-8, LF-11
 */
static void driver_empties_a_range_with_a_huge_folio(struct kunit *test)
{
	const struct range_way *w = test->param_value;
	bool whole = w->nr == MMK_HUGE_PAGES;
	struct folio *folio, *to;
	unsigned long *src, dst;
	struct hpage h;
	unsigned int i;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	src = kunit_kmalloc_array(test, 2 * MMK_HUGE_PAGES, sizeof(*src),
				  GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, src);
	memset(src, 0xa5, 2 * MMK_HUGE_PAGES * sizeof(*src));
	for (i = 0; w->pfns && i < w->nr; i++)
		src[i] = folio_pfn(folio) + i;
	if (w->pfns)
		KUNIT_EXPECT_EQ(test, mmk_migrate_device_pfns(src, w->nr), 0);
	else
		KUNIT_EXPECT_EQ(test, migrate_device_range(src,
							   folio_pfn(folio),
							   w->nr), 0);
	for (i = w->nr; i < 2 * MMK_HUGE_PAGES && src[i] == UNUSED; i++)
		;
	KUNIT_EXPECT_EQ_MSG(test, i, 2 * MMK_HUGE_PAGES,
			    "first entry that was written behind the range");
	for (i = 1; i < w->nr && !src[i]; i++)
		;
	KUNIT_EXPECT_EQ(test, i, w->nr);
	KUNIT_EXPECT_EQ(test, folio_test_locked(folio), whole);
	KUNIT_EXPECT_EQ(test, src[0], whole ? migrate_pfn(folio_pfn(folio)) |
			MIGRATE_PFN_MIGRATE | MIGRATE_PFN_COMPOUND : 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), !whole);
	if (whole && src[0]) {
		to = folio_alloc(GFP_HIGHUSER_MOVABLE, PMD_ORDER);
		KUNIT_ASSERT_NOT_NULL(test, to);
		folio_lock(to);
		for (i = 0; i < MMK_HUGE_PAGES; i++)
			copy_highpage(folio_page(to, i),
				      hdev_mem(h.dev, folio_page(folio, i)));
		dst = migrate_pfn(folio_pfn(to)) | MIGRATE_PFN_COMPOUND;
		migrate_device_pages(src, &dst, 1);
		KUNIT_EXPECT_TRUE(test, src[0] & MIGRATE_PFN_MIGRATE);
		migrate_device_finalize(src, &dst, 1);
		MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
		KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
	} else {
		MMK_EXPECT_PMD(test, h.mm, h.addr, DEVICE_PRIVATE_WRITE);
	}
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, h.dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(h.dev), 0U);
}

/**
 * range_is_not_emptied_in_pieces() - A huge folio, and no huge page in memory
 *
 * Without a VMA, a huge device folio moves whole or not at all. A driver that has a small
 * page for it finds MIGRATE clear. The folio stays where it is: whole, mapped, unlocked, and
 * with the references that it had.
 *
 * Contract: LF-8, LF-11
 */
static void range_is_not_emptied_in_pieces(struct kunit *test)
{
	unsigned long *src, dst;
	struct folio *folio;
	struct hpage h;
	struct page *to;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	src = kunit_kcalloc(test, MMK_HUGE_PAGES, sizeof(*src), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, src);
	KUNIT_ASSERT_EQ(test, migrate_device_range(src, folio_pfn(folio),
						   MMK_HUGE_PAGES), 0);
	KUNIT_ASSERT_TRUE(test, src[0] & MIGRATE_PFN_COMPOUND);
	to = alloc_page(GFP_HIGHUSER_MOVABLE);
	KUNIT_ASSERT_NOT_NULL(test, to);
	lock_page(to);
	dst = migrate_pfn(page_to_pfn(to));
	migrate_device_pages(src, &dst, 1);
	KUNIT_EXPECT_FALSE(test, src[0] & MIGRATE_PFN_MIGRATE);
	migrate_device_finalize(src, &dst, 1);
	MMK_EXPECT_PMD(test, h.mm, h.addr, DEVICE_PRIVATE_WRITE);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, h.mm, h.addr), folio);
	KUNIT_EXPECT_EQ(test, folio_order(folio), (unsigned int)PMD_ORDER);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 1);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	KUNIT_EXPECT_EQ(test, h.dev->nr_split, 0U);
	KUNIT_EXPECT_EQ(test, h.dev->freed, 0U);
	mmk_expect_mm_same(test, "afterwards", h.mm, &h.rss);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/**
 * busy_huge_folio_of_a_range_stays() - Locked, or held by somebody else
 *
 * Nothing of it is on offer. It is mapped as before, and keeps its lock and its references.
 *
 * Contract: LF-5, LF-8
 */
static void busy_huge_folio_of_a_range_stays(struct kunit *test)
{
	const bool *locked = test->param_value;
	unsigned long *src, none = 0;
	struct folio *folio;
	struct hpage h;
	unsigned int i;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	src = kunit_kcalloc(test, MMK_HUGE_PAGES, sizeof(*src), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, src);
	if (*locked)
		folio_lock(folio);
	else
		folio_get(folio);
	KUNIT_EXPECT_EQ(test, migrate_device_range(src, folio_pfn(folio),
						   MMK_HUGE_PAGES), 0);
	KUNIT_EXPECT_EQ(test, folio_test_locked(folio), *locked);
	if (*locked)
		folio_unlock(folio);
	else
		folio_put(folio);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		if (src[i] & (MIGRATE_PFN_VALID | MIGRATE_PFN_MIGRATE))
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, MMK_HUGE_PAGES,
			    "first page that is on offer");
	/* If it is, it is declined. */
	migrate_device_finalize(src, &none, 1);
	MMK_EXPECT_PMD(test, h.mm, h.addr, DEVICE_PRIVATE_WRITE);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 1);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

static const bool locks[] = { true, false };

static void lock_name(const bool *locked, char *desc)
{
	strscpy(desc, *locked ? "locked" : "held", KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lock, locks, lock_name);

static struct kunit_case large_folio_made_cases[] = {
	KUNIT_CASE(page_of_a_huge_device_folio_is_made_anew),
	KUNIT_CASE(pages_of_a_device_become_a_huge_folio),
	KUNIT_CASE_PARAM(page_is_the_drivers_once_it_is_free, reuse_gen_params),
	KUNIT_CASE(huge_folio_is_the_drivers_once_it_is_free),
	KUNIT_CASE_PARAM(page_of_any_device_folio_is_made_anew,
			 mixed_gen_params),
	KUNIT_CASE_PARAM(driver_empties_a_range_with_a_huge_folio,
			 range_gen_params),
	KUNIT_CASE(range_is_not_emptied_in_pieces),
	KUNIT_CASE_PARAM(busy_huge_folio_of_a_range_stays, lock_gen_params),
	{}
};

static struct kunit_suite large_folio_made_suite = {
	.name = "large_folio_made",
	.init = mmk_case_init,
	.test_cases = large_folio_made_cases,
};

kunit_test_suite(large_folio_made_suite);
