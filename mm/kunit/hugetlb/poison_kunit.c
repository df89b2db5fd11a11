// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of hugetlb that fail, or are taken out of use before they do. "The kernel, after a
 * page has been poisoned, unmaps it, and kills who accesses it"; all of a huge page is lost
 * to who maps it: Documentation/mm/hwpoison.rst and memory_failure().
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/page-flags.h>
#include <linux/syscalls.h>

#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../memory_failure/memory_failure.h"
#include "hugetlb.h"

/* The page of the huge page that fails */
#define LOST_PAGE	3

/**
 * struct lost_case - A huge page, and which of its pages fails
 * @description: for the KTAP line
 * @child: a child has it as well
 * @page: that
 */
struct lost_case {
	const char *description;
	bool child;
	unsigned int page;
};

static const struct lost_case lost_cases[] = {
	{ "one page", false, LOST_PAGE },
	{ "the first page", false, 0 },
	{ "one page, with a child", true, LOST_PAGE },
};

KUNIT_ARRAY_PARAM_DESC(lost, lost_cases, description);

/* @others: huge pages of the mm beside the lost one */
static void expect_lost(struct kunit *test, struct mm_struct *mm,
			unsigned long addr, long others)
{
	HT_EXPECT_PTE(test, mm, addr, HWPOISON);
	hp_expect_sigbus(test, mm, addr);
	hp_expect_sigbus(test, mm, addr + (MMK_HUGE_PAGES - 1) * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, ht_usage(mm), others);
}

static unsigned int count_poisoned(struct page *first)
{
	unsigned int i, n = 0;

	for (i = 0; i < MMK_HUGE_PAGES; i++)
		n += !!PageHWPoison(first + i);
	return n;
}

/**
 * poisoned_huge_page_is_an_entry() - A page of a private huge page fails
 *
 * Each mapping has a hwpoison entry, who touches any part of it gets SIGBUS, and it is
 * counted nowhere. The page that has failed is out of use, and the only one: the others are
 * free. It is no huge page any more. Poisoned again, it is known as such.
 *
 * Contract: HP-1, HT-1
 */
static void poisoned_huge_page_is_an_entry(struct kunit *test)
{
	const struct lost_case *how = test->param_value;
	struct hp *hp = hp_alloc(test);
	struct mm_struct *child = NULL;
	struct ht_pool before, after;
	struct page *first, *page;
	struct ht ht;

	ht_map(test, &ht, 1, false, "");
	ht_pool(&ht, &before);
	if (how->child)
		child = mmk_fork(test);
	first = folio_page(ht.folio, 0);
	page = first + how->page;
	KUNIT_ASSERT_EQ(test, hp_poison(test, hp, page), 0);
	expect_lost(test, ht.mm, ht.addr, 0);
	if (child)
		expect_lost(test, child, ht.addr, 0);
	KUNIT_EXPECT_FALSE(test, folio_test_hugetlb(page_folio(page)));
	hp_expect_out_of_use(test, page);
	KUNIT_EXPECT_EQ(test, count_poisoned(first), 1U);
	ht_pool(&ht, &after);
	KUNIT_EXPECT_EQ(test, after.nr, before.nr - 1);
	KUNIT_EXPECT_EQ(test, after.free, before.free);
	KUNIT_EXPECT_EQ(test, hp_poison(test, hp, page), -EHWPOISON);
}

static void then_fork(struct kunit *test, struct ht *ht)
{
	struct mm_struct *child = mmk_fork(test);

	expect_lost(test, child, ht->addr, 1);
}

static void then_mprotect(struct kunit *test, struct ht *ht)
{
	KUNIT_EXPECT_EQ(test, sys_mprotect(ht->addr, HPAGE_SIZE, PROT_READ),
			0L);
	KUNIT_EXPECT_EQ(test, sys_mprotect(ht->addr, HPAGE_SIZE,
					   PROT_READ | PROT_WRITE), 0L);
}

static void then_look(struct kunit *test, struct ht *ht)
{
	KUNIT_EXPECT_LT(test, access_process_vm(current, ht->addr, &(u8){ 0 },
						1, FOLL_FORCE), 1);
}

static const struct then_case {
	const char *description;
	void (*then)(struct kunit *test, struct ht *ht);
} then_cases[] = {
	{ "fork()", then_fork },
	{ "mprotect()", then_mprotect },
	{ "access_process_vm()", then_look },
};

