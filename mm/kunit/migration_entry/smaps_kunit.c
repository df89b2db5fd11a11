// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/PID/smaps counts pages under migration.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/proc.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "entry.h"

static void smaps_check(struct kunit *test, struct mmk_proc *proc,
			unsigned long addr, const char *when, long kb)
{
	struct mmk_smaps smaps;

	mmk_proc_smaps(test, proc, addr, &smaps);
	KUNIT_EXPECT_EQ_MSG(test, smaps.rss, kb, "Rss %s", when);
	KUNIT_EXPECT_EQ_MSG(test, smaps.pss, kb, "Pss %s", when);
	KUNIT_EXPECT_EQ_MSG(test, smaps.anonymous, kb, "Anonymous %s", when);
	KUNIT_EXPECT_EQ_MSG(test, smaps.swap, 0L, "Swap %s", when);
}

/* Expects @kb for the VMA at @addr, before and after @s is moved. */
static void smaps_check_migration(struct kunit *test,
				  struct mmk_proc *proc, struct scene *s,
				  unsigned long addr, long kb)
{
	struct folio *dst;

	smaps_check(test, proc, addr, "under migration", kb);
	dst = mmk_hold_copy(test, s->hold);
	remove_migration_ptes(s->src, dst, 0);
	mmk_hold_finish(test, s->hold, true);
	smaps_check(test, proc, addr, "after", kb);
	mmk_proc_end(test, proc);
}

/**
 * smaps_counts_entry() - /proc/PID/smaps of a page under migration
 *
 * Two of three pages are there, and one of them is migrated. Before, during and
 * after the migration, /proc/PID/smaps counts it as resident and as anonymous,
 * and never as swapped.
 *
 * Contract: ME-14
 */
static void smaps_counts_entry(struct kunit *test)
{
	const long kb = 2 * PAGE_SIZE / SZ_1K;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct scene s = { .mm = mm };
	struct mmk_proc *proc;
	unsigned long addr;

	addr = mmk_mmap(test, NULL, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS);
	proc = mmk_proc_alloc(test);
	mmk_fill(test, addr, 2, SCENE_SEED);
	smaps_check(test, proc, addr, "before", kb);

	s.src = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_WRITE);
	smaps_check_migration(test, proc, &s, addr, kb);
}

/**
 * smaps_counts_huge_entry() - The same for a huge page
 *
 * As smaps_counts_entry(): its entry counts for the whole huge page.
 *
 * Contract: ME-14
 */
static void smaps_counts_huge_entry(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_proc *proc;
	struct scene s;

	proc = mmk_proc_alloc(test);
	me_scene_unmap_huge(test, &s, mm);
	smaps_check_migration(test, proc, &s, s.addr, MMK_HUGE_SIZE / SZ_1K);
}

static struct kunit_case migration_entry_smaps_cases[] = {
	KUNIT_CASE(smaps_counts_entry),
	KUNIT_CASE(smaps_counts_huge_entry),
	{}
};

static struct kunit_suite migration_entry_smaps_suite = {
	.name = "migration_entry_smaps",
	.init = mmk_case_init,
	.test_cases = migration_entry_smaps_cases,
};

kunit_test_suite(migration_entry_smaps_suite);
