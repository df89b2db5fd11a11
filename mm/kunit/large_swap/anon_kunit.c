// SPDX-License-Identifier: GPL-2.0
/*
 * Large anonymous folios that go to swap and come back. What counts as a folio that
 * was swapped out in one piece is told in Documentation/admin-guide/mm/transhuge.rst.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/huge.h"
#include "../compat/param.h"
#include "../compat/swap.h"
#include "../lib/disk.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "large_swap.h"

KUNIT_ARRAY_PARAM_DESC(size, ls_sizes, description);

/**
 * folio_goes_out_in_one_piece() - A large folio is swapped out
 *
 * It counts as one that was not split. Its pages have neighbouring slots, in
 * their order, each with one user; the mm has as many swap entries as it had
 * pages. All slots are free when the entries are unmapped.
 *
 * Contract: TS-1
 */
static void folio_goes_out_in_one_piece(struct kunit *test)
{
	struct mmk_mm_state before, after;
	unsigned int i, shared = 0;
	long out, fallback;
	struct ls ls;

	ls_map(test, &ls, test->param_value);
	mmk_mm_snapshot(ls.mm, &before);
	out = mmk_mthp_stat(MTHP_STAT_SWPOUT);
	fallback = mmk_mthp_stat(MTHP_STAT_SWPOUT_FALLBACK);
	ls_out(test, &ls);
	KUNIT_EXPECT_EQ(test, mmk_mthp_stat(MTHP_STAT_SWPOUT), out + 1);
	KUNIT_EXPECT_EQ(test, mmk_mthp_stat(MTHP_STAT_SWPOUT_FALLBACK),
			fallback);
	ls_expect_entries(test, &ls, ls.mm, 0, ls.nr);
	for (i = 0; i < ls.nr; i++)
		shared += mmk_swap_count(ls_entry(&ls, i)) != 1;
	KUNIT_EXPECT_EQ_MSG(test, shared, 0, "slots that not one pte uses");
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), (long)ls.nr);
	mmk_mm_snapshot(ls.mm, &after);
	KUNIT_EXPECT_EQ(test, after.anon, before.anon - ls.nr);
	KUNIT_EXPECT_EQ(test, after.swap, before.swap + ls.nr);
	KUNIT_EXPECT_EQ(test, after.file, before.file);

	KUNIT_EXPECT_EQ(test, vm_munmap(ls.addr, ls.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

/* Ways to get at the pages */
static void back_in_order(struct kunit *test, struct ls *ls)
{
	ls_read_all(test, ls, ls->mm);
}

static void back_backwards(struct kunit *test, struct ls *ls)
{
	unsigned int i;

	for (i = ls->nr; i-- > 0;)
		KUNIT_EXPECT_EQ(test, mmk_fault_in(ls->mm, ls->addr +
						   i * PAGE_SIZE, true), 0);
}

/* One page in the middle, and no other */
static void back_one(struct kunit *test, struct ls *ls)
{
	unsigned int i, odd = 0, one = ls->nr / 2 + 1;

	KUNIT_EXPECT_EQ(test, mmk_fault_in(ls->mm, ls->addr + one * PAGE_SIZE,
					   false), 0);
	MMK_EXPECT_PTE(test, ls->mm, ls->addr + one * PAGE_SIZE, PRESENT);
	MMK_EXPECT_PART_HOLDS(test, ls->mm, ls->addr + one * PAGE_SIZE, one, 1,
			      MMK_LARGE_SEED);
	for (i = 0; i < ls->nr; i++) {
		pte_t pte = mmk_pte(ls->mm, ls->addr + i * PAGE_SIZE);

		odd += !pte_present(pte) &&
		       softleaf_from_pte(pte).val != ls_entry(ls, i).val;
	}
	KUNIT_EXPECT_EQ_MSG(test, odd, 0, "entries of other slots");
}

/* As a huge page, or as a large folio, where the kernel has that */
static void back_as_large(struct kunit *test, struct ls *ls)
{
	mmk_anon_order_on(ls->order);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(ls->mm, ls->addr, false), 0);
	mmk_anon_order_on(0);
	MMK_EXPECT_PTE(test, ls->mm, ls->addr, PRESENT);
}

static void back_by_swapoff(struct kunit *test, struct ls *ls)
{
	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, ls->swap));
}

