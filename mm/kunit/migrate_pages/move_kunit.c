// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_pages() that succeeds: the new folio is in the state of the old one.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/syscalls.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "migration.h"

/* ME-3: from the pte to the entry */

KUNIT_ARRAY_PARAM_DESC(page, mmk_page_cases, description);

/* ME-5, ME-12, ME-15: migrate_pages() */

/**
 * moved_folio_keeps_state() - A migration that succeeds
 *
 * The new folio is in the state that the old one was in, and the mm counts the
 * same pages. The old folio is free.
 *
 * Contract: ME-5
 */
static void moved_folio_keeps_state(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	struct mmk_mm_state mm_before;
	unsigned int succeeded = 0;
	unsigned long events;
	struct migration m;
	struct folio *dst;
	struct scene s;
	int pins;

	mmk_scene_map(test, &s, mm, how);
	mmk_folio_snapshot(s.src, &before);
	before.dirty = how->dirty;
	mmk_mm_snapshot(mm, &mm_before);
	pins = anon_vma_refs(s.src);
	mp_init(&m);
	mp_add(test, &m, s.src);
	events = mmk_vm_event(PGMIGRATE_SUCCESS);

	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_SYNC, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, 1U);
	KUNIT_EXPECT_EQ(test, mmk_vm_event(PGMIGRATE_SUCCESS), events + 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&m.list));
	KUNIT_EXPECT_EQ(test, m.nr_new, 1U);
	KUNIT_EXPECT_EQ(test, m.nr_returned, 0U);

	dst = mmk_pte_folio(test, mm, s.addr);
	KUNIT_EXPECT_PTR_NE(test, dst, s.src);
	mmk_expect_folio_same(test, "the new folio", dst, &before);
	mmk_expect_mm_same(test, "the mm", mm, &mm_before);
	KUNIT_EXPECT_EQ(test, folio_test_unevictable(dst), how->locked);
	KUNIT_EXPECT_EQ(test, anon_vma_refs(dst), pins);
	KUNIT_EXPECT_PTR_EQ(test, (void *)dst->private, NULL);
	mmk_expect_mapped(test, mm, s.addr, dst, how->write,
			  entry_may_be(how->young), entry_may_be(how->dirty));
	if (s.child)
		KUNIT_EXPECT_PTR_EQ(test, dst,
				    mmk_pte_folio(test, s.child, s.addr));
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 0);
	KUNIT_EXPECT_NULL(test, s.src->mapping);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);
}

/**
 * folio_flags_are_copied() - Active, referenced, workingset
 *
 * Contract: ME-5
 */
static void folio_flags_are_copied(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int succeeded = 0;
	bool active, referenced;
	struct migration m;
	struct folio *dst;
	struct scene s;

	mmk_scene_map(test, &s, mm, &how);
	folio_mark_accessed(s.src);
	folio_mark_accessed(s.src);
	lru_add_drain_all();
	folio_mark_accessed(s.src);
	folio_set_workingset(s.src);
	active = folio_test_active(s.src);
	referenced = folio_test_referenced(s.src);
	KUNIT_EXPECT_TRUE(test, active);
	KUNIT_EXPECT_TRUE(test, referenced);

	mp_init(&m);
	mp_add(test, &m, s.src);
	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_ASYNC, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, 1U);
	lru_add_drain_all();
	dst = mmk_pte_folio(test, mm, s.addr);
	KUNIT_EXPECT_PTR_NE(test, dst, s.src);
	KUNIT_EXPECT_EQ(test, folio_test_active(dst), active);
	KUNIT_EXPECT_EQ(test, folio_test_referenced(dst), referenced);
	KUNIT_EXPECT_TRUE(test, folio_test_workingset(dst));
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(dst));
	KUNIT_EXPECT_TRUE(test, folio_test_lru(dst));
}

/**
 * mappedtodisk_is_copied() - A flag that file systems use
 *
 * Contract: ME-5
 */
static void mappedtodisk_is_copied(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *dst;
	struct scene s;

	mmk_scene_map(test, &s, mm, &how);
	folio_set_mappedtodisk(s.src);
	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	dst = mmk_hold_copy(test, s.hold);
	KUNIT_EXPECT_TRUE(test, folio_test_mappedtodisk(dst));
	remove_migration_ptes(s.src, dst, 0);
	mmk_hold_finish(test, s.hold, true);
}

/**
 * mlock_count_is_kept() - Two VM_LOCKED mappings
 *
 * The new folio is mlocked twice, as the old one was: it stays mlocked after
 * the first munlock(), and is not after the second.
 *
 * Contract: ME-4, ME-5
 */
