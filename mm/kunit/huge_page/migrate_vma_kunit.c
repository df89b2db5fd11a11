// SPDX-License-Identifier: GPL-2.0
/*
 * What migrate_vma_setup() does to huge pages.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "huge_page.h"

/* Somewhere inside of the huge page, so that both ends have to be found */
#define PART_FIRST	7
#define PART_PAGES	5

static struct mmk_vma *part_alloc(struct kunit *test, struct huge *h,
				  struct mmk_dev *dev)
{
	return mmk_vma_alloc(test, h->mm, h->addr + PART_FIRST * PAGE_SIZE,
			     PART_PAGES, MIGRATE_VMA_SELECT_SYSTEM, dev);
}

/* A huge page, and a driver that wants a part of it */
static struct mmk_vma *part_init(struct kunit *test, struct huge *h)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);

	hp_huge_init(test, h, MMK_PTE_MIGRATION_WRITE);
	return part_alloc(test, h, dev);
}

static void expect_skipped(struct kunit *test, const struct mmk_vma *m)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, m->args.cpages, 0UL);
	KUNIT_EXPECT_EQ(test, m->args.npages, (unsigned long)PART_PAGES);
	for (i = 0; i < PART_PAGES; i++) {
		KUNIT_EXPECT_EQ(test, m->src[i], 0UL);
		KUNIT_EXPECT_EQ(test, m->dst[i], 0UL);
	}
}

/* Nothing is offered, and the page, mapped by @pmd, is as before. */
static void expect_left_alone(struct kunit *test, struct huge *h,
			      struct mmk_vma *m, pmd_t pmd)
{
	int refs;

	expect_skipped(test, m);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(h->mm, h->addr)), pmd_val(pmd));
	lru_add_drain_all();
	refs = folio_ref_count(h->folio);
	mmk_expect_folio_same(test, "after setup", h->folio, &h->state);
	mmk_expect_mm_same(test, "after setup", h->mm, &h->rss);
	mmk_vma_finalize(m);
	/* A leaked reference is to fail this case only. */
	for (; refs > h->state.refcount; refs--)
		folio_put(h->folio);
	MMK_EXPECT_HOLDS(test, h->addr, MMK_HUGE_PAGES, SEED);
}

/**
 * huge_page_is_split_for_a_device() - A part of it moves to the device
 *
 * The driver wants a few pages out of the middle of a huge page, which is
 * split: these pages are collected one by one, and the others stay where they
 * are, mapped by ptes of their own. All come back with their bytes.
 *
 * Contract: MV-2, MV-5
 */
static void huge_page_is_split_for_a_device(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct folio *folio;
	struct mmk_vma *m;
	unsigned int i;
	struct huge h;
	pte_t pte;

	hp_huge_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	/* Pages of zeros need not come out of a split as pages. */
	mmk_fill(test, h.addr, MMK_HUGE_PAGES, SEED);
	m = part_alloc(test, &h, dev);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, (unsigned long)PART_PAGES);
	KUNIT_ASSERT_EQ(test, m->args.npages, (unsigned long)PART_PAGES);
	MMK_EXPECT_PMD(test, h.mm, h.addr, TABLE);
	for (i = 0; i < PART_PAGES; i++) {
		unsigned long addr = m->args.start + i * PAGE_SIZE;

		KUNIT_EXPECT_EQ(test, m->src[i],
				migrate_pfn(h.pfn + PART_FIRST + i) |
				MIGRATE_PFN_MIGRATE | MIGRATE_PFN_WRITE);
		MMK_EXPECT_PTE(test, h.mm, addr, MIGRATION_WRITE);
		folio = page_folio(pfn_to_page(h.pfn + PART_FIRST + i));
		KUNIT_EXPECT_EQ(test, folio_nr_pages(folio), 1L);
		KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	}
	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		if (i >= PART_FIRST && i < PART_FIRST + PART_PAGES)
			continue;
		pte = mmk_pte(h.mm, h.addr + i * PAGE_SIZE);
		folio = page_folio(pfn_to_page(h.pfn + i));
		if (!pte_present(pte) || pte_pfn(pte) != h.pfn + i ||
		    !pte_write(pte) || folio_test_locked(folio) ||
		    folio_mapcount(folio) != 1 || folio_ref_count(folio) != 1) {
			KUNIT_FAIL(test, "page %u: pte %lx, %d references, mapped %d times",
				   i, (unsigned long)pte_val(pte),
				   folio_ref_count(folio),
				   folio_mapcount(folio));
			break;
		}
	}
	mmk_expect_mm_same(test, "after setup", h.mm, &h.rss);

	mmk_vma_copy_to_dev(test, m, dev);
	mmk_vma_pages(m);
	mmk_vma_finalize(m);
	for (i = 0; i < PART_PAGES; i++) {
		KUNIT_EXPECT_TRUE(test, m->src[i] & MIGRATE_PFN_MIGRATE);
		MMK_EXPECT_PTE(test, h.mm, m->args.start + i * PAGE_SIZE,
			       DEVICE_PRIVATE_WRITE);
	}
	mmk_expect_mm_same(test, "on the device", h.mm, &h.rss);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, SEED);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), PART_PAGES);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
}

