// SPDX-License-Identifier: GPL-2.0
/*
 * Faults that need more than the VMA lock, and how faults are counted. What to
 * expect is in Documentation/mm/process_addrs.rst and in the comments of
 * mm_account_fault().
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/pagemap.h>
#include <linux/ptrace.h>
#include <linux/swap.h>
#include <linux/userfaultfd_k.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/trace.h"
#include "../compat/vma.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "../lib/uffd.h"

/* What the fault handlers of the architectures set for an access by a user */
#define USER_READ	(FAULT_FLAG_DEFAULT | FAULT_FLAG_USER)
#define USER_WRITE	(USER_READ | FAULT_FLAG_WRITE)

static void needs_vma_lock(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");
}

/**
 * struct watch - How often a task takes mmap_lock
 * @task: the task
 * @lock: lockdep's name of the lock
 * @takes: how often
 */
struct watch {
	struct task_struct *task;
	struct lockdep_map *lock;
	unsigned int takes;
};

static void watch_probe(void *data, struct lockdep_map *lock,
			unsigned int subclass, int trylock, int read,
			int check, struct lockdep_map *next_lock,
			unsigned long ip)
{
	struct watch *w = data;

	if (current == w->task && lock == w->lock)
		w->takes++;
}

/* One fault under the VMA lock. Return: how often it took mmap_lock */
static unsigned int fault_takes(struct kunit *test, struct mm_struct *mm,
				unsigned long addr, unsigned int flags)
{
	struct mmk_fault *fault = mmk_fault_alloc(test, mm, addr, flags,
						  MMK_VMA_LOCK);
	struct watch w = {
		.task = fault->task.task,
		.lock = mmk_lock_map(&mm->mmap_lock),
	};

	if (mmk_lock_watch(watch_probe, &w))
		kunit_skip(test, "needs lockdep");
	mmk_task_start(&fault->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	mmk_lock_unwatch(watch_probe, &w);
	KUNIT_EXPECT_FALSE(test, fault->no_vma);
	KUNIT_EXPECT_EQ(test, fault->ret & (VM_FAULT_ERROR | VM_FAULT_RETRY), 0U);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, fault->tries, 1U);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	return w.takes;
}

/**
 * first_fault_takes_mmap_lock() - For an anon_vma, and nothing else
 *
 * The first write to a new VMA needs an anon_vma, which neighbours may share:
 * mmap_lock is held while it is made. The first try serves the fault, under the
 * VMA lock. No later fault takes mmap_lock, nor does a fault that needs no
 * anon_vma.
 *
 * Contract: VL-2
 */
static void first_fault_takes_mmap_lock(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr, shared;
	long idle;

	needs_vma_lock(test);
	shared = mmk_mmap(test, mmk_shmem_file(test, 2), 2 * PAGE_SIZE,
			  PROT_READ | PROT_WRITE, MAP_SHARED);
	/* Not to be merged with another VMA */
	addr = mmk_mmap(test, NULL, 3 * PAGE_SIZE,
			PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS);
	idle = mmk_vma_lock_count(mmk_vma_at(mm, addr));
	KUNIT_ASSERT_NULL(test, mmk_vma_at(mm, addr)->anon_vma);
	KUNIT_EXPECT_EQ(test, fault_takes(test, mm, addr, USER_WRITE), 1U);
	KUNIT_EXPECT_NOT_NULL(test, mmk_vma_at(mm, addr)->anon_vma);
	KUNIT_EXPECT_EQ(test, fault_takes(test, mm, addr + PAGE_SIZE,
					  USER_WRITE), 0U);
	KUNIT_EXPECT_EQ(test, fault_takes(test, mm, addr + 2 * PAGE_SIZE,
					  USER_READ), 0U);
	KUNIT_EXPECT_EQ(test, fault_takes(test, mm, shared, USER_READ), 0U);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(mmk_vma_at(mm, addr)), idle);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(mm), 0L);
}

/**
 * growing_stack_needs_mmap_lock() - An address below a stack
 *
 * There is no VMA at the address to lock. The fault is left to mmap_lock, under
 * which the stack grows, with its VMA locked for writing. Then the VMA lock is
 * enough.
 *
 * Contract: VL-2
 */