static void mlock_count_is_kept(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .locked = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int succeeded = 0;
	struct migration m;
	unsigned long second;
	struct folio *dst;
	struct scene s;

	mmk_scene_map(test, &s, mm, &how);
	second = mmk_mmap(test, s.file, PAGE_SIZE, PROT_READ, MAP_SHARED);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, second, false), 0);
	KUNIT_ASSERT_EQ(test, sys_mlock2(second, PAGE_SIZE, MLOCK_ONFAULT), 0L);
	lru_add_drain_all();

	mp_init(&m);
	mp_add(test, &m, s.src);
	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_SYNC, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, 1U);
	putback_movable_pages(&m.list);
	lru_add_drain_all();
	dst = mmk_pte_folio(test, mm, s.addr);
	KUNIT_EXPECT_PTR_NE(test, dst, s.src);
	KUNIT_EXPECT_TRUE(test, folio_test_mlocked(dst));
	KUNIT_EXPECT_TRUE(test, folio_test_unevictable(dst));

	KUNIT_EXPECT_EQ(test, sys_munlock(s.addr, PAGE_SIZE), 0L);
	lru_add_drain_all();
	KUNIT_EXPECT_TRUE(test, folio_test_mlocked(dst));
	KUNIT_EXPECT_EQ(test, sys_munlock(second, PAGE_SIZE), 0L);
	lru_add_drain_all();
	KUNIT_EXPECT_FALSE(test, folio_test_mlocked(dst));
}

/**
 * swap_cache_folio_keeps_slot() - An anonymous folio in the swap cache
 *
 * A folio that has been swapped out and read again is still in the swap cache.
 * The new folio has the same slot, and the reference of the swap cache. It can
 * be swapped out to that slot, and the slot is freed once.
 *
 * Contract: ME-5
 */
static void swap_cache_folio_keeps_slot(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	unsigned int succeeded = 0;
	struct folio *src, *dst;
	struct migration m;
	unsigned long addr;
	swp_entry_t slot;

	mmk_swap_on_slow(test);
	addr = mmk_map_anon(test, 1);
	mmk_fill(test, addr, 1, SCENE_SEED);
	src = mmk_pte_folio(test, mm, addr);
	mmk_folio_get(test, src);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	MMK_EXPECT_HOLDS(test, addr, 1, SCENE_SEED);
	KUNIT_ASSERT_PTR_EQ(test, mmk_pte_folio(test, mm, addr), src);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(src));
	mmk_folio_put(test, src);
	mmk_folio_snapshot(src, &before);
	slot = src->swap;

	mp_init(&m);
	mp_add(test, &m, src);
	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_SYNC, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, 1U);
	putback_movable_pages(&m.list);
	dst = mmk_pte_folio(test, mm, addr);
	KUNIT_EXPECT_PTR_NE(test, dst, src);
	mmk_expect_folio_same(test, "the new folio", dst, &before);
	KUNIT_EXPECT_EQ(test, dst->swap.val, slot.val);
	KUNIT_EXPECT_FALSE(test, folio_test_swapcache(src));
	KUNIT_EXPECT_EQ(test, folio_ref_count(src), 0);

	KUNIT_EXPECT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_EXPECT_EQ(test, slot.val,
			softleaf_from_pte(mmk_pte(mm, addr)).val);
	MMK_EXPECT_HOLDS(test, addr, 1, SCENE_SEED);
}

/**
 * page_cache_holds_the_new_folio() - A folio of tmpfs
 *
 * While the entry is in place, the old folio is in i_pages. After the move the
 * new one is in the same slot, dirty as the old one was, with the reference of
 * the page cache, and the old one has no mapping, and no reference but that of
 * who isolated it. It holds what has been written through the mapping.
 *
 * Contract: ME-5, ME-12
 */
static void page_cache_holds_the_new_folio(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .dirty = true, .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct address_space *mapping;
	unsigned long nrpages;
	struct folio *dst;
	struct scene s;

	mmk_scene_unmap(test, &s, mm, &how);
	mapping = s.file->f_mapping;
	nrpages = mapping->nrpages;
	KUNIT_EXPECT_PTR_EQ(test, xa_load(&mapping->i_pages, 0),
			    (void *)s.src);

	dst = mmk_hold_copy(test, s.hold);
	KUNIT_EXPECT_PTR_EQ(test, xa_load(&mapping->i_pages, 0), (void *)dst);
	KUNIT_EXPECT_EQ(test, mapping->nrpages, nrpages);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);
	KUNIT_EXPECT_PTR_EQ(test, dst->mapping, mapping);
	KUNIT_EXPECT_EQ(test, dst->index, 0UL);
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(dst));
	KUNIT_EXPECT_FALSE(test, folio_test_dirty(s.src));
	KUNIT_EXPECT_TRUE(test, folio_test_swapbacked(dst));
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(dst));
	MMK_EXPECT_FOLIO_HOLDS(test, dst, SCENE_SEED);

	remove_migration_ptes(s.src, dst, 0);
	mmk_hold_finish(test, s.hold, true);
	mmk_expect_mapped(test, mm, s.addr, dst, true, entry_may_be(true),
			  entry_may_be(true));
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, s.addr, 0x77), 0);
	KUNIT_EXPECT_EQ(test, *(u8 *)folio_address(dst), 0x77);
}

static struct kunit_case migrate_pages_move_cases[] = {
	KUNIT_CASE_PARAM(moved_folio_keeps_state, page_gen_params),
	KUNIT_CASE(folio_flags_are_copied),
	KUNIT_CASE(mappedtodisk_is_copied),
	KUNIT_CASE(mlock_count_is_kept),
	KUNIT_CASE(swap_cache_folio_keeps_slot),
	KUNIT_CASE(page_cache_holds_the_new_folio),
	{}
};

static struct kunit_suite migrate_pages_move_suite = {
	.name = "migrate_pages_move",
	.init = mmk_case_init,
	.test_cases = migrate_pages_move_cases,
};

kunit_test_suite(migrate_pages_move_suite);