/**
 * locked_huge_page_is_skipped() - Another task holds its lock
 *
 * Setup neither waits for it nor splits it. Nothing is collected, and the page
 * is as before, its references included.
 *
 * Contract: MV-1
 */
static void locked_huge_page_is_skipped(struct kunit *test)
{
	struct mmk_vma *m;
	struct huge h;
	bool locked;
	pmd_t pmd;
	int err;

	m = part_init(test, &h);
	pmd = mmk_pmd(h.mm, h.addr);
	folio_lock(h.folio);
	err = mmk_vma_setup(m);
	locked = folio_test_locked(h.folio);
	if (locked)
		folio_unlock(h.folio);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_TRUE(test, locked);
	expect_left_alone(test, &h, m, pmd);
}

/**
 * pinned_huge_page_is_skipped() - Another task has a reference
 *
 * The page cannot be split. It is whole, unlocked, and mapped by its pmd
 * afterwards.
 *
 * Contract: MV-4
 */
static void pinned_huge_page_is_skipped(struct kunit *test)
{
	struct mmk_vma *m;
	struct huge h;
	pmd_t pmd;

	m = part_init(test, &h);
	pmd = mmk_pmd(h.mm, h.addr);
	mmk_folio_get(test, h.folio);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
	mmk_folio_put(test, h.folio);
	expect_left_alone(test, &h, m, pmd);
}

/**
 * huge_page_under_migration_is_skipped() - Another task is moving it
 *
 * There is an entry in the pmd, and nothing to collect. Setup returns, and the
 * other migration can end.
 *
 * Contract: MV-1, MV-5
 */
static void huge_page_under_migration_is_skipped(struct kunit *test)
{
	struct mmk_vma *m;
	struct huge h;
	pmd_t pmd;

	m = part_init(test, &h);
	hp_huge_unmap(test, &h, MMK_PTE_MIGRATION_WRITE);
	pmd = mmk_pmd(h.mm, h.addr);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
	expect_skipped(test, m);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(h.mm, h.addr)), pmd_val(pmd));
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 1);
	hp_huge_end(test, &h, false);
	/* The dirty bit of its pmd is the folio's now. */
	h.state.dirty = true;
	mmk_expect_folio_same(test, "put back", h.folio, &h.state);
}

/*
 * The huge zero page would be allocated at the first read fault, and count as
 * leaked. With this reference it stays for good.
 */
static int huge_zero_prepare(struct kunit_suite *suite)
{
	mmk_huge_zero_get();
	return 0;
}

/**
 * huge_zero_page_is_offered_as_holes() - Memory that has only been read
 *
 * Each page of the huge zero page counts as a hole: MIGRATE without VALID. The
 * pages that the driver brings are mapped. All of the memory, these pages too,
 * still reads as zero.
 *
 * Contract: MV-7, MV-5
 */
static void huge_zero_page_is_offered_as_holes(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct huge h = { .mm = mmk_mm_enter(test) };
	struct mmk_vma *m;
	unsigned int i;
	u8 byte;

	h.addr = mmk_map_huge_hole(test, h.mm, 1);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(h.mm, h.addr, false), 0);
	KUNIT_ASSERT_EQ(test, (int)mmk_pmd_kind(h.mm, h.addr),
			(int)MMK_PTE_PRESENT);
	KUNIT_ASSERT_TRUE(test, is_huge_zero_pmd(mmk_pmd(h.mm, h.addr)));
	m = part_alloc(test, &h, dev);

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, (unsigned long)PART_PAGES);
	KUNIT_ASSERT_EQ(test, m->args.npages, (unsigned long)PART_PAGES);
	for (i = 0; i < PART_PAGES; i++)
		KUNIT_EXPECT_EQ(test, m->src[i], MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_ANONPAGES), 0UL);

	mmk_vma_copy_to_dev(test, m, dev);
	mmk_vma_pages(m);
	mmk_vma_finalize(m);
	for (i = 0; i < PART_PAGES; i++) {
		KUNIT_EXPECT_EQ(test, m->src[i], MIGRATE_PFN_MIGRATE);
		MMK_EXPECT_PTE(test, h.mm, m->args.start + i * PAGE_SIZE,
			       DEVICE_PRIVATE_WRITE);
	}
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_ANONPAGES),
			(unsigned long)PART_PAGES);
	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		byte = 0xff;
		if (get_user(byte, (u8 __user *)h.addr + i * PAGE_SIZE) || byte) {
			KUNIT_FAIL(test, "page %u reads %u", i, byte);
			break;
		}
	}
}

