// SPDX-License-Identifier: GPL-2.0
/*
 * Huge pages on a device that are looked at, split, advised of and left behind by an exit.
 * Whatever there is in the pmd, a page is what it would be if a pte of its own stood for it.
 */
#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/leaf.h"
#include "../compat/pgmap.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/proc.h"
#include "../lib/pte.h"
#include "hdev.h"
#include "hpage.h"

/* Bits of a word of pagemap, from admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT	BIT_ULL(63)
#define PAGEMAP_SWAP	BIT_ULL(62)
#define PAGEMAP_TYPE	GENMASK_ULL(4, 0)
#define PAGEMAP_OFFSET	GENMASK_ULL(54, 5)

/**
 * struct look_way - How a huge page is mapped that goes to a device
 * @description: for the log
 * @kind: of the entry that its pmd becomes
 * @device: and of the entry that stands for the device page
 */
struct look_way {
	const char *description;
	enum mmk_pte_kind kind;
	enum mmk_pte_kind device;
};

static const struct look_way look_ways[] = {
	{ "writable", MMK_PTE_MIGRATION_WRITE, MMK_PTE_DEVICE_PRIVATE_WRITE },
	{ "read-only, exclusive", MMK_PTE_MIGRATION_READ_EXCLUSIVE,
	  MMK_PTE_DEVICE_PRIVATE_READ },
	{ "shared", MMK_PTE_MIGRATION_READ, MMK_PTE_DEVICE_PRIVATE_READ },
};

KUNIT_ARRAY_PARAM_DESC(look, look_ways, description);

static u64 *read_pagemap(struct kunit *test, struct mmk_proc *proc,
			 unsigned long addr)
{
	size_t len = MMK_HUGE_PAGES * sizeof(u64);
	u64 *words = kunit_kzalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, words);
	KUNIT_ASSERT_EQ(test, len,
			mmk_proc_read(test, proc, "pagemap",
				      addr / PAGE_SIZE * sizeof(u64), words,
				      len));
	return words;
}

/**
 * pagemap_tells_pages_of_huge_device_page() - Without a warning
 *
 * Each page is in "swap", with the type of the device's entries, and an offset that counts
 * up from page to page. When ptes stand for the pages, all words are the same.
 *
 * Contract: LF-9
 */
static void pagemap_tells_pages_of_huge_device_page(struct kunit *test)
{
	const struct look_way *w = test->param_value;
	struct mmk_proc *proc;
	u64 *by_pmd, *by_pte;
	softleaf_t entry;
	struct hpage h;
	unsigned int i;

	hpage_init(test, &h, w->kind);
	hdev_move_in(test, h.mm, h.addr, h.dev);
	proc = mmk_proc_alloc(test);
	entry = softleaf_from_pmd(mmk_pmd(h.mm, h.addr));
	by_pmd = read_pagemap(test, proc, h.addr);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		if (!(by_pmd[i] & PAGEMAP_SWAP) ||
		    by_pmd[i] & PAGEMAP_PRESENT ||
		    FIELD_GET(PAGEMAP_TYPE, by_pmd[i]) != swp_type(entry) ||
		    FIELD_GET(PAGEMAP_OFFSET, by_pmd[i]) !=
		    swp_offset(entry) + i)
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, MMK_HUGE_PAGES,
			    "first page that is not told right");
	MMK_EXPECT_KIND(test, mmk_pmd_kind(h.mm, h.addr), w->device);
	mmk_split_pmd(h.mm, h.addr);
	by_pte = read_pagemap(test, proc, h.addr);
	for (i = 0; i < MMK_HUGE_PAGES && by_pmd[i] == by_pte[i]; i++)
		;
	KUNIT_EXPECT_EQ_MSG(test, i, MMK_HUGE_PAGES,
			    "first page that is another by its pte");
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
	mmk_proc_end(test, proc);
}

/**
 * smaps_counts_pages_of_huge_device_page() - By a pmd or by ptes
 *
 * What the VMA has, shares and has touched does not depend on how it is mapped. All of it is
 * anonymous, and nothing is in swap.
 *
 * Contract: LF-9
 */
