// SPDX-License-Identifier: GPL-2.0
/*
 * get_user_pages() and pin_user_pages() of device-dax.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>

#include "../compat/pgmap.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "dax_device.h"

#define DD_RW	(PROT_READ | PROT_WRITE)

/**
 * struct dd_gup_case - A way to get the page at an address
 * @description: its name
 * @align: size of the pages of the device
 * @pin: it is a pin, not a reference
 * @flags: FOLL_*
 * @get: gets a number of pages of current->mm
 */
struct dd_gup_case {
	const char *description;
	unsigned long align;
	bool pin;
	unsigned int flags;
	int (*get)(unsigned long addr, int nr, unsigned int flags,
		   struct page **pages);
};

static int dd_get_slowly(unsigned long addr, int nr, unsigned int flags,
			 struct page **pages)
{
	return get_user_pages_unlocked(addr, nr, pages, flags);
}

static int dd_pin_slowly(unsigned long addr, int nr, unsigned int flags,
			 struct page **pages)
{
	return pin_user_pages_unlocked(addr, nr, pages, flags);
}

static const struct dd_gup_case dd_gups[] = {
	{ "small pages, get", PAGE_SIZE, false,
	  FOLL_WRITE, dd_get_slowly },
	{ "small pages, get fast", PAGE_SIZE, false,
	  FOLL_WRITE, get_user_pages_fast },
	{ "small pages, get fast, to read", PAGE_SIZE, false,
	  0, get_user_pages_fast },
	{ "small pages, pin", PAGE_SIZE, true,
	  FOLL_WRITE, dd_pin_slowly },
	{ "small pages, pin fast", PAGE_SIZE, true,
	  FOLL_WRITE, pin_user_pages_fast },
	{ "small pages, pin for long", PAGE_SIZE, true,
	  FOLL_WRITE | FOLL_LONGTERM, dd_pin_slowly },
	{ "small pages, pin for long, fast", PAGE_SIZE, true,
	  FOLL_WRITE | FOLL_LONGTERM, pin_user_pages_fast },
	{ "small pages, pin for long, fast, to read", PAGE_SIZE, true,
	  FOLL_LONGTERM, pin_user_pages_fast },
	{ "huge pages, get", PMD_SIZE, false,
	  FOLL_WRITE, dd_get_slowly },
	{ "huge pages, get fast", PMD_SIZE, false,
	  FOLL_WRITE, get_user_pages_fast },
	{ "huge pages, get fast, to read", PMD_SIZE, false,
	  0, get_user_pages_fast },
	{ "huge pages, pin", PMD_SIZE, true,
	  FOLL_WRITE, dd_pin_slowly },
	{ "huge pages, pin fast", PMD_SIZE, true,
	  FOLL_WRITE, pin_user_pages_fast },
	{ "huge pages, pin for long", PMD_SIZE, true,
	  FOLL_WRITE | FOLL_LONGTERM, dd_pin_slowly },
	{ "huge pages, pin for long, fast", PMD_SIZE, true,
	  FOLL_WRITE | FOLL_LONGTERM, pin_user_pages_fast },
	{ "huge pages, pin for long, fast, to read", PMD_SIZE, true,
	  FOLL_LONGTERM, pin_user_pages_fast },
};

KUNIT_ARRAY_PARAM_DESC(dd_gup, dd_gups, description);

static const struct dd_gup_case *dd_way(struct kunit *test)
{
	return test->param_value;
}

static void dd_give_back(const struct dd_gup_case *way, struct page **pages,
			 int nr)
{
	if (way->pin)
		unpin_user_pages(pages, nr);
	else
		release_pages(pages, nr);
}

/*
 * References that @way takes on a folio for one page of it. What is a number of references
 * on a small page is one, and a pin, on a large folio: core-api/pin_user_pages.rst.
 */
static int dd_refs(const struct dd_gup_case *way, struct folio *folio)
{
	return way->pin && !folio_test_large(folio) ? GUP_PIN_COUNTING_BIAS : 1;
}

/**
 * gup_takes_and_gives_back() - One page that is mapped, and one that is not
 *
 * The page before the last of a device, which is in the middle of a folio if the device has
 * huge pages, is got by its address, once mapped by an access and once not. Each time there
 * is the reference of the mapping, and what one pin or get takes. Giving it back leaves the
 * reference of the mapping; munmap() leaves the page idle.
 *
 * Contract: ZD-14
 */
