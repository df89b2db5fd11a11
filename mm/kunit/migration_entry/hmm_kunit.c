// SPDX-License-Identifier: GPL-2.0
/*
 * hmm_range_fault() of pages under migration.
 */
#include <kunit/test.h>
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/rmap.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mirror.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/task.h"
#include "entry.h"

/**
 * struct mirror - A task that asks hmm_range_fault() for three pages
 * @task: the task
 * @device: the device
 * @addr: address of the first page
 * @pfns: HMM_PFN_REQ_*, and then what hmm_range_fault() has found
 * @behind: what stands behind that, and would ask for a page to write to
 * @ret: what hmm_range_fault() returned
 */
struct mirror {
	struct mmk_task task;
	struct mmk_mirror device;
	unsigned long addr;
	unsigned long pfns[3];
	unsigned long behind;
	int ret;
};

static void mirror_main(struct mmk_task *task)
{
	struct mirror *mirror = container_of(task, struct mirror, task);
	struct hmm_range range = {
		.start		= mirror->addr,
		.end		= mirror->addr + sizeof(mirror->pfns) /
						 sizeof(long) * PAGE_SIZE,
		.hmm_pfns	= mirror->pfns,
		.pfn_flags_mask	= HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE,
	};

	mirror->ret = mmk_mirror_ask(&mirror->device, &range);
}

/* A device that is about to ask for three pages */
static struct mirror *mirror_alloc(struct kunit *test, struct mm_struct *mm,
				   unsigned long addr)
{
	struct mirror *mirror = mmk_task_alloc(test, sizeof(*mirror), mm,
					       mirror_main);

	mirror->addr = addr;
	mirror->behind = HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE;
	mmk_mirror_insert(test, &mirror->device, mm, addr, 3 * PAGE_SIZE);
	return mirror;
}

/* The same, with the middle page under migration */
static struct mirror *mirror_alloc_around(struct kunit *test,
					  struct mm_struct *mm, struct scene *s)
{
	memset(s, 0, sizeof(*s));
	s->mm = mm;
	s->addr = mmk_map_anon(test, 3) + PAGE_SIZE;
	mmk_fill(test, s->addr - PAGE_SIZE, 3, SCENE_SEED);
	s->src = mmk_pte_folio(test, mm, s->addr);
	s->hold = mmk_hold(test, s->src);
	try_to_migrate(s->src, 0);
	return mirror_alloc(test, mm, s->addr - PAGE_SIZE);
}

static unsigned long mirror_of(struct kunit *test, struct mm_struct *mm,
			       unsigned long addr)
{
	return folio_pfn(mmk_pte_folio(test, mm, addr)) | HMM_PFN_VALID |
	       HMM_PFN_WRITE;
}

/*
 * The task sleeps without a reference until @s is moved; returns the new folio.
 */
static struct folio *expect_mirror_waits(struct kunit *test, struct scene *s,
					 struct mirror *mirror)
{
	int i, refs = folio_ref_count(s->src);
	struct folio *dst;

	for (i = 0; i < ARRAY_SIZE(mirror->pfns); i++)
		mirror->pfns[i] = HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE;

	mmk_task_start(&mirror->task);

	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&mirror->task));
	KUNIT_EXPECT_EQ(test, folio_ref_count(s->src), refs);
	dst = mmk_hold_copy(test, s->hold);
	remove_migration_ptes(s->src, dst, 0);
	mmk_hold_finish(test, s->hold, true);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&mirror->task));
	KUNIT_EXPECT_EQ(test, mirror->ret, 0);
	KUNIT_EXPECT_EQ(test, mirror->device.busy, 0);
	return dst;
}

/**
 * hmm_fault_waits_for_new_page() - hmm_range_fault() with HMM_PFN_REQ_FAULT
 *
 * A device asks for three pages. For the one under migration hmm_range_fault()
 * sleeps, without a reference, until the folio is unlocked, and then finds the
 * new page.
 *
 * Contract: ME-14
 */
static void hmm_fault_waits_for_new_page(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mirror *mirror;
	struct folio *dst;
	struct scene s;
	int i;

	mirror = mirror_alloc_around(test, mm, &s);
	dst = expect_mirror_waits(test, &s, mirror);
	for (i = 0; i < ARRAY_SIZE(mirror->pfns); i++)
		KUNIT_EXPECT_EQ(test, mirror->pfns[i],
				mirror_of(test, mm,
					  mirror->addr + i * PAGE_SIZE));
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, s.addr), dst);
}

