// SPDX-License-Identifier: GPL-2.0
/*
 * A device that asks for a page of hugetlb, which is being moved or is not:
 * Documentation/mm/hmm.rst.
 */
#include <kunit/test.h>
#include <linux/hmm.h>
#include <linux/mm.h>

#include "../lib/guard.h"
#include "../lib/mirror.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "hugetlb.h"

/* The device asks for the huge page from here on. */
#define ASK_FIRST	3
#define ASK_NR		(MMK_HUGE_PAGES - ASK_FIRST)

/**
 * struct ask - A task that asks hmm_range_fault() for a part of a huge page
 * @task: the task
 * @device: the device
 * @addr: user address of the first page
 * @pfns: HMM_PFN_REQ_*, and then what hmm_range_fault() has found
 * @ret: what hmm_range_fault() returned
 */
struct ask {
	struct mmk_task task;
	struct mmk_mirror device;
	unsigned long addr;
	unsigned long pfns[ASK_NR];
	int ret;
};

static void ask_run(struct mmk_task *task)
{
	struct ask *ask = container_of(task, struct ask, task);
	struct hmm_range range = {
		.start		= ask->addr,
		.end		= ask->addr + ASK_NR * PAGE_SIZE,
		.hmm_pfns	= ask->pfns,
		.pfn_flags_mask	= HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE,
	};

	ask->ret = mmk_mirror_ask(&ask->device, &range);
}

static struct ask *ask_alloc(struct kunit *test, struct ht *ht,
			     unsigned long want)
{
	struct ask *ask = mmk_task_alloc(test, sizeof(*ask), ht->mm, ask_run);
	unsigned int i;

	ask->addr = ht->addr + ASK_FIRST * PAGE_SIZE;
	for (i = 0; i < ASK_NR; i++)
		ask->pfns[i] = want;
	mmk_mirror_insert(test, &ask->device, ht->mm, ask->addr,
			  ASK_NR * PAGE_SIZE);
	return ask;
}

/* Each page has been found, may be written to, and is a part of @folio. */
static void expect_found(struct kunit *test, struct ask *ask,
			 struct folio *folio)
{
	const unsigned long flags = HMM_PFN_VALID | HMM_PFN_WRITE;
	unsigned int i, wrong = 0;

	KUNIT_EXPECT_EQ(test, ask->ret, 0);
	for (i = 0; i < ASK_NR; i++)
		if ((ask->pfns[i] & (flags | HMM_PFN_ERROR)) != flags ||
		    hmm_pfn_to_page(ask->pfns[i]) !=
		    folio_page(folio, ASK_FIRST + i) ||
		    hmm_pfn_to_map_order(ask->pfns[i]) != PMD_ORDER)
			wrong++;
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0U, "pages that were not found");
}

static unsigned int count_valid(struct ask *ask)
{
	unsigned int i, n = 0;

	for (i = 0; i < ASK_NR; i++)
		n += !!(ask->pfns[i] & HMM_PFN_VALID);
	return n;
}

/**
 * struct ask_case - A page that a device asks for
 * @description: for the KTAP line
 * @shared: it is mapped shared
 * @moved: the migration succeeds
 */
struct ask_case {
	const char *description;
	bool shared;
	bool moved;
};

static const struct ask_case ask_cases[] = {
	{ "private, moved", false, true },
	{ "private, put back", false, false },
	{ "shared, moved", true, true },
};

KUNIT_ARRAY_PARAM_DESC(ask, ask_cases, description);

/**
 * device_waits_for_the_huge_page() - With HMM_PFN_REQ_FAULT
 *
 * hmm_range_fault() sleeps, without a reference, until the migration is over, and then finds
 * each page where it is, as a part of a mapping of that order.
 *
 * Contract: ME-14, HT-1
 */
static void device_waits_for_the_huge_page(struct kunit *test)
{
	const struct ask_case *how = test->param_value;
	struct ht_hold *hold;
	struct folio *now;
	struct ask *ask;
	struct ht ht;
	int refs;

	ht_map(test, &ht, 1, how->shared, "");
	ask = ask_alloc(test, &ht, HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE);
	hold = ht_hold(test, &ht);
	refs = folio_ref_count(ht.folio);
	mmk_task_start(&ask->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&ask->task));
	KUNIT_EXPECT_EQ(test, folio_ref_count(ht.folio), refs);
	now = ht_hold_end(test, hold, how->moved);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&ask->task));
	expect_found(test, ask, now);
}

/**
 * device_is_told_of_the_huge_page() - Without HMM_PFN_REQ_FAULT
 *
 * While the page is under migration no page is valid, nobody waits, and the entry stays.
 * When it is back each one is found.
 *
 * Contract: ME-14, HT-1
 */
static void device_is_told_of_the_huge_page(struct kunit *test)
{
	const struct ask_case *how = test->param_value;
	struct ht_hold *hold;
	struct folio *now;
	struct ask *ask;
	struct ht ht;

	ht_map(test, &ht, 1, how->shared, "");
	ask = ask_alloc(test, &ht, 0);
	hold = ht_hold(test, &ht);
	mmk_task_start(&ask->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&ask->task));
	KUNIT_EXPECT_EQ(test, ask->ret, 0);
	KUNIT_EXPECT_EQ(test, count_valid(ask), 0U);
	HT_EXPECT_PTE(test, ht.mm, ht.addr, MIGRATION_WRITE);
	now = ht_hold_end(test, hold, how->moved);
	ask = ask_alloc(test, &ht, 0);
	mmk_task_start(&ask->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&ask->task));
	expect_found(test, ask, now);
}

static struct kunit_case hugetlb_hmm_cases[] = {
	KUNIT_CASE_PARAM(device_waits_for_the_huge_page, ask_gen_params),
	KUNIT_CASE_PARAM(device_is_told_of_the_huge_page, ask_gen_params),
	{}
};

static struct kunit_suite hugetlb_hmm_suite = {
	.name = "hugetlb_hmm",
	.init = mmk_case_init,
	.test_cases = hugetlb_hmm_cases,
};

kunit_test_suite(hugetlb_hmm_suite);
