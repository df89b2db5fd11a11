// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/PID/smaps of tmpfs that is in swap. Expected is what
 * Documentation/filesystems/proc.rst says of "Swap".
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/trace.h"
#include "../lib/disk.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/proc.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "../lib/task.h"

/* Of the bytes in the swapped pages, see mmk_fill() */
#define SEED	0x69

#define NR_PAGES	4

/**
 * struct hurry - A task that is asked to give up the CPU whenever it takes a lock
 * @task: the task
 * @lock: lockdep's name of the lock
 */
struct hurry {
	struct task_struct *task;
	struct lockdep_map *lock;
};

static void hurry_probe(void *data, struct lockdep_map *lock,
			unsigned int subclass, int trylock, int read, int check,
			struct lockdep_map *next_lock, unsigned long ip)
{
	struct hurry *h = data;

	if (current == h->task && lock == h->lock) {
		set_tsk_need_resched(current);
		set_preempt_need_resched();
	}
}

/**
 * smaps_of_swapped_tmpfs_does_not_sleep() - With the page table lock held
 *
 * A private mapping of a tmpfs file has one page of its own, and holes whose pages of the
 * file are in swap. smaps counts these, one by one, with the page table lock held. It does
 * not give up the CPU then, although it is asked to all the time.
 *
 * Contract: SF-11
 */
static void smaps_of_swapped_tmpfs_does_not_sleep(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_proc *proc = mmk_proc_alloc(test);
	struct hurry hurry = {
		.task = current,
		.lock = mmk_lock_map(&mm->page_table_lock),
	};
	unsigned long shared, private;
	struct mmk_smaps smaps;
	struct file *file;

	mmk_swap_on(test);
	file = mmk_shmem_file(test, NR_PAGES);
	shared = mmk_mmap(test, file, NR_PAGES * PAGE_SIZE,
			  PROT_READ | PROT_WRITE, MAP_SHARED);
	mmk_fill(test, shared, NR_PAGES, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(shared, NR_PAGES * PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), (long)NR_PAGES);
	KUNIT_ASSERT_EQ(test, vm_munmap(shared, NR_PAGES * PAGE_SIZE), 0);
	private = mmk_mmap(test, file, NR_PAGES * PAGE_SIZE,
			   PROT_READ | PROT_WRITE, MAP_PRIVATE);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, private, true), 0);
	MMK_EXPECT_PTE(test, mm, private + PAGE_SIZE, NONE);
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), NR_PAGES - 1L);
	if (mmk_lock_watch(hurry_probe, &hurry))
		kunit_skip(test, "needs lockdep");
	mmk_proc_smaps(test, proc, private, &smaps);
	mmk_lock_unwatch(hurry_probe, &hurry);
	KUNIT_EXPECT_EQ(test, smaps.swap * 1024,
			(long)((NR_PAGES - 1) * PAGE_SIZE));
	mmk_proc_end(test, proc);
}

/* In kB, as smaps counts */
#define PAGES_KB(nr)	((long)((nr) * PAGE_SIZE / 1024))

/* Pages that are not merged with what is beside them */
static unsigned long map_apart(struct kunit *test)
{
	unsigned long addr = mmk_mmap(test, NULL, (NR_PAGES + 2) * PAGE_SIZE,
				      PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);

	addr += PAGE_SIZE;
	KUNIT_ASSERT_EQ(test, sys_mprotect(addr, NR_PAGES * PAGE_SIZE,
					   PROT_READ | PROT_WRITE), 0L);
	return addr;
}

/**
 * smaps_counts_a_share_of_what_is_shared() - Two processes have the pages
 *
 * "SwapPss" of a page in swap, and "Pss" of one in memory, are the share of one of those that
 * have it. A clean page counts as clean, one that is locked under "Locked", and one that
 * MADV_FREE was told of under "LazyFree".
 *
 * Contract: EW-1, SF-11
 */