static void gup_takes_and_gives_back(struct kunit *test)
{
	const struct dd_gup_case *way = dd_way(test);
	struct dd_dev *dev = dd_create(test, way->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct page *page = dd_page(dev, DD_PAGES - 2), *got = NULL;
	struct folio *folio = page_folio(page);
	unsigned long addr, there;
	int i;

	for (i = 0; i < 2; i++) {
		addr = dd_map(dev, DD_RW);
		there = addr + DD_SIZE - 2 * PAGE_SIZE;
		if (i)
			KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, there, true), 0);

		KUNIT_ASSERT_EQ(test, way->get(there, 1, way->flags, &got), 1);

		KUNIT_EXPECT_PTR_EQ(test, got, page);
		KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 1);
		KUNIT_EXPECT_EQ(test, dd_uses(folio), 1 + dd_refs(way, folio));
		KUNIT_EXPECT_EQ(test, folio_maybe_dma_pinned(folio), way->pin);
		KUNIT_EXPECT_EQ(test, dd_nr_in_use(dev), 1U);

		dd_give_back(way, &got, 1);
		KUNIT_EXPECT_EQ(test, dd_uses(folio), 1);
		KUNIT_EXPECT_FALSE(test, folio_maybe_dma_pinned(folio));
		KUNIT_EXPECT_EQ(test, vm_munmap(addr, DD_SIZE), 0);
		DD_EXPECT_IDLE(test, dev);
	}
}

/**
 * gup_outlives_the_mapping() - The mapping goes first
 *
 * A page that somebody has got stays in use when the process unmaps it, and its bytes stay.
 * A second mapping comes and goes. When it is given back, the page is idle.
 *
 * Contract: ZD-14
 */
static void gup_outlives_the_mapping(struct kunit *test)
{
	const struct dd_gup_case *way = dd_way(test);
	struct dd_dev *dev = dd_create(test, way->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *folio = dd_folio(dev, 1);
	unsigned long addr = dd_map(dev, DD_RW);
	struct page *got = NULL;

	mmk_fill(test, addr + dev->align, 1, 3);
	KUNIT_ASSERT_EQ(test, way->get(addr + dev->align, 1, way->flags, &got),
			1);
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, DD_SIZE), 0);
	KUNIT_EXPECT_EQ(test, dd_uses(folio), dd_refs(way, folio));
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 0);
	KUNIT_EXPECT_EQ(test, dd_nr_in_use(dev), 1U);

	addr = dd_map(dev, DD_RW);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr + dev->align, false), 0);
	KUNIT_EXPECT_EQ(test, dd_uses(folio), 1 + dd_refs(way, folio));
	MMK_EXPECT_HOLDS(test, addr + dev->align, 1, 3);
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, DD_SIZE), 0);
	KUNIT_EXPECT_EQ(test, dd_uses(folio), dd_refs(way, folio));

	dd_give_back(way, &got, 1);
	DD_EXPECT_IDLE(test, dev);
}

/**
 * gup_of_all_pages() - A range that is the whole device
 *
 * All pages of a device are got at once, none of which is mapped yet. A folio has what a get
 * or a pin takes for each of its small pages. All is given back after munmap(), in another
 * order than it was taken in. All pages are idle then.
 *
 * Contract: ZD-14
 */
static void gup_of_all_pages(struct kunit *test)
{
	const struct dd_gup_case *way = dd_way(test);
	struct dd_dev *dev = dd_create(test, way->align);
	struct page **pages = kunit_kcalloc(test, DD_PAGES, sizeof(*pages),
					    GFP_KERNEL);
	unsigned int i, wrong = 0;
	unsigned long addr;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	mmk_mm_enter(test);
	addr = dd_map(dev, DD_RW);

	KUNIT_ASSERT_EQ(test, way->get(addr, DD_PAGES, way->flags, pages),
			(int)DD_PAGES);

	for (i = 0; i < DD_PAGES; i++)
		wrong += pages[i] != dd_page(dev, i);
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	for (i = 0; i < dd_nr(dev); i++)
		wrong += dd_uses(dd_folio(dev, i)) != 1 + (int)dd_nr_small(dev) *
						      dd_refs(way, dd_folio(dev, i));
	KUNIT_EXPECT_EQ(test, wrong, 0U);

	KUNIT_EXPECT_EQ(test, vm_munmap(addr, DD_SIZE), 0);
	KUNIT_EXPECT_EQ(test, dd_nr_in_use(dev), dd_nr(dev));
	dd_give_back(way, pages + DD_PAGES / 2, DD_PAGES / 2);
	KUNIT_EXPECT_EQ(test, dd_nr_in_use(dev), dd_nr(dev) / 2);
	dd_give_back(way, pages, DD_PAGES / 2);
	DD_EXPECT_IDLE(test, dev);
	KUNIT_EXPECT_EQ(test, dd_pgmap_refs(dev),
			MMK_IDLE_PAGE_PGMAP_REFS * dd_nr(dev));
}

static struct kunit_case dax_gup_cases[] = {
	KUNIT_CASE_PARAM(gup_takes_and_gives_back, dd_gup_gen_params),
	KUNIT_CASE_PARAM(gup_outlives_the_mapping, dd_gup_gen_params),
	KUNIT_CASE_PARAM(gup_of_all_pages, dd_gup_gen_params),
	{}
};

static struct kunit_suite dax_gup_suite = {
	.name = "dax_gup",
	.init = mmk_case_init,
	.test_cases = dax_gup_cases,
};

kunit_test_suite(dax_gup_suite);
