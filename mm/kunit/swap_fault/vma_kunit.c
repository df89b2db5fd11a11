// SPDX-License-Identifier: GPL-2.0
/*
 * Faults and the lock of their VMA.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/poison.h>
#include <linux/rmap.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/trace.h"
#include "../compat/vma.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "swapped.h"

/**
 * freed_vma_is_left_alone() - The VMA is freed while its fault sleeps
 *
 * A fault has dropped the VMA lock to wait for a folio. Meanwhile the VMA is
 * unmapped and freed, and its memory is filled with bytes that are no valid
 * pointers. The fault does not use it any more.
 *
 * Contract: SF-10
 */
static void freed_vma_is_left_alone(struct kunit *test)
{
	struct vm_area_struct *vma, *others[32];
	u8 saved[sizeof(*vma)];
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct swapped s = {};
	int nr = 0;

	s.mm = mmk_mm_enter(test);
	mmk_swap_on_watched(test, true);
	/* Executable, so that it is not merged with another VMA */
	s.addr = mmk_mmap(test, NULL, PAGE_SIZE,
			  PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS);
	swap_out(test, &s, true);
	mmk_folio_snapshot(s.folio, &before);
	lock_folio(test, s.folio);
	vma = mmk_vma_at(s.mm, s.addr);
	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));

	/*
	 * Otherwise munmap() would wait for the fault, and that for the case.
	 */
	KUNIT_ASSERT_EQ(test, mmk_vma_lock_count(vma), s.idle);
	KUNIT_EXPECT_EQ(test, vm_munmap(s.addr, PAGE_SIZE), 0);
	rcu_barrier();
	do {
		others[nr] = vm_area_alloc(s.mm);
	} while (others[nr] && others[nr] != vma &&
		 ++nr < ARRAY_SIZE(others));
	/* KASAN does not reuse it at once, and reports an access by itself. */
	vma = nr < ARRAY_SIZE(others) ? others[nr] : NULL;
	if (vma) {
		memcpy(saved, vma, sizeof(saved));
		memset(vma, POISON_FREE, sizeof(*vma));
	}
	unlock_folio(test, s.folio);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	if (vma) {
		KUNIT_EXPECT_NULL(test, memchr_inv(vma, POISON_FREE,
						   sizeof(*vma)));
		memcpy(vma, saved, sizeof(saved));
		vm_area_free(vma);
	}
	while (nr--)
		vm_area_free(others[nr]);

	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(s.mm), s.mmap_idle);
	mmk_expect_folio_same(test, "unmapped", s.folio, &before);
}

/**
 * write_locked_vma_is_not_read_locked() - lock_vma_under_rcu() gives up
 *
 * Neither a VMA that is locked for writing nor an address without a VMA is
 * locked for a fault, and the count of the VMA lock is as before. Once
 * mmap_lock has been dropped, the VMA can be locked again.
 *
 * Contract: SF-10
 */
static void write_locked_vma_is_not_read_locked(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct vm_area_struct *vma = mmk_vma_at(mm, addr), *got;
	long idle = mmk_vma_lock_count(vma);

	mmap_write_lock(mm);
	vma_start_write(vma);
	got = mmk_lock_vma(mm, addr);
	if (got)
		mmk_unlock_vma(got);
	mmap_write_unlock(mm);
	KUNIT_EXPECT_NULL(test, got);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle);

	KUNIT_EXPECT_NULL(test, mmk_lock_vma(mm, addr + PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, mmk_lock_vma(mm, addr - 1));
	KUNIT_EXPECT_FALSE(test, lock_is_held(&rcu_lock_map));

	got = mmk_lock_vma(mm, addr + PAGE_SIZE - 1);
	KUNIT_ASSERT_PTR_EQ(test, got, vma);
	KUNIT_EXPECT_NE(test, mmk_vma_lock_count(vma), idle);
	mmk_unlock_vma(got);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle);
	KUNIT_EXPECT_FALSE(test, lock_is_held(&rcu_lock_map));
}

/**
 * struct vma_meddler - Changes a VMA right before it is locked
 * @task: the task that locks it
 * @lock: lockdep's name of the VMA lock
 * @vma: the VMA
 * @change: changes it
 * @hits: how often @task has locked it
 */
struct vma_meddler {
	struct task_struct *task;
	struct lockdep_map *lock;
	struct vm_area_struct *vma;
	void (*change)(struct vm_area_struct *vma, bool first);
	int hits;
};

static void vma_meddler_probe(void *data, struct lockdep_map *lock,
			      unsigned int subclass, int trylock, int read,
			      int check, struct lockdep_map *next_lock,
			      unsigned long ip)
{
	struct vma_meddler *meddler = data;

	if (current == meddler->task && lock == meddler->lock)
		meddler->change(meddler->vma, !meddler->hits++);
}

static void meddle_shrink(struct vm_area_struct *vma, bool first)
{
	if (first)
		vma->vm_start += PAGE_SIZE;
}

/* As after vma_start_write(), until mmap_lock is dropped */
static void meddle_write_lock(struct vm_area_struct *vma, bool first)
{
	if (first)
		mmk_vma_write_lock(vma);
}