static void smaps_counts_pages_of_huge_device_page(struct kunit *test)
{
	const struct look_way *w = test->param_value;
	struct mmk_smaps by_pmd, by_pte;
	struct mmk_proc *proc;
	struct hpage h;

	hpage_init(test, &h, w->kind);
	hdev_move_in(test, h.mm, h.addr, h.dev);
	proc = mmk_proc_alloc(test);
	mmk_proc_smaps(test, proc, h.addr, &by_pmd);
	mmk_split_pmd(h.mm, h.addr);
	mmk_proc_smaps(test, proc, h.addr, &by_pte);
	KUNIT_EXPECT_EQ(test, by_pmd.rss, by_pte.rss);
	KUNIT_EXPECT_EQ(test, by_pmd.pss, by_pte.pss);
	KUNIT_EXPECT_EQ(test, by_pmd.anonymous, by_pte.anonymous);
	KUNIT_EXPECT_EQ(test, by_pmd.swap, by_pte.swap);
	KUNIT_EXPECT_EQ(test, by_pmd.referenced, by_pte.referenced);
	KUNIT_EXPECT_EQ(test, by_pmd.shared, by_pte.shared);
	KUNIT_EXPECT_EQ(test, by_pmd.private, by_pte.private);
	KUNIT_EXPECT_EQ(test, by_pmd.anonymous, (long)(MMK_HUGE_SIZE / SZ_1K));
	KUNIT_EXPECT_EQ(test, by_pmd.swap, 0L);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
	mmk_proc_end(test, proc);
}

/* The first page without a device-private pte of @kind, or with a wrong mapcount */
static unsigned int ptes_right(struct mm_struct *mm, struct hpage *h,
			       enum mmk_pte_kind kind, int mapped)
{
	unsigned int i;

	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		pte_t pte = mmk_pte(mm, h->addr + i * PAGE_SIZE);
		struct page *page = folio_page(h->folio, i);

		if (mmk_pte_classify(pte) != kind ||
		    softleaf_to_pfn(softleaf_from_pte(pte)) !=
		    page_to_pfn(page) ||
		    atomic_read(&page->_mapcount) + 1 != mapped ||
		    PageAnonExclusive(page) != !h->child)
			break;
	}
	return i;
}

/**
 * pmd_of_a_huge_device_page_is_split() - Each page gets a pte of its own
 *
 * Of the kind that the pmd had, and exclusive if it was. The folio stays whole, with a
 * mapping and a reference for each pte. If a child has it too, that one still maps it by its
 * pmd, until its pmd is split, too. All bytes come back by faults.
 *
 * Contract: LF-9
 */
static void pmd_of_a_huge_device_page_is_split(struct kunit *test)
{
	const struct look_way *w = test->param_value;
	const int nr = MMK_HUGE_PAGES;
	struct hpage h;

	hpage_init(test, &h, w->kind);
	h.folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	mmk_split_pmd(h.mm, h.addr);
	MMK_EXPECT_PMD(test, h.mm, h.addr, TABLE);
	KUNIT_EXPECT_EQ_MSG(test, ptes_right(h.mm, &h, w->device, 1),
			    MMK_HUGE_PAGES, "first page that is not right");
	KUNIT_EXPECT_EQ(test, folio_order(h.folio), (unsigned int)PMD_ORDER);
	KUNIT_EXPECT_EQ(test, folio_entire_mapcount(h.folio), !!h.child);
	KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), nr + !!h.child);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), nr + !!h.child);
	mmk_expect_mm_same(test, "split", h.mm, &h.rss);
	if (h.child) {
		MMK_EXPECT_PMD(test, h.child, h.addr, DEVICE_PRIVATE_READ);
		mmk_split_pmd(h.child, h.addr);
		KUNIT_EXPECT_EQ_MSG(test, ptes_right(h.child, &h, w->device, 2),
				    MMK_HUGE_PAGES,
				    "first page that is not right in the child");
		KUNIT_EXPECT_EQ(test, folio_entire_mapcount(h.folio), 0);
		KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), 2 * nr);
		KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 2 * nr);
	}
	KUNIT_EXPECT_EQ(test, h.dev->freed, 0U);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	if (h.child)
		MMK_EXPECT_MM_HOLDS(test, h.child, h.addr, MMK_HUGE_PAGES,
				    MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(h.dev), 0U);
	KUNIT_EXPECT_EQ(test, h.dev->freed, MMK_HUGE_PAGES);
	mmk_expect_mm_same(test, "back", h.mm, &h.rss);
}

