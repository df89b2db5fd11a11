// SPDX-License-Identifier: GPL-2.0
/*
 * The rmap locks, and fork() during a walk of the rmap.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/swap.h>
#include <linux/syscalls.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../compat/rmap.h"
#include "../compat/trace.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "entry.h"

/* ME-3: from the pte to the entry */

KUNIT_ARRAY_PARAM_DESC(page, mmk_page_cases, description);

/* ME-8: mprotect() while an entry is in place */

KUNIT_ARRAY_PARAM_DESC(writable, me_writable_cases, description);

/* The rmap locks */

static void folio_rmap_lock(struct folio *folio)
{
	if (folio_test_anon(folio))
		anon_vma_lock_write(folio_anon_vma(folio));
	else
		i_mmap_lock_write(folio->mapping);
}

static void folio_rmap_unlock(struct folio *folio)
{
	if (folio_test_anon(folio))
		anon_vma_unlock_write(folio_anon_vma(folio));
	else
		i_mmap_unlock_write(folio->mapping);
}

/**
 * struct rmap_task - A task that unmaps a folio, or restores its ptes
 * @task: the task
 * @folio: the folio
 * @restore: remove_migration_ptes() instead of try_to_migrate()
 * @locked: it holds the rmap lock for writing, and passes TTU_RMAP_LOCKED
 */
struct rmap_task {
	struct mmk_task task;
	struct folio *folio;
	bool restore;
	bool locked;
};

static void rmap_task_main(struct mmk_task *task)
{
	struct rmap_task *t = container_of(task, struct rmap_task, task);

	if (t->locked)
		folio_rmap_lock(t->folio);
	if (t->restore)
		remove_migration_ptes(t->folio, t->folio,
				      t->locked ? MMK_REMOVE_RMAP_LOCKED : 0);
	else
		try_to_migrate(t->folio, t->locked ? TTU_RMAP_LOCKED : 0);
	if (t->locked)
		folio_rmap_unlock(t->folio);
}

static struct rmap_task *rmap_task_start(struct kunit *test, struct scene *s,
					 bool restore, bool locked)
{
	struct rmap_task *t = mmk_task_alloc(test, sizeof(*t), s->mm,
					     rmap_task_main);

	t->folio = s->src;
	t->restore = restore;
	t->locked = locked;
	mmk_task_start(&t->task);
	return t;
}

/*
 * Whether the task has ended. If not, it keeps the lock and the folio for good.
 */
static bool rmap_task_join(struct rmap_task *t, struct scene *s)
{
	if (mmk_task_join(&t->task))
		return true;
	s->hold->held = false;
	return false;
}

/**
 * unmap_and_restore_take_rmap_lock() - anon_vma or i_mmap_rwsem
 *
 * As long as the anon_vma lock or i_mmap_rwsem is held for writing,
 * try_to_migrate() and remove_migration_ptes() wait before they change a page
 * table.
 *
 * Contract: ME-3, ME-4, ME-7
 */
static void unmap_and_restore_take_rmap_lock(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct rmap_task *t;
	struct scene s;

	mmk_scene_map(test, &s, mm, how);
	s.hold = mmk_hold(test, s.src);
	folio_rmap_lock(s.src);
	t = rmap_task_start(test, &s, false, false);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&t->task, "down_read"));
	MMK_EXPECT_PTE(test, mm, s.addr, PRESENT);
	folio_rmap_unlock(s.src);
	KUNIT_ASSERT_TRUE(test, rmap_task_join(t, &s));
	me_expect_kind(test, mm, s.addr, how->kind);

	folio_rmap_lock(s.src);
	t = rmap_task_start(test, &s, true, false);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&t->task, "down_read"));
	me_expect_kind(test, mm, s.addr, how->kind);
	folio_rmap_unlock(s.src);
	KUNIT_ASSERT_TRUE(test, rmap_task_join(t, &s));
	MMK_EXPECT_PTE(test, mm, s.addr, PRESENT);
	mmk_hold_finish(test, s.hold, false);
}

/**
 * caller_may_hold_rmap_lock() - TTU_RMAP_LOCKED
 *
 * With TTU_RMAP_LOCKED, both work under the lock that the caller holds for
 * writing. They run in another task, since one that takes the lock again never
 * ends.
 *
 * Contract: ME-3, ME-4
 */
static void caller_may_hold_rmap_lock(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct rmap_task *t;
	struct scene s;

	mmk_scene_map(test, &s, mm, how);
	s.hold = mmk_hold(test, s.src);
	t = rmap_task_start(test, &s, false, true);
	KUNIT_ASSERT_TRUE(test, rmap_task_join(t, &s));
	me_expect_kind(test, mm, s.addr, how->kind);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 0);

	t = rmap_task_start(test, &s, true, true);
	KUNIT_ASSERT_TRUE(test, rmap_task_join(t, &s));
	MMK_EXPECT_PTE(test, mm, s.addr, PRESENT);
	mmk_hold_finish(test, s.hold, false);
}

