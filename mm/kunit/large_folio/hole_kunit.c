// SPDX-License-Identifier: GPL-2.0
/*
 * Holes as large as a huge page that a driver fills, in one piece or page by page.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../compat/huge.h"
#include "../compat/pgmap.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "hdev.h"

/**
 * enum hole - What there is where a huge page could be
 * @EMPTY: no page and no page table
 * @ZERO: the huge zero page
 */
enum hole { EMPTY, ZERO };

/**
 * struct hole_way - A hole, and what the driver has for it
 * @description: for the log
 * @hole: what the hole is
 * @huge: a huge page
 * @first: or else, the first page that it has one for
 * @nr: for how many
 */
struct hole_way {
	const char *description;
	enum hole hole;
	bool huge;
	unsigned int first;
	unsigned int nr;
};

static const struct hole_way hole_ways[] = {
	{ "hole, huge page", EMPTY, true, 0, MMK_HUGE_PAGES },
	{ "huge zero page, huge page", ZERO, true, 0, MMK_HUGE_PAGES },
	{ "hole, all pages", EMPTY, false, 0, MMK_HUGE_PAGES },
	{ "huge zero page, all pages", ZERO, false, 0, MMK_HUGE_PAGES },
	{ "hole, first half", EMPTY, false, 0, MMK_HUGE_PAGES / 2 },
	{ "hole, first page", EMPTY, false, 0, 1 },
	{ "hole, nothing", EMPTY, false, 0, 0 },
	{ "huge zero page, nothing", ZERO, false, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(hole, hole_ways, description);

static struct hdev *hole_init(struct kunit *test, enum hole hole,
			      struct mm_struct **mm, unsigned long *addr)
{
	struct hdev *dev = hdev_create(test);

	*mm = mmk_mm_enter(test);
	*addr = mmk_map_huge_hole(test, *mm, 1);
	if (hole == ZERO) {
		KUNIT_ASSERT_EQ(test, mmk_fault_in(*mm, *addr, false), 0);
		MMK_EXPECT_PMD(test, *mm, *addr, PRESENT);
		KUNIT_ASSERT_TRUE(test, is_huge_zero_pmd(mmk_pmd(*mm, *addr)));
	}
	return dev;
}

/* The first page that does not read as zero: there is none. */
static unsigned int zeroes(unsigned long addr)
{
	unsigned int i;
	u8 byte;

	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		byte = 0xff;
		if (get_user(byte, (u8 __user *)addr + i * PAGE_SIZE) || byte)
			break;
	}
	return i;
}

static long nr_pgtables(void)
{
	return mmk_node_page_state(NR_PAGETABLE);
}

/**
 * driver_fills_a_huge_hole() - With a huge page, or with single ones
 *
 * The hole is one source entry: MIGRATE and COMPOUND, not VALID. A huge page goes into
 * the pmd: device-private, writable as the VMA is. Single pages are mapped where the
 * driver has some, and nothing anywhere else. The RSS counts what is there; all of it
 * reads as zero.
 *
 * Contract: LF-8
 */
static void driver_fills_a_huge_hole(struct kunit *test)
{
	const struct hole_way *w = test->param_value;
	struct mm_struct *mm;
	unsigned long addr;
	struct mmk_vma *m;
	struct hdev *dev;
	unsigned int i;

	dev = hole_init(test, w->hole, &mm, &addr);
	m = hdev_take(test, mm, addr, dev);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 1UL);
	KUNIT_EXPECT_EQ(test, m->src[0],
			MIGRATE_PFN_MIGRATE | MIGRATE_PFN_COMPOUND);
	for (i = 1; i < MMK_HUGE_PAGES && !m->src[i]; i++)
		;
	KUNIT_EXPECT_EQ(test, i, (unsigned int)MMK_HUGE_PAGES);
	if (w->huge)
		hdev_give_huge(test, m, dev);
	else
		hdev_give_small(test, m, dev, w->first, w->nr);
	mmk_vma_pages(m);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES),
			(unsigned long)w->nr);
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(dev), w->nr);
	if (w->huge) {
		MMK_EXPECT_PMD(test, mm, addr, DEVICE_PRIVATE_WRITE);
		KUNIT_EXPECT_EQ(test, folio_mapcount(mmk_pmd_folio(test, mm,
								   addr)), 1);
	}
	for (i = 0; !w->huge && i < MMK_HUGE_PAGES; i++)
		if ((mmk_pte_kind(mm, addr + i * PAGE_SIZE) ==
		     MMK_PTE_DEVICE_PRIVATE_WRITE) !=
		    (i >= w->first && i < w->first + w->nr))
			break;
	if (!w->huge)
		KUNIT_EXPECT_EQ_MSG(test, i, (unsigned int)MMK_HUGE_PAGES,
				    "first page that is filled and should not be, or not");
	KUNIT_EXPECT_EQ(test, zeroes(addr), (unsigned int)MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, dev->freed, w->nr);
}

/**
 * huge_hole_that_is_filled_stays() - Somebody else is faster
 *
 * After setup has found a hole, somebody writes there. The driver's huge page is not
 * inserted, and given back; what is there is left alone, and no page table is lost.
 *
 * Contract: LF-8
 */
static void huge_hole_that_is_filled_stays(struct kunit *test)
{
	struct mm_struct *mm;
	struct folio *folio;
	unsigned long addr;
	struct mmk_vma *m;
	struct hdev *dev;
	long tables;
	pmd_t pmd;

	dev = hole_init(test, EMPTY, &mm, &addr);
	m = hdev_take(test, mm, addr, dev);
	hdev_give_huge(test, m, dev);
	mmk_fill(test, addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	MMK_EXPECT_PMD(test, mm, addr, PRESENT);
	pmd = mmk_pmd(mm, addr);
	folio = mmk_pmd_folio(test, mm, addr);
	tables = nr_pgtables();
	mmk_vma_pages(m);
	KUNIT_EXPECT_FALSE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, nr_pgtables(), tables);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(mm, addr)), pmd_val(pmd));
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES),
			(unsigned long)MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(dev), 0U);
	MMK_EXPECT_HOLDS(test, addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/* The huge zero page would count as leaked by the case that reads first. */
static int hole_prepare(struct kunit_suite *suite)
{
	mmk_huge_zero_get();
	return 0;
}

static struct kunit_case large_folio_hole_cases[] = {
	KUNIT_CASE_PARAM(driver_fills_a_huge_hole, hole_gen_params),
	KUNIT_CASE(huge_hole_that_is_filled_stays),
	{}
};

static struct kunit_suite large_folio_hole_suite = {
	.name = "large_folio_hole",
	.suite_init = hole_prepare,
	.init = mmk_case_init,
	.test_cases = large_folio_hole_cases,
};

kunit_test_suite(large_folio_hole_suite);
