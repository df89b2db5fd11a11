// SPDX-License-Identifier: GPL-2.0
/*
 * Holes as large as a huge page that a driver fills, in one piece or page by page.
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
#include "../compat/mm.h"
#include "../compat/pgmap.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/uffd.h"
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

/* Page tables that are there, but belong to no mm, or to another one */
static long nr_lost_pgtables(struct mm_struct *mm)
{
	return mmk_node_page_state(NR_PAGETABLE) -
	       (long)(mm_pgtables_bytes(mm) / PAGE_SIZE);
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
	long thps;

	dev = hole_init(test, w->hole, &mm, &addr);
	thps = mmk_mthp_stat(MTHP_STAT_NR_ANON);
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
		KUNIT_EXPECT_EQ(test, mmk_mthp_stat(MTHP_STAT_NR_ANON),
				thps + 1);
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
 * enum late - What happens between setup and migrate_vma_pages()
 * @HUGE: somebody writes, and gets a huge page
 * @SMALL: somebody writes, and gets a small page
 * @MONITORED: userfaultfd wants to know of holes that are filled
 * @REAPED: the OOM reaper may have been at work
 */
enum late { HUGE, SMALL, MONITORED, REAPED };

/**
 * struct late_way - A hole that the driver's huge page must not fill any more
 * @description: for the log
 * @late: why
 * @hole: what the hole was
 */
struct late_way {
	const char *description;
	enum late late;
	enum hole hole;
};

static const struct late_way late_ways[] = {
	{ "hole, filled by a huge page", HUGE, EMPTY },
	{ "hole, filled by a small page", SMALL, EMPTY },
	{ "hole, userfaultfd", MONITORED, EMPTY },
	{ "huge zero page, userfaultfd", MONITORED, ZERO },
	{ "hole, reaped", REAPED, EMPTY },
	{ "huge zero page, reaped", REAPED, ZERO },
};

KUNIT_ARRAY_PARAM_DESC(late, late_ways, description);

static void late_happen(struct kunit *test, enum late late,
			struct mm_struct *mm, unsigned long addr)
{
	if (late == MONITORED) {
		mmk_uffd_register(test, mmk_uffd_open(test), addr,
				  MMK_HUGE_SIZE);
	} else if (late == REAPED) {
		mm_flags_set(MMF_UNSTABLE, mm);
	} else {
		mmk_huge_on(late == HUGE);
		mmk_fill(test, addr, 1, MMK_LARGE_SEED);
		mmk_huge_on(true);
	}
}

/**
 * late_huge_page_fills_no_hole() - The hole has changed since setup
 *
 * Somebody has written there meanwhile, userfaultfd wants to know, or the mm has been
 * reaped. The driver's huge page is not inserted: MIGRATE is clear, and the page goes back
 * to the driver. What is there is left alone, the RSS is right, and no page table is lost.
 *
 * Contract: LF-8
 */
static void late_huge_page_fills_no_hole(struct kunit *test)
{
	const struct late_way *w = test->param_value;
	struct mm_struct *mm;
	unsigned long addr;
	unsigned long rss;
	struct mmk_vma *m;
	struct hdev *dev;
	long tables;
	pmd_t pmd;

	dev = hole_init(test, w->hole, &mm, &addr);
	m = hdev_take(test, mm, addr, dev);
	KUNIT_ASSERT_EQ(test, m->args.cpages, 1UL);
	hdev_give_huge(test, m, dev);
	late_happen(test, w->late, mm, addr);
	pmd = mmk_pmd(mm, addr);
	rss = get_mm_counter_sum(mm, MM_ANONPAGES);
	tables = nr_lost_pgtables(mm);
	mmk_vma_pages(m);
	if (w->late == REAPED)
		mm_flags_clear(MMF_UNSTABLE, mm);
	KUNIT_EXPECT_FALSE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, nr_lost_pgtables(mm), tables);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(mm, addr)), pmd_val(pmd));
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), rss);
	KUNIT_EXPECT_EQ(test, dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(dev), 0U);
	if (w->late == HUGE)
		KUNIT_EXPECT_EQ(test, folio_ref_count(mmk_pmd_folio(test, mm,
								    addr)), 1);
	if (w->late == HUGE || w->late == SMALL)
		MMK_EXPECT_HOLDS(test, addr, 1, MMK_LARGE_SEED);
}

