// SPDX-License-Identifier: GPL-2.0
/*
 * A fork() that fails, or whose task is killed. fork(2): no child is made, so
 * that whatever the child had by then goes, and the parent is as before.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/wait.h>

#include <uapi/linux/wait.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../compat/mm.h"
#include "../compat/vma.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"

/* Pages of each VMA */
#define NR_PAGES	3

/* Seed of the bytes, see mmk_fill() */
#define SEED	0x21

/*
 * The child that fork() has begun to make, with a reference that keeps no memory
 * of it: what the copy of a VMA belongs to.
 */
static struct mm_struct *forked_mm;

static void forked_open(struct vm_area_struct *vma)
{
	if (!forked_mm) {
		forked_mm = vma->vm_mm;
		mmgrab(forked_mm);
	}
}

/* Of a VMA whose pages are all there */
static const struct vm_operations_struct forked_ops = {
	.open	= forked_open,
};

/**
 * struct opened - A VMA whose copies are told of
 * @real: the operations that it had
 * @mm: its address space
 * @addr: where it is
 */
struct opened {
	const struct vm_operations_struct *real;
	struct mm_struct *mm;
	unsigned long addr;
};

static void set_ops(struct opened *o, const struct vm_operations_struct *ops)
{
	mmap_write_lock(o->mm);
	vma_lookup(o->mm, o->addr)->vm_ops = ops;
	mmap_write_unlock(o->mm);
}

static void opened_release(void *data)
{
	struct opened *o = data;

	set_ops(o, o->real);
	if (forked_mm)
		mmdrop(forked_mm);
	forked_mm = NULL;
}

static void tell_of_copies(struct kunit *test, struct mm_struct *mm,
			   unsigned long addr)
{
	struct opened *o = kunit_kzalloc(test, sizeof(*o), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, o);
	o->mm = mm;
	o->addr = addr;
	o->real = mmk_vma_at(mm, addr)->vm_ops;
	KUNIT_ASSERT_NOT_NULL(test, o->real);
	set_ops(o, &forked_ops);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, opened_release, o),
			0);
}

static void give_back_action(void *data)
{
	struct folio *folio = data;

	folio_unlock(folio);
	folio_put(folio);
}

static void map_at(struct kunit *test, struct file *file, unsigned long addr,
		   unsigned int nr_pages)
{
	unsigned long flags = file ? MAP_PRIVATE : MAP_PRIVATE | MAP_ANONYMOUS;

	KUNIT_ASSERT_EQ(test, vm_mmap(file, addr, nr_pages * PAGE_SIZE,
				      PROT_READ | PROT_WRITE, flags | MAP_FIXED,
				      0), addr);
	mmk_fill(test, addr, nr_pages, SEED);
}

/**
 * struct fail_case - Where fork() fails
 * @description: for the KTAP line
 * @vma: in which VMA
 * @page: at which page of it
 */
struct fail_case {
	const char *description;
	unsigned int vma;
	unsigned int page;
};

#define NR_VMAS	3

static const struct fail_case fail_cases[] = {
	{ "first page", 0, 0 },
	{ "first VMA, last page", 0, NR_PAGES - 1 },
	{ "second VMA, first page", 1, 0 },
	{ "second VMA, second page", 1, 1 },
	{ "last VMA, last page", NR_VMAS - 1, NR_PAGES - 1 },
};

KUNIT_ARRAY_PARAM_DESC(fail, fail_cases, description);

/* The page cannot be copied: a device has exclusive access, and has locked it. */
static struct folio *make_obstacle(struct kunit *test, struct mm_struct *mm,
				   unsigned long addr)
{
	struct folio *folio = mmk_make_exclusive(test, mm, addr);

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, give_back_action,
							folio), 0);
	MMK_EXPECT_PTE(test, mm, addr, DEVICE_EXCLUSIVE);
	return folio;
}

/**
 * failed_fork_leaves_nothing() - A page cannot be copied
 *
 * fork() has copied some VMAs and pages when it comes to one that it cannot copy.
 * It fails. No page has a reference or a mapping of the child any more, and the
 * child has no memory and no user. Whoever still knows its address space, as
 * swapoff may, can tell that it has never been complete: it is unstable. The
 * parent has lost nothing, and can fork() later.
 *
 * Contract: VL-2
 */