/* ME-7: fork() races with a migration */

/**
 * struct rmap_record - The mms that an rmap walk has visited, in order
 * @mm: the mms
 * @nr: how many there are
 */
struct rmap_record {
	struct mm_struct *mm[4];
	unsigned int nr;
};

static bool rmap_record_one(struct folio *folio, struct vm_area_struct *vma,
			    unsigned long addr, void *arg)
{
	struct rmap_record *record = arg;

	if (record->nr < ARRAY_SIZE(record->mm))
		record->mm[record->nr] = vma->vm_mm;
	record->nr++;
	return true;
}

/**
 * rmap_walk_visits_parent_first() - What the races with fork() rely on
 *
 * A parent, its child, and a grandchild: fork() copies ptes from each to the
 * next, so that a walk in this order cannot miss an entry.
 *
 * Contract: ME-7
 */
static void rmap_walk_visits_parent_first(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test), *first, *second;
	struct rmap_record record = {};
	struct rmap_walk_control rwc = {
		.rmap_one	= rmap_record_one,
		.arg		= &record,
	};
	struct scene s;

	mmk_scene_map(test, &s, mm, how);
	first = mmk_fork(test);
	second = mmk_fork_of(test, first);
	folio_lock(s.src);
	rmap_walk(s.src, &rwc);
	folio_unlock(s.src);

	KUNIT_EXPECT_EQ(test, record.nr, 3U);
	KUNIT_EXPECT_PTR_EQ(test, record.mm[0], mm);
	KUNIT_EXPECT_PTR_EQ(test, record.mm[1], first);
	KUNIT_EXPECT_PTR_EQ(test, record.mm[2], second);
}

/**
 * struct fork_race - A fork() that stops before it copies the ptes of a VMA
 * @task: the task that forks
 * @child: the mm of its child, with a reference
 * @linked: completed when the new VMA is in the anon_vma, and no pte is copied
 * @go: completed when fork() may go on
 * @has_child: completed when @child is set
 * @walker: the task whose remove_migration_ptes() lets the fork() go on
 * @nr_restored: ptes that this walk has restored so far
 * @restored_at_copy: @nr_restored when fork() had copied its ptes
 */
struct fork_race {
	struct mmk_task task;
	struct mm_struct *child;
	struct completion linked;
	struct completion go;
	struct completion has_child;
	struct task_struct *walker;
	unsigned int nr_restored;
	unsigned int restored_at_copy;
};

/* The operations of a VMA have no room for data. */
static struct fork_race *fork_race;

/* dup_mmap() calls this after anon_vma_fork() and before copy_page_range(). */
static void fork_race_open(struct vm_area_struct *vma)
{
	struct fork_race *race = fork_race;

	if (!race || current != race->task.task)
		return;
	complete(&race->linked);
	wait_for_completion_timeout(&race->go, MMK_DEADLINE);
}

/* They replace the operations of tmpfs after all faults have been taken. */
static const struct vm_operations_struct fork_race_ops = {
	.open = fork_race_open,
};

static int fork_race_child(void *data)
{
	struct fork_race *race = data;

	race->child = current->mm;
	mmget(race->child);
	complete(&race->has_child);
	do_exit(0);
}

static void fork_race_main(struct mmk_task *task)
{
	struct fork_race *race = container_of(task, struct fork_race, task);
	struct kernel_clone_args args = {
		.exit_signal	= SIGCHLD,
		.fn		= fork_race_child,
		.fn_arg		= race,
	};

	pid_t pid = kernel_clone(&args);

	if (pid < 0)
		return;
	race->restored_at_copy = race->nr_restored;
	wait_for_completion(&race->has_child);
	kernel_wait(pid, NULL);
}

static void fork_race_release(void *data)
{
	struct fork_race *race = data;

	/* If the case has failed, let the task go on. */
	complete_all(&race->go);
	if (race->task.started)
		mmk_wait_for(refcount_read(&race->task.ref) == 1);
	fork_race = NULL;
	if (race->child)
		mmput(race->child);
}