/**
 * late_pages_fill_the_rest_of_a_huge_hole() - Page by page
 *
 * The driver has a page for each page of the hole. Somebody has written to one of them
 * meanwhile: that one stays, and all others are filled.
 *
 * Contract: LF-8
 */
static void late_pages_fill_the_rest_of_a_huge_hole(struct kunit *test)
{
	const unsigned int late = 100;
	struct mm_struct *mm;
	unsigned long addr;
	struct mmk_vma *m;
	struct hdev *dev;
	unsigned int i;

	dev = hole_init(test, EMPTY, &mm, &addr);
	m = hdev_take(test, mm, addr, dev);
	hdev_give_small(test, m, dev, 0, MMK_HUGE_PAGES);
	mmk_huge_on(false);
	mmk_fill(test, addr + late * PAGE_SIZE, 1, MMK_LARGE_SEED);
	mmk_huge_on(true);
	mmk_vma_pages(m);
	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		bool filled = i != late;

		if (!!(m->src[i] & MIGRATE_PFN_MIGRATE) != filled)
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, MMK_HUGE_PAGES,
			    "first entry that is not right");
	mmk_vma_finalize(m);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		if (mmk_pte_kind(mm, addr + i * PAGE_SIZE) !=
		    (i == late ? MMK_PTE_PRESENT :
				 MMK_PTE_DEVICE_PRIVATE_WRITE))
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, MMK_HUGE_PAGES,
			    "first page that is not where it should be");
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES),
			(unsigned long)MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(dev), MMK_HUGE_PAGES - 1);
	MMK_EXPECT_HOLDS(test, addr + late * PAGE_SIZE, 1, MMK_LARGE_SEED);
}

/**
 * readonly_hole_gets_a_readonly_page() - As the VMA is read-only
 *
 * Contract: LF-8
 */
static void readonly_hole_gets_a_readonly_page(struct kunit *test)
{
	struct mm_struct *mm;
	unsigned long addr;
	struct mmk_vma *m;
	struct hdev *dev;

	dev = hole_init(test, EMPTY, &mm, &addr);
	KUNIT_ASSERT_EQ(test, sys_mprotect(addr, MMK_HUGE_SIZE, PROT_READ), 0L);
	m = hdev_take(test, mm, addr, dev);
	hdev_give_huge(test, m, dev);
	mmk_vma_pages(m);
	KUNIT_EXPECT_TRUE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);
	MMK_EXPECT_PMD(test, mm, addr, DEVICE_PRIVATE_READ);
	KUNIT_EXPECT_EQ(test, zeroes(addr), (unsigned int)MMK_HUGE_PAGES);
	KUNIT_EXPECT_FALSE(test, !!pmd_write(mmk_pmd(mm, addr)));
}

/* The huge zero page would count as leaked by the case that reads first. */
static int hole_prepare(struct kunit_suite *suite)
{
	mmk_huge_zero_get();
	return 0;
}

static struct kunit_case large_folio_hole_cases[] = {
	KUNIT_CASE_PARAM(driver_fills_a_huge_hole, hole_gen_params),
	KUNIT_CASE_PARAM(late_huge_page_fills_no_hole, late_gen_params),
	KUNIT_CASE(late_pages_fill_the_rest_of_a_huge_hole),
	KUNIT_CASE(readonly_hole_gets_a_readonly_page),
	{}
};

static struct kunit_suite large_folio_hole_suite = {
	.name = "large_folio_hole",
	.suite_init = hole_prepare,
	.init = mmk_case_init,
	.test_cases = large_folio_hole_cases,
};

kunit_test_suite(large_folio_hole_suite);