KUNIT_ARRAY_PARAM_DESC(then, then_cases, description);

/**
 * huge_entry_stays_what_it_is() - What is done to a lost huge page
 *
 * The entry stays, and a child has it as well. The huge page beside it is as before. When
 * it is unmapped, or its range is, the page is out of use as before, and the range can be
 * filled again.
 *
 * Contract: HP-1, HT-1
 */
static void huge_entry_stays_what_it_is(struct kunit *test)
{
	const struct then_case *how = test->param_value;
	struct hp *hp = hp_alloc(test);
	struct page *page;
	struct ht ht;

	ht_map(test, &ht, 2, false, "");
	page = folio_page(ht.folio, LOST_PAGE);
	KUNIT_ASSERT_EQ(test, hp_poison(test, hp, page), 0);
	how->then(test, &ht);
	HT_EXPECT_PTE(test, ht.mm, ht.addr, HWPOISON);
	hp_expect_sigbus(test, ht.mm, ht.addr);
	KUNIT_EXPECT_EQ(test, ht_usage(ht.mm), 1L);
	MMK_EXPECT_PART_HOLDS(test, ht.mm, ht.addr + HPAGE_SIZE,
			      MMK_HUGE_PAGES, MMK_HUGE_PAGES, HT_SEED);
	KUNIT_EXPECT_EQ(test, mmk_mm_madvise(ht.mm, ht.addr, HPAGE_SIZE,
					     MADV_DONTNEED), 0);
	HT_EXPECT_PTE(test, ht.mm, ht.addr, NONE);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(ht.mm, ht.addr, true), 0);
	HT_EXPECT_PTE(test, ht.mm, ht.addr, PRESENT);
	KUNIT_EXPECT_EQ(test, ht_usage(ht.mm), 2L);
	hp_expect_out_of_use(test, page);
}

/**
 * huge_page_moves_away() - Soft offline of a page of a huge page
 *
 * Its data move to another huge page, which is mapped where it was; nothing is lost. The
 * page is out of use, the rest of the old huge page is free. To do it again does nothing.
 *
 * Contract: HP-1, HT-1
 */
static void huge_page_moves_away(struct kunit *test)
{
	const struct lost_case *how = test->param_value;
	struct hp *hp = hp_alloc(test);
	struct mm_struct *child = NULL;
	struct page *first, *page;
	struct folio *now;
	struct ht ht;

	ht_map(test, &ht, 1, false, "");
	if (how->child)
		child = mmk_fork(test);
	first = folio_page(ht.folio, 0);
	page = first + how->page;
	KUNIT_ASSERT_EQ(test, hp_soft_offline(test, hp, page), 0);
	HT_EXPECT_PTE(test, ht.mm, ht.addr, PRESENT);
	now = page_folio(pte_page(ht_pte(ht.mm, ht.addr)));
	KUNIT_EXPECT_PTR_NE(test, folio_page(now, 0), first);
	ht_expect_mapped(test, ht.mm, ht.addr, now, !child);
	KUNIT_EXPECT_EQ(test, folio_mapcount(now), 1 + !!child);
	KUNIT_EXPECT_EQ(test, ht_usage(ht.mm), 1L);
	MMK_EXPECT_HOLDS(test, ht.addr, MMK_HUGE_PAGES, HT_SEED);
	if (child)
		ht_expect_mapped(test, child, ht.addr, now, false);
	hp_expect_out_of_use(test, page);
	KUNIT_EXPECT_EQ(test, count_poisoned(first), 1U);
	KUNIT_EXPECT_EQ(test, hp_soft_offline(test, hp, page), 0);
	hp_expect_out_of_use(test, page);
}

static struct kunit_case hugetlb_poison_cases[] = {
	KUNIT_CASE_PARAM(poisoned_huge_page_is_an_entry, lost_gen_params),
	KUNIT_CASE_PARAM(huge_entry_stays_what_it_is, then_gen_params),
	KUNIT_CASE_PARAM(huge_page_moves_away, lost_gen_params),
	{}
};

static struct kunit_suite hugetlb_poison_suite = {
	.name = "hugetlb_poison",
	.init = mmk_case_init,
	.test_cases = hugetlb_poison_cases,
};

kunit_test_suite(hugetlb_poison_suite);
