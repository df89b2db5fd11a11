// SPDX-License-Identifier: GPL-2.0
/*
 * Migration entries: what stands in a page table while a folio is moved, and
 * what fork(), mprotect() and munmap() make of it.
 */
#include <linux/rmap.h>

#include "../internal.h"
#include "fixtures.h"

/**
 * fork_makes_private_entry_readable() - fork() while an entry is in place
 * @test: the running case
 *
 * A private page that its only owner may write to is under migration when the
 * owner forks. From then on neither may write without a copy: both sides get a
 * readable entry, and the child counts it in its RSS. After the migration both
 * map the new folio read-only, and a write by either leaves the other's alone.
 *
 * Contract: ME-6
 */
static void fork_makes_private_entry_readable(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_hold *hold;
	struct folio *src, *dst;

	mmk_fill(test, addr, 1, 1);
	src = mmk_pte_folio(test, mm, addr);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	MMK_EXPECT_PTE(test, mm, addr, MIGRATION_WRITE);

	child = mmk_fork(test);
	MMK_EXPECT_PTE(test, mm, addr, MIGRATION_READ);
	MMK_EXPECT_PTE(test, child, addr, MIGRATION_READ);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, child, addr), src);
	KUNIT_EXPECT_EQ(test, get_mm_counter(child, MM_ANONPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter(mm, MM_ANONPAGES), 1UL);

	dst = mmk_hold_copy(test, hold);
	remove_migration_ptes(src, dst, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 2);
	KUNIT_EXPECT_EQ(test, folio_mapcount(src), 0);
	mmk_hold_finish(test, hold, true);

	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	MMK_EXPECT_PTE(test, child, addr, PRESENT);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr)));
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(child, addr)));
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, addr), dst);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, child, addr), dst);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(folio_page(dst, 0)));

	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, addr, 0xee), 0);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, child, addr), dst);
}

static struct kunit_case migration_entry_cases[] = {
	KUNIT_CASE(fork_makes_private_entry_readable),
	{}
};

static struct kunit_suite migration_entry_suite = {
	.name = "migration_entry",
	.init = mmk_case_init,
	.test_cases = migration_entry_cases,
};
kunit_test_suite(migration_entry_suite);
