// SPDX-License-Identifier: GPL-2.0
/*
 * fork() while an entry is in place.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/swap.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "entry.h"

static const struct page_case fork_cases[] = {
	{ "writable, dirty, young", ANON_EXCLUSIVE,
	  .write = true, .dirty = true, .young = true },
	{ "writable, clean, old", ANON_EXCLUSIVE, .write = true },
	{ "exclusive, read-only, dirty", ANON_EXCLUSIVE, .dirty = true },
	{ "exclusive, read-only, young", ANON_EXCLUSIVE, .young = true },
	{ "shared with a first child", ANON_SHARED, .young = true },
};

KUNIT_ARRAY_PARAM_DESC(fork, fork_cases, description);

/**
 * fork_makes_private_entry_readable() - fork() while an entry is in place
 *
 * A private page is under migration when its owner forks. Parent and child have
 * a readable entry then, and the child counts it in its RSS. After the
 * migration both map the new folio read-only, with young and dirty as before.
 *
 * Contract: ME-6
 */
static void fork_makes_private_entry_readable(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct folio *dst;
	struct scene s;

	mmk_scene_unmap(test, &s, mm, how);
	child = mmk_fork(test);
	me_expect_entry(test, mm, s.addr, MMK_PTE_MIGRATION_READ, s.src,
			how->young, how->dirty);
	me_expect_entry(test, child, s.addr, MMK_PTE_MIGRATION_READ, s.src,
			how->young, how->dirty);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);

	dst = mmk_hold_copy(test, s.hold);
	lru_add_drain();
	remove_migration_ptes(s.src, dst, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), s.child ? 3 : 2);
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), s.child ? 4 : 3);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);
	mmk_hold_finish(test, s.hold, true);

	mmk_expect_mapped(test, mm, s.addr, dst, false, entry_may_be(how->young),
			  entry_may_be(how->dirty));
	mmk_expect_mapped(test, child, s.addr, dst, false,
			  entry_may_be(how->young), entry_may_be(how->dirty));
	me_expect_exclusive(test, dst, false);
}

/**
 * forked_page_is_copied_on_write() - fork() during the migration
 *
 * A page is under migration when its owner forks twice. After the migration a
 * child and the parent write to it: both get copies, and the other child keeps
 * the bytes.
 *
 * Contract: ME-6
 */
static void forked_page_is_copied_on_write(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .dirty = true };
	struct mm_struct *mm = mmk_mm_enter(test), *child, *second;
	struct folio *dst;
	struct scene s;
	u8 byte;

	mmk_scene_unmap(test, &s, mm, &how);
	child = mmk_fork(test);
	second = mmk_fork(test);
	dst = mmk_hold_copy(test, s.hold);
	remove_migration_ptes(s.src, dst, 0);
	mmk_hold_finish(test, s.hold, true);

	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, s.addr, 0xc0), 0);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, child, s.addr), dst);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, s.addr, 0xaa), 0);
	MMK_EXPECT_MM_HOLDS(test, second, s.addr, 1, SCENE_SEED);
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, mm, s.addr), dst);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, second, s.addr), dst);
	KUNIT_EXPECT_EQ(test, access_remote_vm(child, s.addr, &byte, 1, 0), 1);
	KUNIT_EXPECT_EQ(test, byte, 0xc0);
}

static const struct page_case shared_cases[] = {
	{ "writable, dirty", SHMEM_SHARED, .write = true, .dirty = true,
	  .kind = MMK_PTE_MIGRATION_WRITE },
	{ "writable, young", SHMEM_SHARED, .write = true, .young = true,
	  .kind = MMK_PTE_MIGRATION_WRITE },
	{ "read-only", SHMEM_SHARED, .young = true,
	  .kind = MMK_PTE_MIGRATION_READ },
};

KUNIT_ARRAY_PARAM_DESC(shared, shared_cases, description);

/**
 * fork_copies_shared_entry() - Where fork() copies the ptes of a shared mapping
 *
 * In a VM_MIXEDMAP mapping of tmpfs, a writable entry stays writable in the
 * parent, and the child gets the same entry, which counts as a page of tmpfs.
 * After the migration both map the new folio, as writable as before.
 *
 * Contract: ME-6, ME-12
 */
