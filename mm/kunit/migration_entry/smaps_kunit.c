// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/PID/smaps counts pages under migration.
 */
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/rmap.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/uaccess.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/task.h"
#include "entry.h"

/**
 * struct smaps - What smaps says of one VMA, in kB
 * @rss: Rss
 * @pss: Pss
 * @anonymous: Anonymous
 * @swap: Swap
 */
struct smaps {
	long rss;
	long pss;
	long anonymous;
	long swap;
};

static void proc_release(void *mnt)
{
	kern_unmount(mnt);
}

static struct vfsmount *proc_mount(struct kunit *test)
{
	struct file_system_type *type = get_fs_type("proc");
	struct vfsmount *mnt;

	if (!type || !IS_ENABLED(CONFIG_PROC_PAGE_MONITOR))
		kunit_skip(test, "needs CONFIG_PROC_PAGE_MONITOR");

	mnt = kern_mount(type);
	put_filesystem(type);
	KUNIT_ASSERT_FALSE(test, IS_ERR(mnt));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, proc_release,
							mnt), 0);
	return mnt;
}

static long smaps_field(struct kunit *test, const char *vma, const char *name)
{
	const char *at = strstr(vma, name);
	long kb = -1;
	int nr;

	KUNIT_ASSERT_NOT_NULL_MSG(test, at, "no %s in:\n%s", name, vma);
	nr = sscanf(at + strlen(name), " %ld kB", &kb);
	KUNIT_ASSERT_EQ(test, nr, 1);
	return kb;
}

/*
 * Reads the smaps of @task, which shares the mm of the case, for the VMA at
 * @addr. The text goes through user memory at @buffer.
 */
static void smaps_read(struct kunit *test, struct vfsmount *mnt,
		       struct mmk_task *task, unsigned long addr,
		       unsigned long buffer, size_t size, struct smaps *smaps)
{
	char *text = kunit_kzalloc(test, size, GFP_KERNEL), *vma;
	char name[32];
	struct file *file;
	ssize_t got = 0, n;
	loff_t pos = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	snprintf(name, sizeof(name), "%d/smaps", task_pid_nr(task->task));
	file = file_open_root_mnt(mnt, name, O_RDONLY, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	do {
		n = vfs_read(file, (char __user *)buffer + got, size - 1 - got,
			     &pos);
		got += max_t(ssize_t, n, 0);
	} while (n > 0);
	fput(file);
	KUNIT_ASSERT_EQ(test, n, (ssize_t)0);
	KUNIT_ASSERT_EQ(test, copy_from_user(text, (void __user *)buffer, got),
			0UL);

	snprintf(name, sizeof(name), "%08lx-", addr);
	vma = strstr(text, name);
	KUNIT_ASSERT_NOT_NULL_MSG(test, vma, "no %s in:\n%s", name, text);
	smaps->rss = smaps_field(test, vma, "\nRss:");
	smaps->pss = smaps_field(test, vma, "\nPss:");
	smaps->anonymous = smaps_field(test, vma, "\nAnonymous:");
	smaps->swap = smaps_field(test, vma, "\nSwap:");
}

static void smaps_idle(struct mmk_task *task)
{
}

static void smaps_expect(struct kunit *test, const char *when,
			 const struct smaps *smaps, long kb)
{
	KUNIT_EXPECT_EQ_MSG(test, smaps->rss, kb, "Rss %s", when);
	KUNIT_EXPECT_EQ_MSG(test, smaps->pss, kb, "Pss %s", when);
	KUNIT_EXPECT_EQ_MSG(test, smaps->anonymous, kb, "Anonymous %s", when);
	KUNIT_EXPECT_EQ_MSG(test, smaps->swap, 0L, "Swap %s", when);
}

/**
 * struct smaps_view - A reader of the smaps of the case's mm
 * @mnt: proc
 * @task: whose smaps
 * @buffer: user memory for the text
 * @size: of it
 */
struct smaps_view {
	struct vfsmount *mnt;
	struct mmk_task *task;
	unsigned long buffer;
	size_t size;
};

static void smaps_init(struct kunit *test, struct smaps_view *v)
{
	v->size = 4 * PAGE_SIZE;
	v->mnt = proc_mount(test);
	/* A VMA of its own. */
	v->buffer = mmk_mmap(test, NULL, v->size, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS);
	v->task = mmk_process_alloc(test, sizeof(*v->task), smaps_idle);
}

static void smaps_check(struct kunit *test, const struct smaps_view *v,
			unsigned long addr, const char *when, long kb)
{
	struct smaps smaps;

	smaps_read(test, v->mnt, v->task, addr, v->buffer, v->size, &smaps);
	smaps_expect(test, when, &smaps, kb);
}

/* Expects @kb for the VMA at @addr, before and after @s is moved. */
static void smaps_check_migration(struct kunit *test,
				  const struct smaps_view *v, struct scene *s,
				  unsigned long addr, long kb)
{
	struct folio *dst;

	smaps_check(test, v, addr, "under migration", kb);
	dst = mmk_hold_copy(test, s->hold);
	remove_migration_ptes(s->src, dst, 0);
	mmk_hold_finish(test, s->hold, true);
	smaps_check(test, v, addr, "after", kb);
	mmk_process_start(v->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(v->task));
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
	struct smaps_view v;
	unsigned long addr;

	addr = mmk_mmap(test, NULL, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS);
	smaps_init(test, &v);
	mmk_fill(test, addr, 2, SCENE_SEED);
	smaps_check(test, &v, addr, "before", kb);

	s.src = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_WRITE);
	smaps_check_migration(test, &v, &s, addr, kb);
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
	struct smaps_view v;
	struct scene s;

	smaps_init(test, &v);
	me_scene_unmap_huge(test, &s, mm);
	smaps_check_migration(test, &v, &s, s.addr, MMK_HUGE_SIZE / SZ_1K);
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