static void failed_fork_leaves_nothing(struct kunit *test)
{
	const struct fail_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct mmk_folio_state before[NR_VMAS * NR_PAGES];
	struct folio *folio[NR_VMAS * NR_PAGES], *obstacle;
	unsigned long addr[NR_VMAS], room;
	struct mmk_mm_state rss;
	unsigned int i;
	pid_t pid;

	/* VMAs are copied in the order of their addresses. */
	room = mmk_mmap(test, NULL, (1 + NR_VMAS * (NR_PAGES + 1)) * PAGE_SIZE,
			PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
	map_at(test, mmk_shmem_file(test, 1), room, 1);
	for (i = 0; i < NR_VMAS; i++) {
		addr[i] = room + (2 + i * (NR_PAGES + 1)) * PAGE_SIZE;
		map_at(test, NULL, addr[i], NR_PAGES);
	}
	tell_of_copies(test, mm, room);
	lru_add_drain_all();
	for (i = 0; i < ARRAY_SIZE(folio); i++)
		folio[i] = mmk_pte_folio(test, mm, addr[i / NR_PAGES] +
					 i % NR_PAGES * PAGE_SIZE);
	obstacle = make_obstacle(test, mm, addr[c->vma] + c->page * PAGE_SIZE);
	for (i = 0; i < ARRAY_SIZE(folio); i++)
		mmk_folio_snapshot(folio[i], &before[i]);
	mmk_mm_snapshot(mm, &rss);

	pid = mmk_try_fork();
	KUNIT_EXPECT_LT(test, pid, 0);
	if (pid > 0)
		kernel_wait4(pid, NULL, __WALL, NULL);
	for (i = 0; i < ARRAY_SIZE(folio); i++) {
		/* Its PG_anon_exclusive is the child's to share, or not. */
		before[i].anon_exclusive =
			PageAnonExclusive(folio_page(folio[i], 0));
		mmk_expect_folio_same(test, "no child", folio[i], &before[i]);
	}
	mmk_expect_mm_same(test, "no child", mm, &rss);
	KUNIT_ASSERT_NOT_NULL(test, forked_mm);
	KUNIT_EXPECT_TRUE(test, mm_flags_test(MMF_UNSTABLE, forked_mm));
	KUNIT_EXPECT_EQ(test, atomic_read(&forked_mm->mm_users), 0);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(forked_mm, MM_ANONPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, mm_pgtables_bytes(forked_mm), 0UL);
	for (i = 0; i < NR_VMAS; i++) {
		struct vm_area_struct *got = mmk_lock_vma(mm, addr[i]);

		if (IS_ENABLED(CONFIG_PER_VMA_LOCK))
			KUNIT_EXPECT_NOT_NULL(test, got);
		if (got)
			mmk_unlock_vma(got);
	}

	kunit_release_action(test, give_back_action, obstacle);
	child = mmk_fork(test);
	for (i = 0; i < NR_VMAS; i++) {
		MMK_EXPECT_MM_HOLDS(test, child, addr[i], NR_PAGES, SEED);
		MMK_EXPECT_MM_HOLDS(test, mm, addr[i], NR_PAGES, SEED);
	}
}

/**
 * struct forker - A process that forks
 * @task: the process
 * @pid: the child, or an error
 */
struct forker {
	struct mmk_task task;
	pid_t pid;
};

static void forker_main(struct mmk_task *task)
{
	struct forker *f = container_of(task, struct forker, task);

	f->pid = mmk_try_fork();
	if (f->pid > 0)
		kernel_wait4(f->pid, NULL, __WALL, NULL);
}

/**
 * killed_fork_gives_the_vma_back() - While it waits for a VMA
 *
 * A fault has locked a VMA, and fork() waits until it has ended. The task is
 * killed meanwhile. fork() fails, at once or when the fault has ended. The lock
 * of the VMA is as if the task had never been there: faults get it, and writers.
 *
 * Contract: VL-1
 */
static void killed_fork_gives_the_vma_back(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, NR_PAGES);
	struct vm_area_struct *vma, *got, *again;
	struct forker *f;
	long idle;

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");
	mmk_fill(test, addr, NR_PAGES, SEED);
	f = mmk_process_alloc(test, sizeof(*f), forker_main);
	vma = mmk_vma_at(mm, addr);
	idle = mmk_vma_lock_count(vma);
	got = mmk_lock_vma(mm, addr);
	KUNIT_ASSERT_PTR_EQ(test, got, vma);
	mmk_process_start(&f->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&f->task, "forker_main"));
	KUNIT_EXPECT_EQ(test, kill_pid(task_pid(f->task.task), SIGKILL, 1), 0);
	/* Older kernels do not wake it, others do. */
	if (!mmk_task_sleeps_in(&f->task, "forker_main")) {
		KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle + 1);
		again = mmk_lock_vma(mm, addr);
		KUNIT_EXPECT_PTR_EQ(test, again, vma);
		if (again)
			mmk_unlock_vma(again);
	}
	mmk_unlock_vma(got);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&f->task));
	KUNIT_EXPECT_LT(test, f->pid, 0);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(mm), 0L);
	got = mmk_lock_vma(mm, addr);
	KUNIT_EXPECT_PTR_EQ(test, got, vma);
	if (got)
		mmk_unlock_vma(got);
	child = mmk_fork(test);
	MMK_EXPECT_MM_HOLDS(test, child, addr, NR_PAGES, SEED);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle);
}

static struct kunit_case vma_life_fork_cases[] = {
	KUNIT_CASE_PARAM(failed_fork_leaves_nothing, fail_gen_params),
	KUNIT_CASE(killed_fork_gives_the_vma_back),
	{}
};

static struct kunit_suite vma_life_fork_suite = {
	.name = "vma_life_fork",
	.init = mmk_case_init,
	.test_cases = vma_life_fork_cases,
};

kunit_test_suite(vma_life_fork_suite);