static void growing_stack_needs_mmap_lock(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long room = mmk_mmap(test, NULL, SZ_4M, PROT_NONE,
				      MAP_PRIVATE | MAP_ANONYMOUS);
	unsigned long stack = room + SZ_4M - 2 * PAGE_SIZE;
	unsigned long below = stack - 3 * PAGE_SIZE;
	struct vm_area_struct *vma, *got;

	needs_vma_lock(test);
	KUNIT_ASSERT_EQ(test, vm_munmap(room, SZ_4M), 0);
	KUNIT_ASSERT_EQ(test, vm_mmap(NULL, stack, 2 * PAGE_SIZE,
				      PROT_READ | PROT_WRITE, MAP_PRIVATE |
				      MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN,
				      0), stack);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, stack, true), 0);
	KUNIT_ASSERT_NULL(test, mmk_vma_at(mm, below));
	got = mmk_lock_vma(mm, below);
	KUNIT_EXPECT_NULL(test, got);

	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, below, true), -EFAULT);
	/* Up to 6.14, a stack grows to where its user has it only. */
	PT_REGS_SP(current_pt_regs()) = below;
	KUNIT_EXPECT_EQ(test, put_user(1, (u8 __user *)below), 0);
	vma = mmk_vma_at(mm, below);
	KUNIT_ASSERT_NOT_NULL(test, vma);
	/* It was locked for writing the last time that mmap_lock was. */
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_seq(vma), mmk_mm_lock_seq(mm) - 1);
	KUNIT_EXPECT_EQ(test, vma->vm_start, below);
	KUNIT_EXPECT_EQ(test, vma->vm_end, stack + 2 * PAGE_SIZE);
	got = mmk_lock_vma(mm, below);
	KUNIT_EXPECT_PTR_EQ(test, got, vma);
	if (got)
		mmk_unlock_vma(got);
	KUNIT_EXPECT_EQ(test, fault_takes(test, mm, below + PAGE_SIZE,
					  USER_WRITE), 0U);
}

/**
 * struct forker - What an MMU notifier sees of a fork()
 * @mn: the notifier
 * @mm: the parent
 * @calls: copies of page tables that it was told of
 * @locked: those of them whose VMA could be locked for a fault
 */
struct forker {
	struct mmu_notifier mn;
	struct mm_struct *mm;
	unsigned int calls;
	unsigned int locked;
};

static int forker_start(struct mmu_notifier *mn,
			const struct mmu_notifier_range *range)
{
	struct forker *f = container_of(mn, struct forker, mn);
	struct vm_area_struct *vma;

	if (range->event != MMU_NOTIFY_PROTECTION_PAGE)
		return 0;
	f->calls++;
	vma = mmk_lock_vma(f->mm, range->start);
	if (vma) {
		f->locked++;
		mmk_unlock_vma(vma);
	}
	return 0;
}

static const struct mmu_notifier_ops forker_ops = {
	.invalidate_range_start	= forker_start,
};

static void forker_release(void *data)
{
	struct forker *f = data;

	mmu_notifier_unregister(&f->mn, f->mm);
}

/**
 * fork_keeps_faults_of_the_parent_out() - While page tables are copied
 *
 * fork() makes the pages of the parent read-only. While it copies a VMA, a
 * fault of the parent cannot lock that VMA, and so cannot make a page writable
 * again. After fork(), all VMAs of both can be locked.
 *
 * Contract: VL-2
 */
static void fork_keeps_faults_of_the_parent_out(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct forker *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	unsigned long addr[3];
	struct vm_area_struct *got;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	needs_vma_lock(test);
	for (i = 0; i < ARRAY_SIZE(addr); i++) {
		addr[i] = mmk_map_anon(test, 2);
		mmk_mmap(test, NULL, PAGE_SIZE, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS);
		mmk_fill(test, addr[i], 2, i);
	}
	f->mm = mm;
	f->mn.ops = &forker_ops;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&f->mn, mm), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, forker_release, f),
			0);
	child = mmk_fork(test);
	KUNIT_EXPECT_GE(test, f->calls, (unsigned int)ARRAY_SIZE(addr));
	KUNIT_EXPECT_EQ(test, f->locked, 0U);
	for (i = 0; i < 2 * ARRAY_SIZE(addr); i++) {
		got = mmk_lock_vma(i % 2 ? child : mm, addr[i / 2]);
		KUNIT_EXPECT_NOT_NULL(test, got);
		if (got)
			mmk_unlock_vma(got);
	}
}

#ifdef CONFIG_USERFAULTFD
/**
 * struct close_case - A fault that meets a userfaultfd which is being closed
 * @description: for the KTAP line
 * @flags: FAULT_FLAG_*
 * @lock: the lock of the fault
 */
struct close_case {
	const char *description;
	unsigned int flags;
	enum mmk_lock lock;
};

