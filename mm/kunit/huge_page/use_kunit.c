// SPDX-License-Identifier: GPL-2.0
/*
 * What is done with a huge page before and after it is migrated: a write after fork(),
 * advice on a part of it, a split.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/swap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "huge_page.h"

/* What is written after fork() */
#define OTHER	0xb7

static u8 byte_at(struct kunit *test, struct mm_struct *mm, unsigned long addr)
{
	u8 byte = 0;

	KUNIT_EXPECT_EQ(test, access_remote_vm(mm, addr, &byte, 1, 0), 1);
	return byte;
}

/**
 * struct write_case - A write to a huge page after fork()
 * @description: for the KTAP line
 * @child_writes: the child does; if not, the parent
 * @protect: mprotect() to read-only and back comes first
 * @gone: the child has ended by then
 * @held: somebody refers to the page
 */
struct write_case {
	const char *description;
	bool child_writes;
	bool protect;
	bool gone;
	bool held;
};

static const struct write_case write_cases[] = {
	{ "by the parent", false },
	{ "by the child", true },
	{ "by the parent, protected in between", false, true },
	{ "by the parent, which is alone", false, false, true },
	{ "by the parent, which is alone, protected in between", false, true,
	  true },
	{ "by the parent, which is alone, held", false, false, true, true },
};

KUNIT_ARRAY_PARAM_DESC(write, write_cases, description);

/**
 * write_is_seen_by_one_process() - A huge page that fork() has shared
 *
 * "Memory writes performed by one of the processes do not affect the other" (fork(2)).
 * As long as both map the page, none has it writable, whatever mprotect() allows.
 *
 * Contract: EW-1
 */
static void write_is_seen_by_one_process(struct kunit *test)
{
	const struct write_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge(test, mm, 1);
	struct folio *folio = mmk_pmd_folio(test, mm, addr);
	struct mm_struct *child, *writer, *other;
	u8 before;

	mmk_fill(test, addr, MMK_HUGE_PAGES, SEED);
	before = byte_at(test, mm, addr);
	KUNIT_ASSERT_NE(test, before, OTHER);
	lru_add_drain_all();
	child = mmk_fork(test);
	writer = c->child_writes ? child : mm;
	other = c->child_writes ? mm : child;
	KUNIT_EXPECT_FALSE(test, pmd_write(mmk_pmd(mm, addr)));
	KUNIT_EXPECT_FALSE(test, pmd_write(mmk_pmd(child, addr)));
	if (c->held)
		mmk_folio_get(test, folio);
	if (c->gone)
		mmk_mm_put(test, child);
	if (c->protect) {
		KUNIT_ASSERT_EQ(test, sys_mprotect(addr, MMK_HUGE_SIZE,
						   PROT_READ), 0L);
		KUNIT_ASSERT_EQ(test, sys_mprotect(addr, MMK_HUGE_SIZE,
						   PROT_READ | PROT_WRITE), 0L);
		if (!c->gone)
			KUNIT_EXPECT_FALSE(test, pmd_write(mmk_pmd(mm, addr)));
	}
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(writer, addr, OTHER), 0);
	KUNIT_EXPECT_EQ(test, byte_at(test, writer, addr), OTHER);
	MMK_EXPECT_PART_HOLDS(test, writer, addr + PAGE_SIZE, 1,
			      MMK_HUGE_PAGES - 1, SEED);
	if (!c->gone)
		MMK_EXPECT_MM_HOLDS(test, other, addr, MMK_HUGE_PAGES, SEED);
	/* Nobody else has it: there is nothing to copy it for. */
	if (c->gone && !c->held) {
		MMK_EXPECT_PMD(test, mm, addr, PRESENT);
		KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, mm, addr), folio);
		KUNIT_EXPECT_TRUE(test, PageAnonExclusive(&folio->page));
	}
}

