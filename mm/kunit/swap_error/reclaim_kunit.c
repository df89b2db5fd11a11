// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that reclaim must not take, or may take in any case: mlock(2), mmap(2) with
 * MAP_DROPPABLE. Expected is what these say, and Documentation/mm/unevictable-lru.rst.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "../../internal.h"
#include "../compat/rss.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"

#define SEED	0x5d

/* As reclaim does: isolated, locked, and with a reference of its own */
static bool reclaim_unmaps(struct kunit *test, struct folio *folio,
			   enum ttu_flags flags)
{
	bool mapped;

	lru_add_drain_all();
	KUNIT_ASSERT_TRUE(test, folio_isolate_lru(folio));
	folio_lock(folio);
	try_to_unmap(folio, flags);
	mapped = folio_mapped(folio);
	folio_unlock(folio);
	folio_putback_lru(folio);
	lru_add_drain_all();
	return !mapped;
}

/* With what other CPUs have not added yet */
static unsigned long nr_mlocked(struct folio *folio)
{
	return zone_page_state_snapshot(folio_zone(folio), NR_MLOCK);
}

/**
 * struct mlock_case - A page of a locked VMA that does not count as locked
 * @description: for the KTAP line
 * @file: it is a page of tmpfs
 * @flags: TTU_*
 * @goes: it is unmapped all the same
 */
struct mlock_case {
	const char *description;
	bool file;
	enum ttu_flags flags;
	bool goes;
};

static const struct mlock_case mlock_cases[] = {
	{ "anonymous", false, 0, false },
	{ "tmpfs", true, 0, false },
	{ "tmpfs, mlock ignored", true, TTU_IGNORE_MLOCK, true },
};

KUNIT_ARRAY_PARAM_DESC(mlock, mlock_cases, description);

/**
 * missed_mlock_is_made_up_for() - Reclaim meets a page of a VM_LOCKED VMA
 *
 * mlock() may miss a page that somebody else had isolated at that time. Reclaim leaves the
 * page alone, and from then on it counts as locked, and is unevictable, until it is
 * unmapped. Who ignores mlock() unmaps it.
 *
 * Contract: ME-4, EW-1
 */
static void missed_mlock_is_made_up_for(struct kunit *test)
{
	const struct mlock_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr, locked, rss;
	struct folio *folio;

	addr = mmk_mmap(test, c->file ? mmk_shmem_file(test, 1) : NULL,
			PAGE_SIZE, PROT_READ | PROT_WRITE,
			c->file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS);
	mmk_fill(test, addr, 1, SEED);
	lru_add_drain_all();
	folio = mmk_pte_folio(test, mm, addr);
	mmk_folio_get(test, folio);
	rss = get_mm_counter_sum(mm, mm_counter(folio));
	mmk_set_vm_flags(mm, addr, VM_LOCKED, true);
	KUNIT_ASSERT_FALSE(test, folio_test_mlocked(folio));
	locked = nr_mlocked(folio);

	KUNIT_EXPECT_EQ(test, reclaim_unmaps(test, folio, c->flags), c->goes);
	KUNIT_EXPECT_EQ(test, folio_test_mlocked(folio), !c->goes);
	KUNIT_EXPECT_EQ(test, folio_test_unevictable(folio), !c->goes);
	KUNIT_EXPECT_EQ(test, nr_mlocked(folio) - locked,
			c->goes ? 0UL : 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, mm_counter(folio)),
			rss - c->goes);
	if (c->goes) {
		MMK_EXPECT_PTE(test, mm, addr, NONE);
	} else {
		MMK_EXPECT_PTE(test, mm, addr, PRESENT);
		MMK_EXPECT_HOLDS(test, addr, 1, SEED);
	}

	KUNIT_EXPECT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	lru_add_drain_all();
	KUNIT_EXPECT_FALSE(test, folio_test_mlocked(folio));
	KUNIT_EXPECT_EQ(test, nr_mlocked(folio), locked);
}

#ifdef MAP_DROPPABLE
/**
 * droppable_page_goes_although_it_was_written_to() - MAP_DROPPABLE
 *
 * Memory that may be dropped at any time is dropped although it has been written to, and is
 * zero when it is touched again. A page on which somebody else has a reference stays, and
 * may still be dropped later: it never becomes memory that has to be written to swap.
 *
 * Contract: SF-11, EW-1
 */
static void droppable_page_goes_although_it_was_written_to(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr;
	struct folio *folio;
	u8 byte = 1;

	addr = mmk_mmap(test, NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_DROPPABLE | MAP_ANONYMOUS);
	mmk_fill(test, addr, 1, SEED);
	mmk_pte_set_flags(test, mm, addr, true, true);
	folio = mmk_pte_folio(test, mm, addr);
	KUNIT_EXPECT_FALSE(test, folio_test_swapbacked(folio));
	mmk_folio_get(test, folio);

	KUNIT_EXPECT_FALSE(test, reclaim_unmaps(test, folio, 0));
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_FALSE(test, folio_test_swapbacked(folio));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);
	MMK_EXPECT_HOLDS(test, addr, 1, SEED);

	mmk_pte_set_flags(test, mm, addr, true, true);
	mmk_folio_put(test, folio);
	KUNIT_EXPECT_TRUE(test, reclaim_unmaps(test, folio, 0));
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, copy_from_user(&byte, (void __user *)addr, 1), 0UL);
	KUNIT_EXPECT_EQ(test, byte, 0);
}
#endif

static struct kunit_case swap_error_reclaim_cases[] = {
	KUNIT_CASE_PARAM(missed_mlock_is_made_up_for, mlock_gen_params),
#ifdef MAP_DROPPABLE
	KUNIT_CASE(droppable_page_goes_although_it_was_written_to),
#endif
	{}
};

static struct kunit_suite swap_error_reclaim_suite = {
	.name = "swap_error_reclaim",
	.init = mmk_case_init,
	.test_cases = swap_error_reclaim_cases,
};

kunit_test_suite(swap_error_reclaim_suite);