/**
 * struct advice - What madvise() is asked for
 * @description: for the log
 * @advice: MADV_*
 * @first: first page
 * @nr: how many
 */
struct advice {
	const char *description;
	int advice;
	unsigned int first;
	unsigned int nr;
};

static const struct advice advices[] = {
	{ "cold, all of it", MADV_COLD, 0, MMK_HUGE_PAGES },
	{ "cold, a part", MADV_COLD, 7, 100 },
	{ "pageout, all of it", MADV_PAGEOUT, 0, MMK_HUGE_PAGES },
	{ "pageout, a part", MADV_PAGEOUT, 7, 100 },
	{ "free, all of it", MADV_FREE, 0, MMK_HUGE_PAGES },
	{ "free, a part", MADV_FREE, 7, 100 },
	{ "willneed, all of it", MADV_WILLNEED, 0, MMK_HUGE_PAGES },
};

KUNIT_ARRAY_PARAM_DESC(advice, advices, description);

/**
 * advice_leaves_huge_device_page_alone() - About reclaim, and reading ahead
 *
 * The page is on a device. It cannot be reclaimed, and nobody has asked for it: it stays
 * there, and the driver is not asked for it. Each page that a pte stands for would, too.
 *
 * Contract: LF-9
 */
static void advice_leaves_huge_device_page_alone(struct kunit *test)
{
	const struct advice *a = test->param_value;
	struct hpage h;
	pmd_t pmd;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	h.folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	pmd = mmk_pmd(h.mm, h.addr);
	KUNIT_EXPECT_EQ(test, do_madvise(h.mm, h.addr + a->first * PAGE_SIZE,
					 a->nr * PAGE_SIZE, a->advice), 0);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
	KUNIT_EXPECT_EQ(test, h.dev->freed, 0U);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(h.mm, h.addr)), pmd_val(pmd));
	KUNIT_EXPECT_EQ(test, folio_order(h.folio), (unsigned int)PMD_ORDER);
	KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 1);
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(folio_page(h.folio, 0)));
	mmk_expect_mm_same(test, "advised", h.mm, &h.rss);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/**
 * exit_gives_a_huge_device_page_back() - The last mapping goes
 *
 * A child that exits drops its mapping and its reference. When the last mm that has the pmd
 * exits, the driver has the folio back: once, whole, and without a fault.
 *
 * Contract: LF-9, LF-11
 */
static void exit_gives_a_huge_device_page_back(struct kunit *test)
{
	struct mm_struct *first, *last;
	struct hpage h;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	h.folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	first = mmk_fork(test);
	last = mmk_fork(test);
	KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), 3);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 3);
	mmk_mm_put(test, first);
	KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), 2);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 2);
	KUNIT_EXPECT_EQ(test, vm_munmap(h.addr, MMK_HUGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), 1);
	KUNIT_EXPECT_EQ(test, h.dev->freed, 0U);
	mmk_mm_put(test, last);
	KUNIT_EXPECT_EQ(test, h.dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, h.dev->freed, MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
	KUNIT_EXPECT_EQ(test, mmk_mthp_stat(MTHP_STAT_NR_ANON), h.thps - 1);
}

static struct kunit_case large_folio_look_cases[] = {
	KUNIT_CASE_PARAM(pagemap_tells_pages_of_huge_device_page,
			 look_gen_params),
	KUNIT_CASE_PARAM(smaps_counts_pages_of_huge_device_page,
			 look_gen_params),
	KUNIT_CASE_PARAM(pmd_of_a_huge_device_page_is_split, look_gen_params),
	KUNIT_CASE_PARAM(advice_leaves_huge_device_page_alone,
			 advice_gen_params),
	KUNIT_CASE(exit_gives_a_huge_device_page_back),
	{}
};

static struct kunit_suite large_folio_look_suite = {
	.name = "large_folio_look",
	.init = mmk_case_init,
	.test_cases = large_folio_look_cases,
};

kunit_test_suite(large_folio_look_suite);