static void meddle_detach(struct vm_area_struct *vma, bool first)
{
	mmk_vma_set_detached(vma, first);
}

/**
 * struct meddle_case - A VMA that changes between look-up and lock
 * @description: for the log
 * @change: changes it
 * @again: it is looked up again, and found
 */
struct meddle_case {
	const char *description;
	void (*change)(struct vm_area_struct *vma, bool first);
	bool again;
};

static const struct meddle_case meddle_cases[] = {
	{ "begins behind the address", meddle_shrink },
	{ "locked for writing", meddle_write_lock },
	{ "detached, and replaced", meddle_detach, true },
};

KUNIT_ARRAY_PARAM_DESC(meddle, meddle_cases, description);

/**
 * changed_vma_is_not_locked() - The VMA changes between look-up and lock
 *
 * A VMA is looked up, and then locked. If the address is no longer in it, or it
 * has been locked for writing, the lock is dropped again, and
 * lock_vma_under_rcu() returns NULL. If the VMA has been detached, it is looked
 * up again.
 *
 * Contract: SF-10, VL-1
 */
static void changed_vma_is_not_locked(struct kunit *test)
{
	const struct meddle_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 2);
	struct vma_meddler meddler = {
		.task	= current,
		.vma	= mmk_vma_at(mm, addr),
		.change	= c->change,
	};
	long idle = mmk_vma_lock_count(meddler.vma);
	struct vm_area_struct *got;
	unsigned long start;
	unsigned int seq;

	if (c->again && !MMK_VMA_DETACHED_IS_FLAG)
		kunit_skip(test, "needs vma->detached");
	meddler.lock = mmk_vma_lock_map(meddler.vma);
	start = meddler.vma->vm_start;
	seq = mmk_vma_lock_seq(meddler.vma);
	KUNIT_ASSERT_EQ(test, start, addr);
	if (mmk_lock_watch(vma_meddler_probe, &meddler))
		kunit_skip(test, "needs lockdep");
	got = mmk_lock_vma(mm, addr);
	mmk_lock_unwatch(vma_meddler_probe, &meddler);
	meddler.vma->vm_start = start;
	mmk_vma_set_lock_seq(meddler.vma, seq);
	mmk_vma_set_detached(meddler.vma, false);
	if (got)
		mmk_unlock_vma(got);

	KUNIT_EXPECT_GE(test, meddler.hits, 1 + c->again);
	KUNIT_EXPECT_PTR_EQ(test, got, c->again ? meddler.vma : NULL);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(meddler.vma), idle);
	KUNIT_EXPECT_FALSE(test, lock_is_held(meddler.lock));
}

/**
 * first_fault_needs_mmap_lock() - There is no anon_vma yet
 *
 * The first fault on a new VMA is taken under its lock, while another task
 * holds mmap_lock for writing. The anon_vma cannot be allocated then: the fault
 * returns VM_FAULT_RETRY, with the VMA lock dropped, and does not wait for
 * mmap_lock, which could deadlock. Once mmap_lock is free, the same fault is
 * served under the VMA lock, and leaves mmap_lock as it was.
 *
 * Contract: SF-10
 */
static void first_fault_needs_mmap_lock(struct kunit *test)
{
	const unsigned int flags = USER_READ | FAULT_FLAG_WRITE;
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_fault *fault;
	bool done;

	/* Executable, so that it is not merged with another VMA */
	s.addr = mmk_mmap(test, NULL, PAGE_SIZE,
			  PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS);
	s.idle = vma_lock_count(s.mm, s.addr);
	s.mmap_idle = mmk_mmap_lock_count(s.mm);
	KUNIT_ASSERT_NULL(test, mmk_vma_at(s.mm, s.addr)->anon_vma);
	fault = mmk_fault_alloc(test, s.mm, s.addr, flags, MMK_VMA_LOCK);

	mmap_write_lock(s.mm);
	mmk_task_start(&fault->task);
	done = mmk_task_join(&fault->task);
	mmap_write_unlock(s.mm);
	KUNIT_ASSERT_TRUE_MSG(test, done, "the fault waits for mmap_lock");
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	sf_expect_locks_idle(test, &s);
	KUNIT_EXPECT_NULL(test, mmk_vma_at(s.mm, s.addr)->anon_vma);

	fault = mmk_fault_start(test, s.mm, s.addr, flags, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	sf_expect_locks_idle(test, &s);
	KUNIT_EXPECT_NOT_NULL(test, mmk_vma_at(s.mm, s.addr)->anon_vma);
	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
}

static struct kunit_case swap_fault_vma_cases[] = {
	KUNIT_CASE(freed_vma_is_left_alone),
	KUNIT_CASE(write_locked_vma_is_not_read_locked),
	KUNIT_CASE_PARAM(changed_vma_is_not_locked, meddle_gen_params),
	KUNIT_CASE(first_fault_needs_mmap_lock),
	{}
};

static struct kunit_suite swap_fault_vma_suite = {
	.name = "swap_fault_vma",
	.init = mmk_case_init,
	.test_cases = swap_fault_vma_cases,
};

kunit_test_suite(swap_fault_vma_suite);