static void back_from_the_cache(struct kunit *test, struct ls *ls)
{
	/* Pages of a slow disk go through the swap cache, with readahead. */
	se_make_slow();
	se_read_ahead(true);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(ls->mm, ls->addr, false), 0);
}

static const struct back_way {
	const char *name;
	void (*read)(struct kunit *test, struct ls *ls);
} back_ways[] = {
	{ "in order", back_in_order },
	{ "backwards, by writes", back_backwards },
	{ "one page first", back_one },
	{ "as large folio", back_as_large },
	{ "by swapoff", back_by_swapoff },
	{ "with readahead", back_from_the_cache },
};

/**
 * struct back_case - A folio, and how it comes back
 * @size: of the folio
 * @way: how its pages are read
 */
struct back_case {
	const struct ls_size *size;
	const struct back_way *way;
};

MMK_GEN_PARAMS(back)
{
	static struct back_case now;
	unsigned int nr = 0;

	if (prev)
		nr = (now.size - ls_sizes) * ARRAY_SIZE(back_ways) +
		     (now.way - back_ways) + 1;
	if (nr == LS_NR_SIZES * ARRAY_SIZE(back_ways))
		return NULL;
	now.size = &ls_sizes[nr / ARRAY_SIZE(back_ways)];
	now.way = &back_ways[nr % ARRAY_SIZE(back_ways)];
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s", now.size->description,
		 now.way->name);
	return &now;
}

/**
 * folio_comes_back() - A large folio is read from swap
 *
 * In whichever order its pages are asked for, and at whichever size the kernel
 * reads them: each address has its bytes, the mm has all of its pages again and
 * no swap entry, and all slots are free when the memory is unmapped.
 *
 * Contract: TS-1
 */