/**
 * hmm_fault_waits_for_new_huge_page() - The same for a part of a huge page
 *
 * As hmm_fault_waits_for_new_page(), for three pages of a huge page. The order
 * of the huge page is reported, too.
 *
 * Contract: ME-14
 */
static void hmm_fault_waits_for_new_huge_page(struct kunit *test)
{
	const unsigned long order = HPAGE_PMD_ORDER;
	struct mirror *mirror;
	struct folio *dst;
	struct scene s;
	int i;

	me_scene_unmap_huge(test, &s, mmk_mm_enter(test));
	mirror = mirror_alloc(test, s.mm, s.addr + 3 * PAGE_SIZE);
	dst = expect_mirror_waits(test, &s, mirror);
	for (i = 0; i < ARRAY_SIZE(mirror->pfns); i++)
		KUNIT_EXPECT_EQ(test, mirror->pfns[i],
				(folio_pfn(dst) + 3 + i) | HMM_PFN_VALID |
				HMM_PFN_WRITE | order << HMM_PFN_ORDER_SHIFT);
	MMK_EXPECT_PMD(test, s.mm, s.addr, PRESENT);
}

/**
 * hmm_snapshot_skips_huge_entry() - The same for a huge page
 *
 * As hmm_snapshot_skips_entry(): no pfn is reported for any of the pages. What stands
 * behind the range in the array asks for nothing.
 *
 * Contract: ME-14
 */
static void hmm_snapshot_skips_huge_entry(struct kunit *test)
{
	struct mirror *mirror;
	struct scene s;
	int i;

	me_scene_unmap_huge(test, &s, mmk_mm_enter(test));
	mirror = mirror_alloc(test, s.mm, s.addr + 3 * PAGE_SIZE);

	mmk_task_start(&mirror->task);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&mirror->task));
	KUNIT_EXPECT_EQ(test, mirror->ret, 0);
	KUNIT_EXPECT_EQ(test, mirror->device.busy, 0);
	for (i = 0; i < ARRAY_SIZE(mirror->pfns); i++)
		KUNIT_EXPECT_EQ(test, mirror->pfns[i], 0UL);
	MMK_EXPECT_PMD(test, s.mm, s.addr, MIGRATION_WRITE);
	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
}

/**
 * hmm_snapshot_skips_entry() - hmm_range_fault() without HMM_PFN_REQ_FAULT
 *
 * A device does not ask for the page under migration. It gets neither a pfn for
 * it nor an error, hmm_range_fault() does not wait, and the entry stays. The
 * neighbours are reported, whether the device has asked for them or not.
 *
 * Contract: ME-14
 */
static void hmm_snapshot_skips_entry(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mirror *mirror;
	struct scene s;

	mirror = mirror_alloc_around(test, mm, &s);
	mirror->pfns[2] = HMM_PFN_REQ_FAULT;

	mmk_task_start(&mirror->task);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&mirror->task));
	KUNIT_EXPECT_EQ(test, mirror->ret, 0);
	KUNIT_EXPECT_EQ(test, mirror->device.busy, 0);
	KUNIT_EXPECT_EQ(test, mirror->pfns[0],
			mirror_of(test, mm, mirror->addr));
	KUNIT_EXPECT_EQ(test, mirror->pfns[1], 0UL);
	KUNIT_EXPECT_EQ(test, mirror->pfns[2],
			mirror_of(test, mm, mirror->addr + 2 * PAGE_SIZE));
	MMK_EXPECT_PTE(test, mm, s.addr, MIGRATION_WRITE);
	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
}

static struct kunit_case migration_entry_hmm_cases[] = {
	KUNIT_CASE(hmm_fault_waits_for_new_page),
	KUNIT_CASE(hmm_fault_waits_for_new_huge_page),
	KUNIT_CASE(hmm_snapshot_skips_entry),
	KUNIT_CASE(hmm_snapshot_skips_huge_entry),
	{}
};

static struct kunit_suite migration_entry_hmm_suite = {
	.name = "migration_entry_hmm",
	.init = mmk_case_init,
	.test_cases = migration_entry_hmm_cases,
};

kunit_test_suite(migration_entry_hmm_suite);