static void fork_copies_shared_entry(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct folio *dst;
	struct scene s;

	mmk_scene_map(test, &s, mm, how);
	/* fork() copies the ptes of such a mapping, as of those of drivers. */
	mmk_set_vm_flags(mm, s.addr, VM_MIXEDMAP, true);
	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);

	child = mmk_fork(test);
	me_expect_entry(test, mm, s.addr, how->kind, s.src, how->young,
			how->dirty);
	me_expect_entry(test, child, s.addr, how->kind, s.src, how->young,
			how->dirty);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SHMEMPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 0UL);

	dst = mmk_hold_copy(test, s.hold);
	lru_add_drain();
	remove_migration_ptes(s.src, dst, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 2);
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), scene_idle_refs(&s) + 2);
	mmk_hold_finish(test, s.hold, true);
	mmk_expect_mapped(test, mm, s.addr, dst, how->write,
			  entry_may_be(how->young), entry_may_be(how->dirty));
	mmk_expect_mapped(test, child, s.addr, dst, how->write,
			  entry_may_be(how->young), entry_may_be(how->dirty));
}

/**
 * fork_skips_shared_mapping() - An ordinary shared mapping
 *
 * fork() copies no ptes of an ordinary shared mapping. The parent's entry stays
 * as it is, and the child finds the new folio by a fault.
 *
 * Contract: ME-6, ME-12
 */
static void fork_skips_shared_mapping(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .dirty = true, .young = true };
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct folio *dst;
	struct scene s;

	mmk_scene_unmap(test, &s, mm, &how);
	child = mmk_fork(test);
	me_expect_entry(test, mm, s.addr, MMK_PTE_MIGRATION_WRITE, s.src, true,
			true);
	KUNIT_EXPECT_FALSE(test, pte_is_migration(mmk_pte(child, s.addr)));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SHMEMPAGES), 0UL);

	dst = mmk_hold_copy(test, s.hold);
	remove_migration_ptes(s.src, dst, 0);
	mmk_hold_finish(test, s.hold, true);
	MMK_EXPECT_MM_HOLDS(test, child, s.addr, 1, SCENE_SEED);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, child, s.addr), dst);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 2);
}

/**
 * fork_copies_private_file_entry() - A page of tmpfs in a private mapping
 *
 * One page of a private mapping of tmpfs has been written to, so that fork()
 * copies the ptes. The entry of a page that has not is readable in both mms,
 * and counts as a page of tmpfs.
 *
 * Contract: ME-6
 */
static void fork_copies_private_file_entry(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct file *file = mmk_shmem_file(test, 2);
	unsigned long addr;
	struct mmk_hold *hold;
	struct folio *src;

	addr = mmk_mmap(test, file, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, false), 0);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr + PAGE_SIZE, true), 0);
	src = mmk_pte_folio(test, mm, addr);
	KUNIT_ASSERT_FALSE(test, folio_test_anon(src));
	mmk_pte_set_flags(test, mm, addr, true, false);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);

	child = mmk_fork(test);
	me_expect_entry(test, mm, addr, MMK_PTE_MIGRATION_READ, src, true, false);
	me_expect_entry(test, child, addr, MMK_PTE_MIGRATION_READ, src, true,
			false);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SHMEMPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 1UL);

	remove_migration_ptes(src, src, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(src), 2);
	mmk_hold_finish(test, hold, false);
	mmk_expect_mapped(test, child, addr, src, false, entry_may_be(true), false);
	mmk_expect_mapped(test, mm, addr, src, false, entry_may_be(true), false);
}

static struct kunit_case migration_entry_fork_cases[] = {
	KUNIT_CASE_PARAM(fork_makes_private_entry_readable, fork_gen_params),
	KUNIT_CASE(forked_page_is_copied_on_write),
	KUNIT_CASE_PARAM(fork_copies_shared_entry, shared_gen_params),
	KUNIT_CASE(fork_skips_shared_mapping),
	KUNIT_CASE(fork_copies_private_file_entry),
	{}
};

static struct kunit_suite migration_entry_fork_suite = {
	.name = "migration_entry_fork",
	.init = mmk_case_init,
	.test_cases = migration_entry_fork_cases,
};

kunit_test_suite(migration_entry_fork_suite);
