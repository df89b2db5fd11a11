// SPDX-License-Identifier: GPL-2.0
/*
 * exit, munmap(), truncation and mremap() while an entry is in place.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>
#include <linux/swap.h>
#include <linux/syscalls.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/swap.h"

/* ME-9: unmapping while an entry is in place */

/**
 * exit_drops_entry() - A child exits
 *
 * A child that has inherited an entry exits: its counters end at zero, the
 * parent keeps its entry, and only that is restored.
 *
 * Contract: ME-9
 */
static void exit_drops_entry(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .dirty = true, .young = true };
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct scene s;

	mmk_scene_unmap(test, &s, mm, &how);
	child = mmk_fork(test);
	MMK_EXPECT_PTE(test, child, s.addr, MIGRATION_READ);
	mmgrab(child);
	mmk_mm_put(test, child);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SWAPENTS), 0UL);
	mmdrop(child);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);
	MMK_EXPECT_PTE(test, mm, s.addr, MIGRATION_READ);

	remove_migration_ptes(s.src, s.src, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 2);
	mmk_hold_finish(test, s.hold, false);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);
}

/**
 * munmap_frees_no_swap_slot() - With a swap area on
 *
 * The pfn of an entry could be taken for a slot. Two pages are swapped out, and
 * the page in between is under migration: munmap() of that leaves the two slots
 * and MM_SWAPENTS alone.
 *
 * Contract: ME-9, ME-10
 */
static void munmap_frees_no_swap_slot(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr;
	struct mmk_hold *hold;
	struct folio *src;
	long free_slots;

	mmk_swap_on(test);
	addr = mmk_map_anon(test, 3);
	mmk_fill(test, addr, 3, SCENE_SEED);
	src = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, 3 * PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_WRITE);
	MMK_EXPECT_PTE(test, mm, addr + 2 * PAGE_SIZE, SWAP);
	free_slots = get_nr_swap_pages();

	KUNIT_EXPECT_EQ(test, sys_munmap(addr + PAGE_SIZE, PAGE_SIZE), 0L);
	KUNIT_EXPECT_EQ(test, get_nr_swap_pages(), free_slots);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS), 2UL);
	KUNIT_EXPECT_EQ(test, folio_ref_count(src), 1);
	remove_migration_ptes(src, src, 0);
	mmk_hold_finish(test, hold, false);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	MMK_EXPECT_HOLDS(test, addr, 1, SCENE_SEED);
}

/**
 * truncation_spares_private_copies() - unmap_mapping_range() and even_cows
 *
 * A private mapping of tmpfs has a page of the file and a private copy, both
 * under migration. unmap_mapping_range() drops the entry of the first; with
 * even_cows it drops both.
 *
 * Contract: ME-9
 */
static void truncation_spares_private_copies(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = mmk_shmem_file(test, 2);
	struct mmk_hold *hold[2];
	struct folio *src[2];
	unsigned long addr;
	int i;

	addr = mmk_mmap(test, file, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, false), 0);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr + PAGE_SIZE, true), 0);
	for (i = 0; i < 2; i++) {
		src[i] = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
		hold[i] = mmk_hold(test, src[i]);
		try_to_migrate(src[i], 0);
	}
	MMK_EXPECT_PTE(test, mm, addr, MIGRATION_READ);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_WRITE);

	unmap_mapping_range(file->f_mapping, 0, 2 * PAGE_SIZE, 0);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SHMEMPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);

	unmap_mapping_range(file->f_mapping, 0, 2 * PAGE_SIZE, 1);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, NONE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 0UL);
	for (i = 0; i < 2; i++) {
		remove_migration_ptes(src[i], src[i], 0);
		KUNIT_EXPECT_EQ(test, folio_mapcount(src[i]), 0);
		mmk_hold_finish(test, hold[i], false);
	}
}

/* ME-13: mremap() while an entry is in place */

/**
 * mremap_moves_entry() - Into another page table
 *
 * The middle one of three pages is under migration when all three are moved to
 * another page table. Its entry arrives unchanged between its neighbours, and
 * the migration restores it there and nowhere else.
 *
 * Contract: ME-13
 */
static void mremap_moves_entry(struct kunit *test)
{
	const size_t len = 3 * PAGE_SIZE;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 3), new, mid;
	struct mmk_hold *hold;
	struct folio *src, *dst;
	pte_t before;

	mmk_fill(test, addr, 3, SCENE_SEED);
	src = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	before = mmk_pte(mm, addr + PAGE_SIZE);
	new = mmk_mmap(test, NULL, 2 * PMD_SIZE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS) + PMD_SIZE;
	mid = new + PAGE_SIZE;

	KUNIT_ASSERT_EQ(test, (long)new,
			sys_mremap(addr, len, len,
				   MREMAP_MAYMOVE | MREMAP_FIXED, new));
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, mid), before));
	KUNIT_EXPECT_TRUE(test, pte_none(mmk_pte(mm, addr + PAGE_SIZE)));
	MMK_EXPECT_PTE(test, mm, new, PRESENT);
	MMK_EXPECT_PTE(test, mm, new + 2 * PAGE_SIZE, PRESENT);

	dst = mmk_hold_copy(test, hold);
	remove_migration_ptes(src, dst, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 1);
	mmk_hold_finish(test, hold, true);
	mmk_expect_mapped(test, mm, mid, dst, true, entry_may_be(true),
			  entry_may_be(true));
	KUNIT_EXPECT_TRUE(test, pte_none(mmk_pte(mm, addr + PAGE_SIZE)));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 3UL);
	MMK_EXPECT_HOLDS(test, new, 3, SCENE_SEED);
}

static struct kunit_case migration_entry_munmap_cases[] = {
	KUNIT_CASE(exit_drops_entry),
	KUNIT_CASE(munmap_frees_no_swap_slot),
	KUNIT_CASE(truncation_spares_private_copies),
	KUNIT_CASE(mremap_moves_entry),
	{}
};

static struct kunit_suite migration_entry_munmap_suite = {
	.name = "migration_entry_munmap",
	.init = mmk_case_init,
	.test_cases = migration_entry_munmap_cases,
};

kunit_test_suite(migration_entry_munmap_suite);