static const struct close_case close_cases[] = {
	{ "VMA lock", USER_READ, MMK_VMA_LOCK },
	{ "mmap_lock", USER_READ, MMK_MMAP_LOCK },
	{ "write, VMA lock", USER_WRITE, MMK_VMA_LOCK },
	{ "write, mmap_lock", USER_WRITE, MMK_MMAP_LOCK },
};

KUNIT_ARRAY_PARAM_DESC(close, close_cases, description);

/**
 * closing_userfaultfd_gets_the_lock() - A fault does not wait for the monitor
 *
 * The userfaultfd is being closed, which takes mmap_lock. A fault on a missing
 * page returns VM_FAULT_RETRY with its lock dropped, under either lock, so that
 * the close can go on. Nothing is mapped.
 *
 * Contract: VL-2
 */
static void closing_userfaultfd_gets_the_lock(struct kunit *test)
{
	const struct close_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct userfaultfd_ctx *ctx;
	struct mmk_fault *fault;
	struct mmk_uffd *uffd;
	unsigned long addr;
	long idle;

	if (c->lock == MMK_VMA_LOCK)
		needs_vma_lock(test);
	uffd = mmk_uffd_open(test);
	addr = mmk_map_anon(test, 2);
	mmk_fill(test, addr, 1, 1);
	mmk_uffd_register(test, uffd, addr, 2 * PAGE_SIZE);
	idle = mmk_vma_lock_count(mmk_vma_at(mm, addr));

	ctx = uffd->file->private_data;
	WRITE_ONCE(ctx->released, true);
	fault = mmk_fault_start(test, mm, addr + PAGE_SIZE, c->flags, c->lock);
	KUNIT_EXPECT_TRUE_MSG(test, mmk_task_join(&fault->task),
			      "the fault waits for a monitor that has gone");
	WRITE_ONCE(ctx->released, false);
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(mmk_vma_at(mm, addr)), idle);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(mm), 0L);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, NONE);
}
#endif /* CONFIG_USERFAULTFD */

/**
 * enum counted - A fault that is counted
 * @COUNT_HOLE: the page has never been there
 * @COUNT_LOCKED: it is in the swap cache, and another task has locked it
 * @COUNT_SWAPPED: it has to be read
 * @COUNT_TMPFS: it is a page of tmpfs, and has to be read
 * @COUNT_MONITOR: a monitor has to bring it
 * @COUNT_ERROR: it is behind the end of its file
 */
enum counted {
	COUNT_HOLE,
	COUNT_LOCKED,
	COUNT_SWAPPED,
	COUNT_TMPFS,
	COUNT_MONITOR,
	COUNT_ERROR,
};

/**
 * struct count_case - A fault, and what it counts as
 * @description: for the KTAP line
 * @what: the page
 * @lock: the lock of its first try
 * @tries: how often the fault handler is called
 * @major: it counts as major
 */
struct count_case {
	const char *description;
	enum counted what;
	enum mmk_lock lock;
	unsigned int tries;
	bool major;
};

static const struct count_case count_cases[] = {
	{ "hole, VMA lock", COUNT_HOLE, MMK_VMA_LOCK, 1 },
	{ "hole, mmap_lock", COUNT_HOLE, MMK_MMAP_LOCK, 1 },
	{ "locked folio, VMA lock", COUNT_LOCKED, MMK_VMA_LOCK, 2 },
	{ "locked folio, mmap_lock", COUNT_LOCKED, MMK_MMAP_LOCK, 2, true },
	{ "read, VMA lock", COUNT_SWAPPED, MMK_VMA_LOCK, 1, true },
	{ "read, mmap_lock", COUNT_SWAPPED, MMK_MMAP_LOCK, 1, true },
	{ "read, tmpfs, VMA lock", COUNT_TMPFS, MMK_VMA_LOCK, 1, true },
	{ "read, tmpfs, mmap_lock", COUNT_TMPFS, MMK_MMAP_LOCK, 1, true },
	{ "userfaultfd, VMA lock", COUNT_MONITOR, MMK_VMA_LOCK, 2 },
	{ "userfaultfd, mmap_lock", COUNT_MONITOR, MMK_MMAP_LOCK, 2, true },
	{ "SIGBUS, VMA lock", COUNT_ERROR, MMK_VMA_LOCK, 1 },
	{ "SIGBUS, mmap_lock", COUNT_ERROR, MMK_MMAP_LOCK, 1 },
};

KUNIT_ARRAY_PARAM_DESC(count, count_cases, description);

static void unlock_action(void *folio)
{
	folio_unlock(folio);
}

