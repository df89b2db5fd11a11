// SPDX-License-Identifier: GPL-2.0
/*
 * mprotect() while an entry is in place.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>

#include <asm/tlb.h>
#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "entry.h"

KUNIT_ARRAY_PARAM_DESC(writable, me_writable_cases, description);

/**
 * mprotect_downgrades_entry() - mprotect(PROT_READ)
 *
 * The writable entry becomes readable, or readable exclusive for anonymous
 * memory; young and dirty stay. After the migration the pte is read-only. Once
 * the VMA is writable again, a write does not copy the page, which is not
 * shared.
 *
 * Contract: ME-8
 */
static void mprotect_downgrades_entry(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *dst;
	struct scene s;

	mmk_scene_unmap(test, &s, mm, how);
	MMK_EXPECT_PTE(test, mm, s.addr, MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, sys_mprotect(s.addr, PAGE_SIZE, PROT_READ), 0L);
	me_expect_entry(test, mm, s.addr, how->kind, s.src, how->young,
			how->dirty);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), scene_idle_refs(&s));

	dst = mmk_hold_copy(test, s.hold);
	remove_migration_ptes(s.src, dst, 0);
	mmk_hold_finish(test, s.hold, true);
	mmk_expect_mapped(test, mm, s.addr, dst, false, entry_may_be(how->young),
			  entry_may_be(how->dirty));
	if (is_anon(how->backing))
		me_expect_exclusive(test, dst, true);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, s.addr, 1), -EFAULT);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);

	KUNIT_EXPECT_EQ(test,
			sys_mprotect(s.addr, PAGE_SIZE, PROT_READ | PROT_WRITE),
			0L);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, s.addr, 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, s.addr), dst);
	KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(mm, s.addr)));
}

/* change_protection() without a change of the VMA */
static long change_ptes(struct mm_struct *mm, unsigned long addr,
			unsigned int nr_pages, unsigned long flags)
{
	struct vm_area_struct *vma;
	struct mmu_gather tlb;
	long nr;

	mmap_write_lock(mm);
	vma = vma_lookup(mm, addr);
	vma_start_write(vma);
	tlb_gather_mmu(&tlb, mm);
	nr = change_protection(&tlb, vma, addr, addr + nr_pages * PAGE_SIZE,
			       flags);
	tlb_finish_mmu(&tlb);
	mmap_write_unlock(mm);
	return nr;
}

/**
 * changed_ptes_are_counted() - What change_protection() returns
 *
 * Of two pages, a writable entry and a hole, all but the hole count. Once the
 * entry is readable, it is not changed again and does not count. With
 * MM_CP_TRY_CHANGE_WRITABLE, the ptes of exclusive pages become writable at
 * once.
 *
 * Contract: ME-8
 */
static void changed_ptes_are_counted(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 4), entry = addr + 2 * PAGE_SIZE;
	struct mmk_hold *hold;
	struct folio *folio;
	int i;

	mmk_fill(test, addr, 3, SCENE_SEED);
	folio = mmk_pte_folio(test, mm, entry);
	hold = mmk_hold(test, folio);
	try_to_migrate(folio, 0);
	MMK_EXPECT_PTE(test, mm, entry, MIGRATION_WRITE);

	KUNIT_EXPECT_EQ(test, change_ptes(mm, addr, 4, 0), 3L);
	MMK_EXPECT_PTE(test, mm, entry, MIGRATION_READ_EXCLUSIVE);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr +
							   i * PAGE_SIZE)));
	KUNIT_EXPECT_EQ(test, change_ptes(mm, addr, 4, 0), 2L);
	KUNIT_EXPECT_EQ(test,
			change_ptes(mm, addr, 4, MM_CP_TRY_CHANGE_WRITABLE),
			2L);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(mm, addr +
							  i * PAGE_SIZE)));
	MMK_EXPECT_PTE(test, mm, entry, MIGRATION_READ_EXCLUSIVE);
	MMK_EXPECT_PTE(test, mm, addr + 3 * PAGE_SIZE, NONE);

	remove_migration_ptes(folio, folio, 0);
	mmk_hold_finish(test, hold, false);
	/* One pte alone, so that no other makes up for it */
	KUNIT_EXPECT_EQ(test, change_ptes(mm, entry, 1, 0), 1L);
	MMK_EXPECT_HOLDS(test, addr, 3, SCENE_SEED);
}

static const struct page_case readable_cases[] = {
	{ "anon, exclusive, dirty", ANON_EXCLUSIVE, .dirty = true,
	  .kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "anon, exclusive, young", ANON_EXCLUSIVE, .young = true,
	  .kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "anon, shared with a child", ANON_SHARED, .young = true,
	  .kind = MMK_PTE_MIGRATION_READ },
	{ "tmpfs, shared", SHMEM_SHARED, .dirty = true,
	  .kind = MMK_PTE_MIGRATION_READ },
	{ "tmpfs, private", SHMEM_PRIVATE, .young = true,
	  .kind = MMK_PTE_MIGRATION_READ },
};

KUNIT_ARRAY_PARAM_DESC(readable, readable_cases, description);

/**
 * mprotect_leaves_readable_entry_alone() - PROT_NONE and PROT_READ
 *
 * A readable or readable exclusive entry does not change when the VMA loses all
 * permissions, nor when it becomes readable again.
 *
 * Contract: ME-8
 */
static void mprotect_leaves_readable_entry_alone(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct scene s;
	pte_t before;

	mmk_scene_unmap(test, &s, mm, how);
	me_expect_kind(test, mm, s.addr, how->kind);
	before = mmk_pte(mm, s.addr);

	KUNIT_EXPECT_EQ(test, sys_mprotect(s.addr, PAGE_SIZE, PROT_NONE), 0L);
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, s.addr), before));
	KUNIT_EXPECT_EQ(test, sys_mprotect(s.addr, PAGE_SIZE, PROT_READ), 0L);
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, s.addr), before));

	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
	mmk_expect_mapped(test, mm, s.addr, s.src, false, entry_may_be(how->young),
			  entry_may_be(how->dirty));
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);
}

static struct kunit_case migration_entry_mprotect_cases[] = {
	KUNIT_CASE_PARAM(mprotect_downgrades_entry, writable_gen_params),
	KUNIT_CASE(changed_ptes_are_counted),
	KUNIT_CASE_PARAM(mprotect_leaves_readable_entry_alone,
			 readable_gen_params),
	{}
};

static struct kunit_suite migration_entry_mprotect_suite = {
	.name = "migration_entry_mprotect",
	.init = mmk_case_init,
	.test_cases = migration_entry_mprotect_cases,
};

kunit_test_suite(migration_entry_mprotect_suite);