/**
 * huge_page_in_hole_stays() - A huge page that comes before the driver's page
 *
 * A few holes have been offered to the driver when a task writes beside them, and
 * gets a huge page that fills all of them. migrate_vma_pages() leaves the huge page
 * alone, and clears MIGRATE.
 *
 * Contract: MV-7
 */
static void huge_page_in_hole_stays(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct huge h = { .mm = mmk_mm_enter(test) };
	struct mmk_folio_state state;
	struct mmk_vma *m;
	unsigned int i;
	pmd_t pmd;

	h.addr = mmk_map_huge_hole(test, h.mm, 1);
	m = part_alloc(test, &h, dev);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, (unsigned long)PART_PAGES);
	mmk_vma_copy_to_dev(test, m, dev);

	mmk_fill(test, h.addr, 1, SEED);
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
	pmd = mmk_pmd(h.mm, h.addr);
	h.folio = mmk_pmd_folio(test, h.mm, h.addr);
	mmk_folio_snapshot(h.folio, &state);
	mmk_vma_pages(m);
	for (i = 0; i < PART_PAGES; i++)
		KUNIT_EXPECT_FALSE(test, m->src[i] & MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(h.mm, h.addr)), pmd_val(pmd));
	mmk_expect_folio_same(test, "afterwards", h.folio, &state);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_ANONPAGES),
			(unsigned long)MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), PART_PAGES);
	MMK_EXPECT_HOLDS(test, h.addr, 1, SEED);
}

/**
 * walk_goes_on_after_skipped_huge_page() - What is behind it is collected
 *
 * A range begins in a huge page that is locked, and ends in another one. The first is
 * skipped, with all of its part of the range; the pages of the other are collected.
 *
 * Contract: MV-1, MV-5
 */
static void walk_goes_on_after_skipped_huge_page(struct kunit *test)
{
	const unsigned int nr = 8;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge(test, mm, 2);
	struct folio *folio = mmk_pmd_folio(test, mm, addr);
	struct mmk_vma *m;
	unsigned int i;

	/* Pages of zeros need not come out of a split as pages. */
	mmk_fill(test, addr + MMK_HUGE_SIZE, nr, SEED);
	lru_add_drain_all();
	m = mmk_vma_alloc(test, mm, addr + MMK_HUGE_SIZE - nr * PAGE_SIZE,
			  2 * nr, MIGRATE_VMA_SELECT_SYSTEM, dev);
	folio_lock(folio);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
	folio_unlock(folio);
	KUNIT_EXPECT_EQ(test, m->args.npages, 2UL * nr);
	KUNIT_EXPECT_EQ(test, m->args.cpages, (unsigned long)nr);
	for (i = 0; i < 2 * nr; i++)
		KUNIT_EXPECT_EQ_MSG(test, !!(m->src[i] & MIGRATE_PFN_MIGRATE),
				    i >= nr, "page %u", i);
	MMK_EXPECT_PMD(test, mm, addr, PRESENT);
	if (m->open)
		mmk_vma_finalize(m);
	MMK_EXPECT_HOLDS(test, addr + MMK_HUGE_SIZE, nr, SEED);
}

static struct kunit_case huge_page_migrate_vma_cases[] = {
	KUNIT_CASE(huge_page_is_split_for_a_device),
	KUNIT_CASE(locked_huge_page_is_skipped),
	KUNIT_CASE(pinned_huge_page_is_skipped),
	KUNIT_CASE(huge_page_under_migration_is_skipped),
	KUNIT_CASE(huge_zero_page_is_offered_as_holes),
	KUNIT_CASE(huge_page_in_hole_stays),
	KUNIT_CASE(walk_goes_on_after_skipped_huge_page),
	{}
};

static struct kunit_suite huge_page_migrate_vma_suite = {
	.name = "huge_page_migrate_vma",
	.suite_init = huge_zero_prepare,
	.init = mmk_case_init,
	.test_cases = huge_page_migrate_vma_cases,
};

kunit_test_suite(huge_page_migrate_vma_suite);