static void smaps_counts_a_share_of_what_is_shared(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_proc *proc = mmk_proc_alloc(test);
	struct mmk_smaps smaps;
	unsigned long addr;
	unsigned int i;

	addr = map_apart(test);
	mmk_swap_on(test);
	mmk_fill(test, addr, NR_PAGES, SEED);
	lru_add_drain_all();
	mmk_proc_smaps(test, proc, addr, &smaps);
	KUNIT_EXPECT_EQ(test, smaps.pss, PAGES_KB(NR_PAGES));
	KUNIT_EXPECT_EQ(test, smaps.clean, 0L);
	KUNIT_EXPECT_EQ(test, smaps.locked, 0L);
	KUNIT_EXPECT_EQ(test, smaps.lazyfree, 0L);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, 2 * PAGE_SIZE), 0);
	mmk_proc_smaps(test, proc, addr, &smaps);
	KUNIT_EXPECT_EQ(test, smaps.swap, PAGES_KB(2));
	KUNIT_EXPECT_EQ(test, smaps.swap_pss, PAGES_KB(2));
	KUNIT_EXPECT_EQ(test, smaps.pss, PAGES_KB(NR_PAGES - 2));

	mmk_fork(test);
	for (i = 2; i < NR_PAGES; i++)
		mmk_pte_set_flags(test, mm, addr + i * PAGE_SIZE, true, false);
	folio_clear_dirty(mmk_pte_folio(test, mm, addr + 2 * PAGE_SIZE));
	mmk_proc_smaps(test, proc, addr, &smaps);
	KUNIT_EXPECT_EQ(test, smaps.swap, PAGES_KB(2));
	KUNIT_EXPECT_EQ(test, smaps.swap_pss, PAGES_KB(2) / 2);
	KUNIT_EXPECT_EQ(test, smaps.rss, PAGES_KB(NR_PAGES - 2));
	KUNIT_EXPECT_EQ(test, smaps.pss, PAGES_KB(NR_PAGES - 2) / 2);
	KUNIT_EXPECT_EQ(test, smaps.shared, PAGES_KB(NR_PAGES - 2));
	KUNIT_EXPECT_GE(test, smaps.clean, PAGES_KB(1));
	/* Clean, but nobody has said that it may go. */
	KUNIT_EXPECT_EQ(test, smaps.lazyfree, 0L);
	mmk_proc_end(test, proc);
}

/**
 * smaps_counts_what_is_locked_and_what_may_go() - mlock() and MADV_FREE
 *
 * Contract: EW-1
 */
static void smaps_counts_what_is_locked_and_what_may_go(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_proc *proc = mmk_proc_alloc(test);
	unsigned long locked, lazy;
	struct mmk_smaps smaps;

	locked = map_apart(test);
	lazy = map_apart(test);
	mmk_fill(test, locked, NR_PAGES, SEED);
	mmk_fill(test, lazy, NR_PAGES, SEED);
	KUNIT_ASSERT_EQ(test, sys_mlock(locked, NR_PAGES * PAGE_SIZE), 0L);
	lru_add_drain_all();
	KUNIT_ASSERT_EQ(test, do_madvise(mm, lazy, 2 * PAGE_SIZE, MADV_FREE), 0);
	lru_add_drain_all();
	mmk_proc_smaps(test, proc, locked, &smaps);
	KUNIT_EXPECT_EQ(test, smaps.locked, PAGES_KB(NR_PAGES));
	KUNIT_EXPECT_EQ(test, smaps.lazyfree, 0L);
	mmk_proc_smaps(test, proc, lazy, &smaps);
	KUNIT_EXPECT_EQ(test, smaps.locked, 0L);
	KUNIT_EXPECT_EQ(test, smaps.lazyfree, PAGES_KB(2));
	mmk_proc_end(test, proc);
}

static struct kunit_case swap_error_smaps_cases[] = {
	KUNIT_CASE(smaps_counts_a_share_of_what_is_shared),
	KUNIT_CASE(smaps_counts_what_is_locked_and_what_may_go),
	KUNIT_CASE(smaps_of_swapped_tmpfs_does_not_sleep),
	{}
};

static struct kunit_suite swap_error_smaps_suite = {
	.name = "swap_error_smaps",
	.init = mmk_case_init,
	.test_cases = swap_error_smaps_cases,
};

kunit_test_suite(swap_error_smaps_suite);