static bool count_reads(const struct count_case *c)
{
	return c->what == COUNT_SWAPPED || c->what == COUNT_TMPFS;
}

/* What the fault waits for, or NULL */
static const char *count_sleep(const struct count_case *c)
{
	switch (c->what) {
	case COUNT_LOCKED:
		return "folio_wait_bit_common";
	case COUNT_MONITOR:
		return "handle_userfault";
	default:
		return NULL;
	}
}

/**
 * fault_counts_once() - However often it is tried
 *
 * A fault is one PGFAULT, and one minor or major fault of its task, counted
 * when it ends and not when it has to be retried. It is major if the page was
 * read, which is also one PGMAJFAULT, or if it was retried under mmap_lock. A
 * fault that fails is a PGFAULT and no more.
 *
 * Contract: VL-3
 */
static void fault_counts_once(struct kunit *test)
{
	const struct count_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr, page, faults, majors;
	struct mmk_uffd *uffd = NULL;
	struct folio *folio = NULL;
	struct mmk_fault *fault;

	if (c->lock == MMK_VMA_LOCK)
		needs_vma_lock(test);
	if (c->what == COUNT_MONITOR)
		uffd = mmk_uffd_open(test);
	if (c->what == COUNT_ERROR || c->what == COUNT_TMPFS) {
		addr = mmk_mmap(test, mmk_shmem_file(test, 1), 2 * PAGE_SIZE,
				PROT_READ | PROT_WRITE, MAP_SHARED);
	} else {
		addr = mmk_map_anon(test, 2);
	}
	mmk_fill(test, addr, 1, 1);
	page = c->what == COUNT_LOCKED || count_reads(c) ? addr :
							   addr + PAGE_SIZE;
	if (uffd)
		mmk_uffd_register(test, uffd, addr, 2 * PAGE_SIZE);
	if (count_reads(c))
		mmk_swap_on(test);
	if (c->what == COUNT_LOCKED) {
		mmk_swap_on_slow(test);
		folio = mmk_pte_folio(test, mm, page);
		mmk_folio_get(test, folio);
	}
	if (page == addr)
		KUNIT_ASSERT_EQ(test, mmk_pageout(page, PAGE_SIZE), 0);
	/* Not to be interrupted, or the wait for a monitor would be another one */
	fault = mmk_fault_alloc(test, mm, page,
				USER_READ & ~FAULT_FLAG_INTERRUPTIBLE, c->lock);
	fault->retry = true;
	if (folio) {
		folio_lock(folio);
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
								unlock_action,
								folio), 0);
	}
	faults = mmk_vm_event(PGFAULT);
	majors = mmk_vm_event(PGMAJFAULT);
	mmk_task_start(&fault->task);
	if (count_sleep(c)) {
		KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&fault->task,
							   count_sleep(c)));
		KUNIT_EXPECT_EQ(test, mmk_vm_event(PGFAULT), faults);
	}
	if (folio)
		kunit_release_action(test, unlock_action, folio);
	if (uffd)
		mmk_uffd_zero(test, uffd, page);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->tries, c->tries);
	KUNIT_EXPECT_EQ(test, fault->ret & (VM_FAULT_ERROR | VM_FAULT_RETRY),
			c->what == COUNT_ERROR ? VM_FAULT_SIGBUS : 0U);
	KUNIT_EXPECT_EQ(test, mmk_vm_event(PGFAULT), faults + 1);
	KUNIT_EXPECT_EQ(test, mmk_vm_event(PGMAJFAULT),
			majors + count_reads(c));
	KUNIT_EXPECT_EQ(test, fault->task.task->maj_flt,
			(unsigned long)c->major);
	KUNIT_EXPECT_EQ(test, fault->task.task->min_flt,
			(unsigned long)(!c->major && c->what != COUNT_ERROR));
}

static struct kunit_case vma_life_fault_cases[] = {
	KUNIT_CASE(first_fault_takes_mmap_lock),
	KUNIT_CASE(growing_stack_needs_mmap_lock),
	KUNIT_CASE(fork_keeps_faults_of_the_parent_out),
#ifdef CONFIG_USERFAULTFD
	KUNIT_CASE_PARAM(closing_userfaultfd_gets_the_lock, close_gen_params),
#endif
	KUNIT_CASE_PARAM(fault_counts_once, count_gen_params),
	{}
};

static struct kunit_suite vma_life_fault_suite = {
	.name = "vma_life_fault",
	.init = mmk_case_init,
	.test_cases = vma_life_fault_cases,
};

kunit_test_suite(vma_life_fault_suite);