/* Starts a fork() of @mm, which stops when it has linked the VMA at @addr. */
static struct fork_race *fork_race_start(struct kunit *test,
					 struct mm_struct *mm,
					 unsigned long addr)
{
	struct fork_race *race;

	race = mmk_task_alloc(test, sizeof(*race), mm, fork_race_main);
	init_completion(&race->linked);
	init_completion(&race->go);
	init_completion(&race->has_child);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, fork_race_release,
							race), 0);
	fork_race = race;
	mmap_write_lock(mm);
	vma_lookup(mm, addr)->vm_ops = &fork_race_ops;
	mmap_write_unlock(mm);

	/*
	 * As soon as it may go on, it runs before the task that has woken it.
	 */
	sched_set_fifo(race->task.task);
	mmk_task_start(&race->task);
	KUNIT_ASSERT_TRUE(test, wait_for_completion_timeout(&race->linked,
							    MMK_DEADLINE));
	return race;
}

/* Called with the ptl held: the fork() goes on as soon as that is dropped. */
static void fork_race_probe(void *data, unsigned long addr, unsigned long pte,
			    int order)
{
	struct fork_race *race = data;

	if (current == race->walker && !race->nr_restored++)
		complete(&race->go);
}

/* A private copy of a page of tmpfs: anonymous, in a VMA that has vm_ops. */
static unsigned long map_private_copy(struct kunit *test)
{
	struct file *file = mmk_shmem_file(test, 1);
	unsigned long addr;

	addr = mmk_mmap(test, file, PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE);
	mmk_fill(test, addr, 1, SCENE_SEED);
	return addr;
}

/**
 * struct race_case - The mm that is forked while entries are removed
 * @description: for the KTAP line
 * @by_child: the child forks, whose entry is removed second; if not, the parent
 */
struct race_case {
	const char *description;
	bool by_child;
};

static const struct race_case race_cases[] = {
	{ "the parent forks again", false },
	{ "the child forks", true },
};

KUNIT_ARRAY_PARAM_DESC(race, race_cases, description);

/**
 * fork_during_removal_leaves_no_entry() - Between the first pte and the next
 *
 * Parent and child have an entry for the same folio. One of them forks; its
 * fork() stops when the rmap walk can find the new VMA and no pte has been
 * copied. When remove_migration_ptes() drops the ptl of the first pte that it
 * has restored, the fork() goes on, and copies a restored pte or an entry.
 * After the walk none of the three mms has an entry.
 *
 * On one CPU and with preemption, a completion and the priority of the task
 * that forks force this order; without preemption the order is not certain.
 *
 * Contract: ME-7
 */
static void fork_during_removal_leaves_no_entry(struct kunit *test)
{
	const struct race_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = map_private_copy(test);
	struct folio *src, *dst;
	struct fork_race *race;
	struct mmk_hold *hold;

	child = mmk_fork(test);
	src = mmk_pte_folio(test, mm, addr);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);
	race = fork_race_start(test, c->by_child ? child : mm, addr);
	dst = mmk_hold_copy(test, hold);
	lru_add_drain();

	race->walker = current;
	KUNIT_ASSERT_EQ(test,
			register_trace_remove_migration_pte(fork_race_probe,
							    race), 0);
	remove_migration_ptes(src, dst, 0);
	unregister_trace_remove_migration_pte(fork_race_probe, race);
	tracepoint_synchronize_unregister();
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&race->task));
	KUNIT_ASSERT_NOT_NULL(test, race->child);
	if (IS_ENABLED(CONFIG_PREEMPT))
		KUNIT_EXPECT_EQ(test, race->restored_at_copy, 1U);

	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	MMK_EXPECT_PTE(test, child, addr, PRESENT);
	MMK_EXPECT_PTE(test, race->child, addr, PRESENT);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 3);
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), 4);
	KUNIT_EXPECT_EQ(test, folio_mapcount(src), 0);
	/* An entry that is left would crash the kernel when its mm is freed. */
	remove_migration_ptes(src, dst, 0);
	mmk_hold_finish(test, hold, true);
	MMK_EXPECT_MM_HOLDS(test, race->child, addr, 1, SCENE_SEED);
}

/**
 * late_fork_entry_is_removed() - The folio is unmapped before ptes are copied
 *
 * fork() stops when the rmap walk can find the new VMA and no pte has been
 * copied. Then the folio is unmapped in the parent. When fork() goes on, it
 * copies the entry, and remove_migration_ptes() finds both.
 *
 * Contract: ME-7, ME-6
 */
static void late_fork_entry_is_removed(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = map_private_copy(test);
	struct folio *src, *dst;
	struct fork_race *race;
	struct mmk_hold *hold;

	src = mmk_pte_folio(test, mm, addr);
	hold = mmk_hold(test, src);
	race = fork_race_start(test, mm, addr);
	try_to_migrate(src, 0);
	MMK_EXPECT_PTE(test, mm, addr, MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, folio_mapcount(src), 0);

	complete(&race->go);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&race->task));
	KUNIT_ASSERT_NOT_NULL(test, race->child);
	MMK_EXPECT_PTE(test, mm, addr, MIGRATION_READ);
	MMK_EXPECT_PTE(test, race->child, addr, MIGRATION_READ);

	dst = mmk_hold_copy(test, hold);
	remove_migration_ptes(src, dst, 0);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	MMK_EXPECT_PTE(test, race->child, addr, PRESENT);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 2);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr)));
	mmk_hold_finish(test, hold, true);
}