/**
 * pinned_huge_page_stays_with_the_parent() - fork() of a page that DMA goes to
 *
 * What a device writes to a pinned page has to arrive at the process that has pinned it
 * (Documentation/core-api/pin_user_pages.rst): fork() gives the child a copy at once, and
 * the parent keeps the page, even when it writes to it later.
 *
 * Contract: EW-1
 */
static void pinned_huge_page_stays_with_the_parent(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge(test, mm, 1);
	struct mm_struct *child;
	struct page *page;

	mmk_fill(test, addr, MMK_HUGE_PAGES, SEED);
	page = mmk_pin(test, addr, FOLL_WRITE);
	child = mmk_fork(test);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, addr, OTHER), 0);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(page), OTHER);
	MMK_EXPECT_PART_HOLDS(test, mm, addr + PAGE_SIZE, 1, MMK_HUGE_PAGES - 1,
			      SEED);
	MMK_EXPECT_MM_HOLDS(test, child, addr, MMK_HUGE_PAGES, SEED);
	mmk_unpin(test, page);
}

/**
 * struct advice_case - Advice on a part of a huge page
 * @description: for the KTAP line
 * @advice: MADV_*
 * @first: first page that it is about
 * @nr: pages
 */
struct advice_case {
	const char *description;
	int advice;
	unsigned int first;
	unsigned int nr;
};

static const struct advice_case advice_cases[] = {
	{ "cold, the first half", MADV_COLD, 0, 256 },
	{ "cold, one page", MADV_COLD, 3, 1 },
	{ "page out, the second half", MADV_PAGEOUT, 256, 256 },
	{ "page out, one page", MADV_PAGEOUT, 3, 1 },
};

KUNIT_ARRAY_PARAM_DESC(advice, advice_cases, description);

/**
 * advice_is_about_the_pages_that_it_names() - A part of a huge page
 *
 * MADV_PAGEOUT takes exactly the pages of the range out of memory, and MADV_COLD takes
 * none. The others are where they were.
 *
 * Contract: EW-1
 */
static void advice_is_about_the_pages_that_it_names(struct kunit *test)
{
	const struct advice_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge(test, mm, 1);
	unsigned int i;

	mmk_swap_on(test);
	mmk_fill(test, addr, MMK_HUGE_PAGES, SEED);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, do_madvise(mm, addr + c->first * PAGE_SIZE,
					 c->nr * PAGE_SIZE, c->advice), 0);
	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		enum mmk_pte_kind kind = mmk_pte_kind(mm, addr + i * PAGE_SIZE);
		bool out = c->advice == MADV_PAGEOUT && i >= c->first &&
			   i < c->first + c->nr;

		if (kind != (out ? MMK_PTE_SWAP : MMK_PTE_PRESENT))
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, MMK_HUGE_PAGES,
			    "first page that is not right");
	MMK_EXPECT_MM_HOLDS(test, mm, addr, MMK_HUGE_PAGES, SEED);
}

/* What is counted of splits: see Documentation/admin-guide/mm/transhuge.rst */
struct counted {
	unsigned long pmd;
	unsigned long page;
	unsigned long failed;
	unsigned long deferred;
	long split;
	long split_failed;
	long split_deferred;
	long nr_anon;
};

static void count(struct counted *c)
{
	*c = (struct counted){
		.pmd = mmk_vm_event(THP_SPLIT_PMD),
		.page = mmk_vm_event(THP_SPLIT_PAGE),
		.failed = mmk_vm_event(THP_SPLIT_PAGE_FAILED),
		.deferred = mmk_vm_event(THP_DEFERRED_SPLIT_PAGE),
		.split = mmk_mthp_stat(MTHP_STAT_SPLIT),
		.split_failed = mmk_mthp_stat(MTHP_STAT_SPLIT_FAILED),
		.split_deferred = mmk_mthp_stat(MTHP_STAT_SPLIT_DEFERRED),
		.nr_anon = mmk_mthp_stat(MTHP_STAT_NR_ANON),
	};
}

/* Exactly this much more has been counted since the last call. */
static void expect_counted(struct kunit *test, const char *what,
			   struct counted *before, const struct counted *more)
{
	struct counted now;