static void folio_comes_back(struct kunit *test)
{
	const struct back_case *how = test->param_value;
	struct mmk_mm_state before, after;
	struct ls ls;

	ls_map(test, &ls, how->size);
	mmk_mm_snapshot(ls.mm, &before);
	ls_out(test, &ls);
	how->way->read(test, &ls);
	ls_read_all(test, &ls, ls.mm);
	mmk_mm_snapshot(ls.mm, &after);
	KUNIT_EXPECT_EQ(test, after.anon, before.anon);
	KUNIT_EXPECT_EQ(test, after.swap, before.swap);
	KUNIT_EXPECT_EQ(test, vm_munmap(ls.addr, ls.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

static const enum mmk_part gone_parts[] = {
	MMK_PART_FIRST, MMK_PART_MIDDLE, MMK_PART_LAST, MMK_PART_OTHER,
};

/**
 * struct gone_case - A folio, and which of its pages go
 * @size: of the folio
 * @part: an element of gone_parts
 */
struct gone_case {
	const struct ls_size *size;
	const enum mmk_part *part;
};

MMK_GEN_PARAMS(gone)
{
	static struct gone_case now;
	unsigned int nr = 0;

	if (prev)
		nr = (now.size - ls_sizes) * ARRAY_SIZE(gone_parts) +
		     (now.part - gone_parts) + 1;
	if (nr == LS_NR_SIZES * ARRAY_SIZE(gone_parts))
		return NULL;
	now.size = &ls_sizes[nr / ARRAY_SIZE(gone_parts)];
	now.part = &gone_parts[nr % ARRAY_SIZE(gone_parts)];
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s", now.size->description,
		 mmk_part_name(*now.part));
	return &now;
}

/**
 * part_of_the_entries_goes() - MADV_DONTNEED of a part of what is in swap
 *
 * Just these slots are free then. The others keep their bytes, and come back.
 *
 * Contract: TS-1
 */
static void part_of_the_entries_goes(struct kunit *test)
{
	const struct gone_case *how = test->param_value;
	unsigned int i, gone = 0;
	struct ls ls;

	ls_map(test, &ls, how->size);
	ls_out(test, &ls);
	for (i = 0; i < ls.nr; i++) {
		if (!mmk_part_has(*how->part, i, ls.nr))
			continue;
		gone++;
		KUNIT_ASSERT_EQ(test, do_madvise(ls.mm, ls.addr + i * PAGE_SIZE,
						 PAGE_SIZE, MADV_DONTNEED), 0);
		MMK_EXPECT_PTE(test, ls.mm, ls.addr + i * PAGE_SIZE, NONE);
	}
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), (long)(ls.nr - gone));
	for (i = 0; i < ls.nr; i++) {
		if (mmk_part_has(*how->part, i, ls.nr))
			continue;
		ls_expect_entries(test, &ls, ls.mm, i, i + 1);
		MMK_EXPECT_PART_HOLDS(test, ls.mm, ls.addr + i * PAGE_SIZE, i,
				      1, MMK_LARGE_SEED);
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(ls.addr, ls.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

/**
 * forked_entries_have_two_users() - fork() of what is in swap
 *
 * Parent and child have the same entries; what one of them writes, the other
 * does not see, and the slots are free once both have gone.
 *
 * Contract: TS-1
 */
static void forked_entries_have_two_users(struct kunit *test)
{
	unsigned int i, others = 0;
	struct mm_struct *child;
	struct ls ls;

	ls_map(test, &ls, test->param_value);
	ls_out(test, &ls);
	child = mmk_fork(test);
	ls_expect_entries(test, &ls, ls.mm, 0, ls.nr);
	ls_expect_entries(test, &ls, child, 0, ls.nr);
	for (i = 0; i < ls.nr; i++)
		others += mmk_swap_count(ls_entry(&ls, i)) != 2;
	KUNIT_EXPECT_EQ_MSG(test, others, 0, "slots that not two ptes use");
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), (long)ls.nr);

	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, ls.addr + PAGE_SIZE, 0), 0);
	ls_read_all(test, &ls, ls.mm);
	MMK_EXPECT_PART_HOLDS(test, child, ls.addr, 0, 1, MMK_LARGE_SEED);
	MMK_EXPECT_PART_HOLDS(test, child, ls.addr + 2 * PAGE_SIZE, 2,
			      ls.nr - 2, MMK_LARGE_SEED);
	mmk_mm_put(test, child);
	KUNIT_EXPECT_EQ(test, vm_munmap(ls.addr, ls.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

/**
 * unreadable_page_is_nobodys() - The disk fails
 *
 * Who asks for a page that cannot be read is told so; nobody gets other bytes.
 * When the disk works again, what was not asked for is there.
 *
 * Contract: TS-1 SE-1
 */
static void unreadable_page_is_nobodys(struct kunit *test)
{
	unsigned int bad, i;
	struct ls ls;

	ls_map(test, &ls, test->param_value);
	ls_out(test, &ls);
	bad = ls.nr / 2;
	se_fail_reads(test, 0, SE_ALL);
	KUNIT_EXPECT_NE(test, mmk_fault_in(ls.mm, ls.addr + bad * PAGE_SIZE,
					   false), 0);
	se_reads_work();
	ls_expect_entries(test, &ls, ls.mm, 0, bad);
	ls_expect_entries(test, &ls, ls.mm, bad + 1, ls.nr);
	for (i = 0; i < ls.nr; i++) {
		unsigned long addr = ls.addr + i * PAGE_SIZE;

		if (mmk_fault_in(ls.mm, addr, false)) {
			KUNIT_EXPECT_EQ_MSG(test, i, bad,
					    "page that cannot be read");
			continue;
		}
		MMK_EXPECT_PART_HOLDS(test, ls.mm, addr, i, 1, MMK_LARGE_SEED);
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(ls.addr, ls.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

static struct kunit_case large_swap_anon_cases[] = {
	KUNIT_CASE_PARAM(folio_goes_out_in_one_piece, size_gen_params),
	KUNIT_CASE_PARAM(folio_comes_back, back_gen_params),
	KUNIT_CASE_PARAM(part_of_the_entries_goes, gone_gen_params),
	KUNIT_CASE_PARAM(forked_entries_have_two_users, size_gen_params),
	KUNIT_CASE_PARAM(unreadable_page_is_nobodys, size_gen_params),
	{}
};

static struct kunit_suite large_swap_anon_suite = {
	.name = "large_swap_anon",
	.init = mmk_case_init,
	.test_cases = large_swap_anon_cases,
};

kunit_test_suite(large_swap_anon_suite);