/**
 * struct moving_pte - What holds when mremap() has moved a pte
 * @ptl: the page table lock
 * @ptep: where the pte has to be
 * @anon_vma: of the page
 * @nr_moved: how often the lock was dropped with the pte there, for the first time
 * @locked: the rmap lock was held then
 */
struct moving_pte {
	struct lockdep_map *ptl;
	pte_t *ptep;
	struct anon_vma *anon_vma;
	unsigned int nr_moved;
	bool locked;
};

static void moving_acquire(void *data, struct lockdep_map *lock,
			   unsigned int subclass, int trylock, int read,
			   int check, struct lockdep_map *next_lock,
			   unsigned long ip)
{
}

static void moving_release(void *data, struct lockdep_map *lock,
			   unsigned long ip)
{
	struct moving_pte *m = data;

	if (lock != m->ptl || pte_none(ptep_get(m->ptep)) || m->nr_moved)
		return;
	m->nr_moved++;
	m->locked = rwsem_is_locked(&m->anon_vma->root->rwsem);
}

static void moving_unwatch(void *data)
{
	mmk_unwatch_locks(moving_acquire, moving_release, data);
}

/**
 * mremap_keeps_the_rmap_out() - A page that moves back into its VMA
 *
 * The page goes to where it came from, so that its VMA is merged, and a walk of the rmap
 * might come to the new place before the old one, and find the page at neither. As the
 * comment of move_ptes() has it, the rmap locks are held until the pte has moved.
 *
 * Contract: ME-13, ME-7
 */
static void mremap_keeps_the_rmap_out(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 3), last, away;
	struct moving_pte *m;
	spinlock_t *ptl;
	pmd_t *pmd;

	mmk_fill(test, addr, 3, SCENE_SEED);
	last = addr + 2 * PAGE_SIZE;
	away = mmk_map_anon(test, 3) + PAGE_SIZE;
	m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	m->anon_vma = folio_anon_vma(mmk_pte_folio(test, mm, last));
	KUNIT_ASSERT_EQ(test, away, (unsigned long)
			sys_mremap(last, PAGE_SIZE, PAGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, away));
	pmd = mm_find_pmd(mm, addr);
	KUNIT_ASSERT_NOT_NULL(test, pmd);
	KUNIT_ASSERT_EQ(test, last & PMD_MASK, addr & PMD_MASK);
	ptl = pte_lockptr(mm, pmd);
	m->ptl = mmk_lock_map(ptl);
	m->ptep = pte_offset_kernel(pmd, last);
	KUNIT_ASSERT_TRUE(test, pte_none(ptep_get(m->ptep)));
	if (mmk_watch_locks(moving_acquire, moving_release, m))
		kunit_skip(test, "needs the tracepoints of locks");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, moving_unwatch,
							m), 0);
	KUNIT_EXPECT_EQ(test, last, (unsigned long)
			sys_mremap(away, PAGE_SIZE, PAGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, last));
	kunit_release_action(test, moving_unwatch, m);
	/* One VMA again, or there was no reason to take the locks. */
	KUNIT_ASSERT_EQ(test, mmk_vma_at(mm, last)->vm_start, addr);
	KUNIT_EXPECT_EQ(test, m->nr_moved, 1U);
	KUNIT_EXPECT_TRUE(test, m->locked);
	MMK_EXPECT_HOLDS(test, addr, 3, SCENE_SEED);
}

static struct kunit_case migration_entry_rmap_cases[] = {
	KUNIT_CASE_PARAM(unmap_and_restore_take_rmap_lock, page_gen_params),
	KUNIT_CASE_PARAM(caller_may_hold_rmap_lock, page_gen_params),
	KUNIT_CASE_PARAM(rmap_walk_visits_parent_first, writable_gen_params),
	KUNIT_CASE_PARAM(fork_during_removal_leaves_no_entry, race_gen_params),
	KUNIT_CASE(late_fork_entry_is_removed),
	KUNIT_CASE(mremap_keeps_the_rmap_out),
	{}
};

static struct kunit_suite migration_entry_rmap_suite = {
	.name = "migration_entry_rmap",
	.init = mmk_case_init,
	.test_cases = migration_entry_rmap_cases,
};

kunit_test_suite(migration_entry_rmap_suite);
