// SPDX-License-Identifier: GPL-2.0
/*
 * get_user_pages() and mincore() of a page under migration.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/mm.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../compat/trace.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "entry.h"

/* ME-3: from the pte to the entry */

KUNIT_ARRAY_PARAM_DESC(page, mmk_page_cases, description);

/* ME-14: what else meets an entry */

/**
 * mincore_counts_entry_as_resident() - mincore() of a page under migration
 *
 * Contract: ME-14
 */
static void mincore_counts_entry_as_resident(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 3), vec = mmk_map_anon(test, 1);
	struct mmk_hold *hold;
	struct folio *src;
	u8 seen[3] = {};

	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr + PAGE_SIZE, true), 0);
	src = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);

	KUNIT_EXPECT_EQ(test, sys_mincore(addr, 3 * PAGE_SIZE,
					  (unsigned char __user *)vec), 0L);
	KUNIT_EXPECT_EQ(test, copy_from_user(seen, (void __user *)vec, 3), 0UL);
	KUNIT_EXPECT_EQ(test, seen[0], 1);
	KUNIT_EXPECT_EQ(test, seen[1], 1);
	KUNIT_EXPECT_EQ(test, seen[2], 0);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_WRITE);
	remove_migration_ptes(src, src, 0);
	mmk_hold_finish(test, hold, false);
}

/**
 * struct gup - A task that takes a reference on a user page
 * @task: the task
 * @addr: which page
 * @flags: FOLL_*
 * @page: the page
 * @ret: what get_user_pages_unlocked() returned
 */
struct gup {
	struct mmk_task task;
	unsigned long addr;
	unsigned int flags;
	struct page *page;
	long ret;
};

static void gup_main(struct mmk_task *task)
{
	struct gup *gup = container_of(task, struct gup, task);

	gup->ret = get_user_pages_unlocked(gup->addr, 1, &gup->page,
					   gup->flags);
}

/*
 * A task pins page @index of @s, and waits until it is moved; returns the new
 * folio.
 */
static struct folio *expect_gup_waits(struct kunit *test, struct scene *s,
				      unsigned int flags, unsigned int index)
{
	struct folio *dst;
	struct gup *gup;

	gup = mmk_task_alloc(test, sizeof(*gup), s->mm, gup_main);
	gup->addr = s->addr + index * PAGE_SIZE;
	gup->flags = flags;
	mmk_task_start(&gup->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&gup->task));
	dst = mmk_hold_copy(test, s->hold);
	remove_migration_ptes(s->src, dst, 0);
	mmk_hold_finish(test, s->hold, true);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&gup->task));
	KUNIT_ASSERT_EQ(test, gup->ret, 1L);
	KUNIT_EXPECT_PTR_EQ(test, gup->page, folio_page(dst, index));
	put_page(gup->page);
	return dst;
}

/**
 * gup_waits_for_new_page() - get_user_pages() of a page under migration
 *
 * get_user_pages() sleeps until the folio is unlocked, and then returns the
 * page of the new folio.
 *
 * Contract: ME-14
 */
static void gup_waits_for_new_page(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *dst;
	struct scene s;

	mmk_scene_unmap(test, &s, mm, how);
	dst = expect_gup_waits(test, &s, how->write ? FOLL_WRITE : 0, 0);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, s.addr), dst);
}

/**
 * gup_waits_for_new_huge_page() - The same for a part of a huge page
 *
 * As gup_waits_for_new_page(), for the right page of the new folio.
 *
 * Contract: ME-14
 */
static void gup_waits_for_new_huge_page(struct kunit *test)
{
	struct folio *dst;
	struct scene s;

	me_scene_unmap_huge(test, &s, mmk_mm_enter(test));
	dst = expect_gup_waits(test, &s, FOLL_WRITE, 5);
	MMK_EXPECT_PMD(test, s.mm, s.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, s.mm, s.addr), dst);
}

/**
 * struct gup_nowait - A task that does not want to wait for a user page
 * @gup: what it asks for
 * @kept: mmap_lock was held all the time
 */
struct gup_nowait {
	struct gup gup;
	bool kept;
};

static void gup_nowait_main(struct mmk_task *task)
{
	struct gup *gup = container_of(task, struct gup, task);
	struct gup_nowait *nowait = container_of(gup, struct gup_nowait, gup);

	mmap_read_lock(task->mm);
	gup->ret = get_user_pages(gup->addr, 1, gup->flags | FOLL_NOWAIT,
				  &gup->page);
	nowait->kept = mmk_lock_held(&task->mm->mmap_lock);
	if (nowait->kept)
		mmap_read_unlock(task->mm);
}

/**
 * gup_nowait_keeps_mmap_lock() - A caller that cannot wait
 *
 * FOLL_NOWAIT promises not to wait for a disk, and FAULT_FLAG_RETRY_NOWAIT not
 * to drop mmap_lock. A page under migration is neither read nor retried: either
 * get_user_pages() returns without a page, or it sleeps with mmap_lock held and
 * returns the page of the new folio. See Documentation/findings.rst.
 *
 * Contract: ME-14
 */
static void gup_nowait_keeps_mmap_lock(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct gup_nowait *nowait;
	struct folio *dst;
	struct scene s;
	bool settled;

	if (!IS_ENABLED(CONFIG_LOCKDEP))
		kunit_skip(test, "needs lockdep to know which locks are held");

	mmk_scene_unmap(test, &s, mm, how);
	nowait = mmk_task_alloc(test, sizeof(*nowait), mm, gup_nowait_main);
	nowait->gup.addr = s.addr;
	nowait->gup.flags = how->write ? FOLL_WRITE : 0;
	mmk_task_start(&nowait->gup.task);
	settled = mmk_wait_for(completion_done(&nowait->gup.task.done) ||
			       mmk_task_waits_for(test, nowait->gup.task.task,
						  s.src));
	KUNIT_ASSERT_TRUE(test, settled);
	if (!completion_done(&nowait->gup.task.done)) {
		KUNIT_EXPECT_TRUE(test, rwsem_is_locked(&mm->mmap_lock));
		KUNIT_EXPECT_EQ(test, mmk_folio_nr_waiting(test, s.src), 1);
	}
	dst = mmk_hold_copy(test, s.hold);
	remove_migration_ptes(s.src, dst, 0);
	mmk_hold_finish(test, s.hold, true);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&nowait->gup.task));
	KUNIT_EXPECT_TRUE(test, nowait->kept);
	if (nowait->gup.ret == 1) {
		KUNIT_EXPECT_PTR_EQ(test, nowait->gup.page, folio_page(dst, 0));
		put_page(nowait->gup.page);
	} else {
		KUNIT_EXPECT_LE(test, nowait->gup.ret, 0L);
	}
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, s.addr), dst);
}

static struct kunit_case migration_entry_gup_cases[] = {
	KUNIT_CASE(mincore_counts_entry_as_resident),
	KUNIT_CASE_PARAM(gup_waits_for_new_page, page_gen_params),
	KUNIT_CASE(gup_waits_for_new_huge_page),
	KUNIT_CASE_PARAM(gup_nowait_keeps_mmap_lock, page_gen_params),
	{}
};

static struct kunit_suite migration_entry_gup_suite = {
	.name = "migration_entry_gup",
	.init = mmk_case_init,
	.test_cases = migration_entry_gup_cases,
};

kunit_test_suite(migration_entry_gup_suite);