	count(&now);
	KUNIT_EXPECT_EQ_MSG(test, now.pmd - before->pmd, more->pmd, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, now.page - before->page, more->page, "%s",
			    what);
	KUNIT_EXPECT_EQ_MSG(test, now.failed - before->failed, more->failed,
			    "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, now.deferred - before->deferred,
			    more->deferred, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, now.split - before->split, more->split, "%s",
			    what);
	KUNIT_EXPECT_EQ_MSG(test, now.split_failed - before->split_failed,
			    more->split_failed, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, now.split_deferred - before->split_deferred,
			    more->split_deferred, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, now.nr_anon - before->nr_anon, more->nr_anon,
			    "%s", what);
	*before = now;
}

/**
 * each_split_is_counted() - In /proc/vmstat, and for each size
 *
 * The mapping of a huge page is split, a page of it is given up, so that it is queued for a
 * split, a split fails, since somebody has a reference, and one succeeds. Each of these is
 * counted once, where transhuge.rst says, and nothing else is.
 *
 * Contract: LF-2, LF-3
 */
static void each_split_is_counted(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge(test, mm, 1);
	struct folio *folio = mmk_pmd_folio(test, mm, addr);
	struct counted c;

	mmk_fill(test, addr, MMK_HUGE_PAGES, SEED);
	lru_add_drain_all();
	count(&c);
	KUNIT_ASSERT_EQ(test, sys_mprotect(addr, PAGE_SIZE, PROT_READ), 0L);
	expect_counted(test, "mapping split", &c, &(struct counted){ .pmd = 1 });
	KUNIT_ASSERT_EQ(test, do_madvise(mm, addr + PAGE_SIZE, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	expect_counted(test, "page given up", &c,
		       &(struct counted){ .deferred = 1, .split_deferred = 1 });
	KUNIT_ASSERT_EQ(test, do_madvise(mm, addr + 2 * PAGE_SIZE, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	expect_counted(test, "another page given up", &c,
		       &(struct counted){ });

	/* One reference is that of the caller, and one is too many. */
	folio_get(folio);
	folio_get(folio);
	folio_lock(folio);
	KUNIT_EXPECT_LT(test, split_folio(folio), 0);
	expect_counted(test, "split failed", &c,
		       &(struct counted){ .failed = 1, .split_failed = 1 });
	folio_put(folio);
	KUNIT_EXPECT_EQ(test, split_folio(folio), 0);
	folio_unlock(folio);
	folio_put(folio);
	expect_counted(test, "split", &c,
		       &(struct counted){ .page = 1, .split = 1,
					  .nr_anon = -1 });
	MMK_EXPECT_PART_HOLDS(test, mm, addr + 3 * PAGE_SIZE, 3,
			      MMK_HUGE_PAGES - 3, SEED);
}

/**
 * struct flag_case - What is known of a folio that is split
 * @description: for the KTAP line
 * @set: sets what says it
 * @has: whether a folio has it
 */
struct flag_case {
	const char *description;
	void (*set)(struct folio *folio);
	bool (*has)(const struct folio *folio);
};

static void set_referenced(struct folio *folio)
{
	folio_set_referenced(folio);
}

static bool has_referenced(const struct folio *folio)
{
	return folio_test_referenced(folio);
}

static void set_workingset(struct folio *folio)
{
	folio_set_workingset(folio);
}

static bool has_workingset(const struct folio *folio)
{
	return folio_test_workingset(folio);
}

static void set_dirty(struct folio *folio)
{
	folio_mark_dirty(folio);
}

static bool has_dirty(const struct folio *folio)
{
	return folio_test_dirty(folio);
}

static void set_nothing(struct folio *folio)
{
}

static bool has_swapbacked(const struct folio *folio)
{
	return folio_test_swapbacked(folio) && folio_test_uptodate(folio);
}

static void set_mlocked(struct folio *folio)
{
	folio_set_mlocked(folio);
}

static bool has_mlocked(const struct folio *folio)
{
	return folio_test_mlocked(folio);
}

static const struct flag_case flag_cases[] = {
	{ "referenced", set_referenced, has_referenced },
	{ "workingset", set_workingset, has_workingset },
	{ "dirty", set_dirty, has_dirty },
	{ "swapbacked and uptodate", set_nothing, has_swapbacked },
	{ "locked into memory", set_mlocked, has_mlocked },
};

KUNIT_ARRAY_PARAM_DESC(flag, flag_cases, description);

/**
 * split_keeps_what_is_known_of_a_folio() - Each piece is what the folio was
 *
 * "All page flags of the original folio are kept" where they are about its contents and
 * its use: what was known of all of it is known of each piece. What was not set is not.
 *
 * Contract: LF-3
 */
static void split_keeps_what_is_known_of_a_folio(struct kunit *test)
{
	const struct flag_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct page *page;
	struct mmk_large l;
	unsigned int i, j;

	mmk_large_map(test, &l, mm, 4);
	lru_add_drain_all();
	folio_clear_referenced(l.folio);
	folio_clear_dirty(l.folio);
	page = &l.folio->page;
	c->set(l.folio);
	KUNIT_ASSERT_TRUE(test, c->has(l.folio));
	folio_lock(l.folio);
	/* The reference for the split is that of its caller. */
	folio_get(l.folio);
	KUNIT_EXPECT_EQ(test, split_folio(l.folio), 0);
	folio_unlock(l.folio);
	folio_put(l.folio);
	for (i = 0; i < l.nr; i++) {
		struct folio *piece = page_folio(page + i);

		KUNIT_ASSERT_FALSE(test, folio_test_large(piece));
		for (j = 0; j < ARRAY_SIZE(flag_cases); j++)
			if (flag_cases[j].set == c->set ||
			    flag_cases[j].set == set_nothing)
				KUNIT_EXPECT_TRUE_MSG(test, flag_cases[j].has(piece),
						      "page %u is not %s", i,
						      flag_cases[j].description);
		folio_clear_mlocked(piece);
	}
	MMK_EXPECT_MM_HOLDS(test, mm, l.addr, l.nr, MMK_LARGE_SEED);
}

/**
 * mlocked_file_page_is_split() - A huge page of tmpfs
 *
 * Memory that is locked stays in memory, which a split does not change: it succeeds, and
 * the contents are there.
 *
 * Contract: LF-7
 */
static void mlocked_file_page_is_split(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge_file(test, mm);
	struct folio *folio;

	mmk_fill(test, addr, MMK_HUGE_PAGES, SEED);
	KUNIT_ASSERT_EQ(test, sys_mlock(addr, MMK_HUGE_SIZE), 0L);
	lru_add_drain_all();
	folio = mmk_pmd_folio(test, mm, addr);
	folio_get(folio);
	folio_lock(folio);
	KUNIT_EXPECT_EQ(test, split_folio(folio), 0);
	folio_unlock(folio);
	KUNIT_EXPECT_FALSE(test, folio_test_large(folio));
	folio_put(folio);
	MMK_EXPECT_MM_HOLDS(test, mm, addr, MMK_HUGE_PAGES, SEED);
}

static struct kunit_case huge_page_use_cases[] = {
	KUNIT_CASE_PARAM(write_is_seen_by_one_process, write_gen_params),
	KUNIT_CASE(pinned_huge_page_stays_with_the_parent),
	KUNIT_CASE_PARAM(advice_is_about_the_pages_that_it_names,
			 advice_gen_params),
	KUNIT_CASE(each_split_is_counted),
	KUNIT_CASE_PARAM(split_keeps_what_is_known_of_a_folio, flag_gen_params),
	KUNIT_CASE(mlocked_file_page_is_split),
	{}
};

static struct kunit_suite huge_page_use_suite = {
	.name = "huge_page_use",
	.init = mmk_case_init,
	.test_cases = huge_page_use_cases,
};

kunit_test_suite(huge_page_use_suite);
