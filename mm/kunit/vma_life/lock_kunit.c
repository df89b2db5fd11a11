// SPDX-License-Identifier: GPL-2.0
/*
 * lock_vma_under_rcu() while the VMA changes. What to expect is in
 * Documentation/mm/process_addrs.rst and in the comments of struct
 * vm_area_struct: the VMA of the address, locked for reading, or NULL, and then
 * the fault is left to mmap_lock.
 */
#include <kunit/test.h>
#include <linux/kallsyms.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>

#include "../../internal.h"
#include "../compat/trace.h"
#include "../compat/vma.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "../lib/wait.h"

/* Its flags differ from the others, so that no two are merged */
static unsigned long map_own(struct kunit *test, unsigned long prot)
{
	return mmk_mmap(test, NULL, PAGE_SIZE, prot,
			MAP_PRIVATE | MAP_ANONYMOUS);
}

static void needs_vma_lock(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");
}

/* The look-up leaves no lock behind, found or not. */
static bool lock_and_unlock(struct kunit *test, struct mm_struct *mm,
			    unsigned long addr, struct vm_area_struct *vma)
{
	struct vm_area_struct *got = mmk_lock_vma(mm, addr);

	KUNIT_EXPECT_FALSE(test, lock_is_held(&rcu_lock_map));
	if (!got)
		return false;
	KUNIT_EXPECT_PTR_EQ(test, got, vma);
	mmk_unlock_vma(got);
	return true;
}

/**
 * struct state_case - What has been done to a VMA
 * @description: for the KTAP line
 * @mmap_lock: mmap_lock is held for writing
 * @mine: the VMA is write-locked
 * @other: another VMA is write-locked
 * @downgraded: mmap_lock has been downgraded since
 * @unlocked: mmap_lock has been released since
 * @locked: whether the look-up gets the VMA
 */
struct state_case {
	const char *description;
	bool mmap_lock;
	bool mine;
	bool other;
	bool downgraded;
	bool unlocked;
	bool locked;
};

static const struct state_case state_cases[] = {
	{ "nothing", .locked = true },
	{ "mmap_lock held for writing", .mmap_lock = true, .locked = true },
	{ "another VMA write-locked", .mmap_lock = true, .other = true,
	  .locked = true },
	{ "write-locked", .mmap_lock = true, .mine = true, .locked = false },
	{ "write-locked, then downgraded", .mmap_lock = true, .mine = true,
	  .downgraded = true, .locked = true },
	{ "write-locked, then unlocked", .mmap_lock = true, .mine = true,
	  .unlocked = true, .locked = true },
};

KUNIT_ARRAY_PARAM_DESC(state, state_cases, description);

/**
 * vma_is_locked_unless_it_changes() - A VMA that is write-locked, or is not
 *
 * A VMA that is write-locked cannot be locked for a fault. Any other VMA can
 * be, even if mmap_lock is held for writing. When mmap_lock is released or
 * downgraded, all VMAs are unlocked. The lock count is as before.
 *
 * Contract: VL-1
 */
static void vma_is_locked_unless_it_changes(struct kunit *test)
{
	const struct state_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = map_own(test, PROT_READ | PROT_WRITE);
	unsigned long addr2 = map_own(test, PROT_READ);
	struct vm_area_struct *vma = mmk_vma_at(mm, addr);
	struct vm_area_struct *other = mmk_vma_at(mm, addr2);
	long idle = mmk_vma_lock_count(vma);
	long idle2 = mmk_vma_lock_count(other);
	bool got;

	needs_vma_lock(test);
	KUNIT_ASSERT_PTR_NE(test, vma, other);
	if (c->mmap_lock)
		mmap_write_lock(mm);
	if (c->mine)
		vma_start_write(vma);
	if (c->other)
		vma_start_write(other);
	if (c->downgraded)
		mmap_write_downgrade(mm);
	if (c->unlocked)
		mmap_write_unlock(mm);
	got = lock_and_unlock(test, mm, addr, vma);
	if (c->downgraded)
		mmap_read_unlock(mm);
	else if (c->mmap_lock && !c->unlocked)
		mmap_write_unlock(mm);
	KUNIT_EXPECT_EQ(test, got, c->locked);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(other), idle2);
	/* Afterwards it can be locked in any case. */
	KUNIT_EXPECT_TRUE(test, lock_and_unlock(test, mm, addr, vma));
	KUNIT_EXPECT_TRUE(test, lock_and_unlock(test, mm, addr2, other));
}

/**
 * readers_do_not_exclude_each_other() - Many faults at a time
 *
 * Contract: VL-1
 */
static void readers_do_not_exclude_each_other(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = map_own(test, PROT_READ | PROT_WRITE);
	struct vm_area_struct *vma = mmk_vma_at(mm, addr), *got;
	long idle = mmk_vma_lock_count(vma);
	unsigned int i, nr = 0;

	needs_vma_lock(test);
	got = mmk_lock_vma(mm, addr);
	KUNIT_ASSERT_PTR_EQ(test, got, vma);
	for (i = 0; i < 8; i++)
		nr += lock_and_unlock(test, mm, addr, vma);
	mmk_unlock_vma(got);
	KUNIT_EXPECT_EQ(test, nr, 8U);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle);
}

/**
 * struct writer - A task that locks a VMA for writing
 * @task: the thread
 * @vma: the VMA
 * @got: the writer has the lock
 * @seen: a reader got the lock at the same time
 */
struct writer {
	struct mmk_task task;
	struct vm_area_struct *vma;
	bool got;
	bool seen;
};

static void writer_main(struct mmk_task *task)
{
	struct writer *w = container_of(task, struct writer, task);
	struct vm_area_struct *vma;

	mmap_write_lock(task->mm);
	vma_start_write(w->vma);
	WRITE_ONCE(w->got, true);
	vma = mmk_lock_vma(task->mm, w->vma->vm_start);
	if (vma) {
		w->seen = true;
		mmk_unlock_vma(vma);
	}
	mmap_write_unlock(task->mm);
}

/**
 * writer_waits_for_readers() - A write lock on a VMA that has readers
 *
 * A writer waits until the last reader has gone. While it waits, no other
 * reader gets the VMA, so that the wait has an end. Then the writer alone has
 * the lock. A reader that tried in vain does not wake the writer, and the lock
 * count is as before.
 *
 * Contract: VL-1
 */
static void writer_waits_for_readers(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = map_own(test, PROT_READ | PROT_WRITE);
	struct vm_area_struct *vma = mmk_vma_at(mm, addr), *got;
	long idle = mmk_vma_lock_count(vma);
	struct writer *w;

	needs_vma_lock(test);
	w = mmk_task_alloc(test, sizeof(*w), mm, writer_main);
	w->vma = vma;
	got = mmk_lock_vma(mm, addr);
	KUNIT_ASSERT_PTR_EQ(test, got, vma);
	mmk_task_start(&w->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&w->task, "writer_main"));
	KUNIT_EXPECT_FALSE(test, READ_ONCE(w->got));
	KUNIT_EXPECT_FALSE(test, lock_and_unlock(test, mm, addr, vma));
	KUNIT_EXPECT_FALSE(test, lock_and_unlock(test, mm, addr, vma));
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&w->task, "writer_main"));
	KUNIT_EXPECT_FALSE(test, READ_ONCE(w->got));

	mmk_unlock_vma(got);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&w->task));
	KUNIT_EXPECT_TRUE(test, w->got);
	KUNIT_EXPECT_FALSE(test, w->seen);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle);
	KUNIT_EXPECT_TRUE(test, lock_and_unlock(test, mm, addr, vma));
}

/**
 * dead_mm_has_no_vma() - After exit_mmap()
 *
 * A task still has a reference on an mm without users. No VMA is found at any
 * address.
 *
 * Contract: VL-1
 */
static void dead_mm_has_no_vma(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 2);
	struct vm_area_struct *got;

	needs_vma_lock(test);
	mmk_fill(test, addr, 2, 1);
	child = mmk_fork(test);
	mmgrab(child);
	got = mmk_lock_vma(child, addr);
	KUNIT_EXPECT_NOT_NULL(test, got);
	if (got)
		mmk_unlock_vma(got);
	mmk_mm_put(test, child);
	KUNIT_EXPECT_EQ(test, atomic_read(&child->mm_users), 0);
	got = mmk_lock_vma(child, addr);
	KUNIT_EXPECT_NULL(test, got);
	KUNIT_EXPECT_FALSE(test, lock_is_held(&rcu_lock_map));
	mmdrop(child);
	got = mmk_lock_vma(mm, addr);
	KUNIT_EXPECT_NOT_NULL(test, got);
	if (got)
		mmk_unlock_vma(got);
}

/**
 * struct limit_case - How many readers a VMA has already
 * @description: for the KTAP line
 * @room: how many more there may be
 */
struct limit_case {
	const char *description;
	unsigned int room;
};

static const struct limit_case limit_cases[] = {
	{ "room for one more", 1 },
	{ "at the limit", 0 },
};

KUNIT_ARRAY_PARAM_DESC(limit, limit_cases, description);

/**
 * readers_are_counted_up_to_the_limit() - The count does not overflow
 *
 * A VMA with as many readers as can be counted gets no other reader: its count
 * must not become that of a VMA which is write-locked.
 *
 * Contract: VL-1
 */
static void readers_are_counted_up_to_the_limit(struct kunit *test)
{
	const struct limit_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = map_own(test, PROT_READ | PROT_WRITE);
	struct vm_area_struct *vma = mmk_vma_at(mm, addr);
	long before = mmk_vma_lock_count(vma), after;
	bool got;

	if (!MMK_VMA_REF_LIMIT)
		kunit_skip(test, "needs VM_REFCNT_LIMIT or VMA_REF_LIMIT");
	mmk_vma_set_refs(vma, MMK_VMA_REF_LIMIT - c->room);
	got = lock_and_unlock(test, mm, addr, vma);
	after = mmk_vma_lock_count(vma);
	mmk_vma_set_refs(vma, before);
	KUNIT_EXPECT_EQ(test, got, !!c->room);
	KUNIT_EXPECT_EQ(test, after, (long)(MMK_VMA_REF_LIMIT - c->room));
}

/**
 * struct stealer - Gives a VMA to another mm as soon as somebody locks it
 * @task: the task that locks it
 * @lock: lockdep's name of the VMA's lock
 * @vma: the VMA
 * @mm: the other mm
 */
struct stealer {
	struct task_struct *task;
	struct lockdep_map *lock;
	struct vm_area_struct *vma;
	struct mm_struct *mm;
};

static void stealer_probe(void *data, struct lockdep_map *lock,
			  unsigned int subclass, int trylock, int read,
			  int check, struct lockdep_map *next_lock,
			  unsigned long ip)
{
	struct stealer *s = data;

	if (current == s->task && lock == s->lock)
		s->vma->vm_mm = s->mm;
}

/**
 * vma_of_another_mm_is_given_back() - Its memory has been reused
 *
 * By the time the VMA is locked, it has been freed and belongs to another mm.
 * It is unlocked again and not returned. The other mm keeps its references.
 *
 * Contract: VL-1
 */
static void vma_of_another_mm_is_given_back(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = map_own(test, PROT_READ | PROT_WRITE);
	struct vm_area_struct *got;
	struct stealer s = { .task = current, .vma = mmk_vma_at(mm, addr) };
	long idle = mmk_vma_lock_count(s.vma);
	int refs;

	if (!MMK_VMA_REF_LIMIT)
		kunit_skip(test, "needs VM_REFCNT_LIMIT or VMA_REF_LIMIT");
	child = mmk_fork(test);
	s.mm = child;
	s.lock = mmk_vma_lock_map(s.vma);
	refs = atomic_read(&child->mm_count);
	if (mmk_lock_watch(stealer_probe, &s))
		kunit_skip(test, "needs lockdep");
	got = mmk_lock_vma(mm, addr);
	mmk_lock_unwatch(stealer_probe, &s);
	if (got)
		mmk_unlock_vma(got);
	s.vma->vm_mm = mm;
	KUNIT_EXPECT_NULL(test, got);
	KUNIT_EXPECT_FALSE(test, lock_is_held(&rcu_lock_map));
	KUNIT_EXPECT_EQ(test, atomic_read(&child->mm_count), refs);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(s.vma), idle);
	KUNIT_EXPECT_TRUE(test, lock_and_unlock(test, mm, addr, s.vma));
}

/**
 * struct replacer - Replaces a VMA that is being looked up by two others
 * @task: the task that looks it up
 * @armed: the task is about to do so
 * @mm: the address space; mmap_lock is held for writing
 * @left: the VMA that is found first, as if it were detached
 * @right: the VMA that comes into the place of its second half
 * @refs: references of @left before it was detached
 * @err: why the tree could not be changed, or 0
 */
struct replacer {
	struct task_struct *task;
	bool armed;
	struct mm_struct *mm;
	struct vm_area_struct *left;
	struct vm_area_struct *right;
	int refs;
	int err;
};

static int replacer_put(struct replacer *r, struct vm_area_struct *vma,
			unsigned long start)
{
	MA_STATE(mas, &r->mm->mm_mt, start, r->right->vm_end - 1);

	return mas_store_gfp(&mas, vma, GFP_ATOMIC);
}

static void replacer_acquire(void *data, struct lockdep_map *lock,
			     unsigned int subclass, int trylock, int read,
			     int check, struct lockdep_map *next_lock,
			     unsigned long ip)
{
}

static void replacer_release(void *data, struct lockdep_map *lock,
			     unsigned long ip)
{
	struct replacer *r = data;

	if (current != r->task || lock != &rcu_lock_map || !r->armed)
		return;
	r->armed = false;
	r->err = replacer_put(r, r->right, r->right->vm_start);
	mmk_vma_set_refs(r->left, r->refs);
}

typedef struct vm_area_struct *(*next_vma_fn)(struct mm_struct *mm,
					      struct vma_iterator *vmi,
					      unsigned long from);

/*
 * lock_next_vma(), as /proc/PID/maps calls it: the VMA of an address, or the next one
 * behind it. Since 6.17, and called with RCU held.
 */
static next_vma_fn next_vma(struct kunit *test)
{
	next_vma_fn fn = (void *)kallsyms_lookup_name("lock_next_vma");

	if (!fn)
		kunit_skip(test, "needs lock_next_vma()");
	return fn;
}

static struct vm_area_struct *lock_next(next_vma_fn fn, struct mm_struct *mm,
					unsigned long from)
{
	struct vm_area_struct *vma;
	struct vma_iterator vmi;

	vma_iter_init(&vmi, mm, from);
	rcu_read_lock();
	vma = fn(mm, &vmi, from);
	rcu_read_unlock();
	return vma;
}

/**
 * next_vma_is_that_of_the_address() - Or the first one behind it
 *
 * From each page of two VMAs and of the gap between them, the VMA is found that
 * ends behind the page first. It is locked, and its lock count is as before when
 * it has been unlocked.
 *
 * Contract: VL-1
 */
static void next_vma_is_that_of_the_address(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 6), page;
	next_vma_fn fn = next_vma(test);
	struct vm_area_struct *first, *second, *got;
	long idle;

	KUNIT_ASSERT_EQ(test, vm_munmap(addr + 2 * PAGE_SIZE, 2 * PAGE_SIZE), 0);
	first = mmk_vma_at(mm, addr);
	second = mmk_vma_at(mm, addr + 4 * PAGE_SIZE);
	KUNIT_ASSERT_PTR_NE(test, first, second);
	idle = mmk_vma_lock_count(second);
	for (page = addr; page < addr + 6 * PAGE_SIZE; page += PAGE_SIZE) {
		got = lock_next(fn, mm, page);
		KUNIT_EXPECT_PTR_EQ(test, got, page < addr + 2 * PAGE_SIZE ?
				    first : second);
		if (IS_ERR_OR_NULL(got))
			continue;
		KUNIT_EXPECT_NE(test, mmk_vma_lock_count(got), idle);
		mmk_unlock_vma(got);
		KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(got), idle);
	}
	got = lock_next(fn, mm, TASK_SIZE - PAGE_SIZE);
	KUNIT_EXPECT_NULL(test, got);
	KUNIT_EXPECT_FALSE(test, lock_is_held(&rcu_lock_map));
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(mm), 0L);
}

/**
 * struct over_case - A look-up
 * @description: for the KTAP line
 * @next: it is that of lock_next_vma()
 */
struct over_case {
	const char *description;
	bool next;
};

static const struct over_case over_cases[] = {
	{ "lock_vma_under_rcu", false },
	{ "lock_next_vma", true },
};

KUNIT_ARRAY_PARAM_DESC(over, over_cases, description);

/**
 * look_up_starts_over_at_the_address() - The VMA that was found has gone
 *
 * The VMA that is found first has been detached. By the time that the look-up
 * drops RCU and starts over, two VMAs are in its place, and the address is in
 * the second of them. The look-up gets that one. Where in the tree it has been
 * before does not matter.
 *
 * Contract: VL-1
 */
static void look_up_starts_over_at_the_address(struct kunit *test)
{
	const struct over_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 4);
	unsigned long half = addr + 2 * PAGE_SIZE;
	struct replacer r = { .task = current, .mm = mm };
	struct vm_area_struct *got;
	next_vma_fn fn = NULL;
	long idle;
	int err;

	if (!MMK_VMA_REF_LIMIT)
		kunit_skip(test, "RCU is held until the look-up ends");
	if (c->next)
		fn = next_vma(test);
	KUNIT_ASSERT_EQ(test, vm_mmap(NULL, half, 2 * PAGE_SIZE, PROT_READ,
				      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				      0), half);
	r.left = mmk_vma_at(mm, addr);
	r.right = mmk_vma_at(mm, half);
	KUNIT_ASSERT_PTR_NE(test, r.left, r.right);
	r.refs = mmk_vma_lock_count(r.left);
	idle = mmk_vma_lock_count(r.right);
	err = mmk_watch_locks(replacer_acquire, replacer_release, &r);
	if (err == -EOPNOTSUPP)
		kunit_skip(test, "needs CONFIG_LOCKDEP and CONFIG_TRACEPOINTS");
	KUNIT_ASSERT_EQ(test, err, 0);
	mmap_write_lock(mm);
	/* One entry of the tree, from the first page to the last */
	err = replacer_put(&r, r.left, addr);
	mmk_vma_set_refs(r.left, 0);
	r.armed = !err;
	got = fn ? lock_next(fn, mm, half + PAGE_SIZE) :
		   mmk_lock_vma(mm, half + PAGE_SIZE);
	if (r.armed)
		replacer_release(&r, &rcu_lock_map, 0);
	mmap_write_unlock(mm);
	mmk_unwatch_locks(replacer_acquire, replacer_release, &r);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, r.err, 0);
	KUNIT_EXPECT_PTR_EQ(test, got, r.right);
	if (got)
		mmk_unlock_vma(got);
	KUNIT_EXPECT_FALSE(test, lock_is_held(&rcu_lock_map));
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(r.left), (long)r.refs);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(r.right), idle);
	KUNIT_EXPECT_TRUE(test, lock_and_unlock(test, mm, addr, r.left));
}

#define RACE_ROUNDS	2000

/**
 * struct racer - A task that looks up a VMA all the time
 * @task: the thread
 * @addr: an address that has a VMA at times
 * @stop: tells the task to end
 * @nr: look-ups
 * @found: look-ups that found a VMA
 * @wrong: look-ups that found the wrong one
 */
struct racer {
	struct mmk_task task;
	unsigned long addr;
	bool stop;
	unsigned int nr;
	unsigned int found;
	unsigned int wrong;
};

static void racer_main(struct mmk_task *task)
{
	struct racer *r = container_of(task, struct racer, task);
	struct vm_area_struct *vma;

	while (!READ_ONCE(r->stop)) {
		vma = mmk_lock_vma(task->mm, r->addr);
		r->nr++;
		if (vma) {
			r->found++;
			r->wrong += vma->vm_mm != task->mm ||
				    r->addr < vma->vm_start ||
				    r->addr >= vma->vm_end;
			mmk_unlock_vma(vma);
		}
		cond_resched();
	}
}

/**
 * coming_and_going_vma_is_right() - On several CPUs at the same time
 *
 * Three tasks look up a VMA. Others map and unmap VMAs in its place and next to
 * it, so that the tree changes its shape. Each VMA found has the address, and
 * belongs to this mm. No lock is left behind, or munmap() would wait for it.
 *
 * Contract: VL-1
 */
static void coming_and_going_vma_is_right(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 64);
	struct racer *racers[3];
	unsigned int i, j, wrong = 0, found = 0, failed = 0;

	mmk_need_cpus(test, 2);
	needs_vma_lock(test);
	for (i = 0; i < ARRAY_SIZE(racers); i++) {
		racers[i] = mmk_task_alloc(test, sizeof(*racers[i]), mm,
					   racer_main);
		racers[i]->addr = addr + 7 * PAGE_SIZE;
		mmk_task_place(&racers[i]->task, i + 1);
		mmk_task_start(&racers[i]->task);
	}
	for (i = 0; i < RACE_ROUNDS; i++) {
		/* Every other page: as many VMAs as fit a node of the tree */
		for (j = i % 2; j < 64; j += 2)
			failed += IS_ERR_VALUE(vm_mmap(NULL, addr + j * PAGE_SIZE,
						       PAGE_SIZE, i % 4 ?
						       PROT_READ : PROT_NONE,
						       MAP_PRIVATE | MAP_FIXED |
						       MAP_ANONYMOUS, 0));
		if (i % 8 == 7)
			failed += !!vm_munmap(addr, 64 * PAGE_SIZE);
	}
	for (i = 0; i < ARRAY_SIZE(racers); i++)
		WRITE_ONCE(racers[i]->stop, true);
	for (i = 0; i < ARRAY_SIZE(racers); i++) {
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&racers[i]->task));
		wrong += racers[i]->wrong;
		found += racers[i]->found;
	}
	KUNIT_EXPECT_EQ(test, failed, 0U);
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	KUNIT_EXPECT_GT_MSG(test, found, 0U, "no VMA has ever been found");
}

static struct kunit_case vma_life_lock_cases[] = {
	KUNIT_CASE_PARAM(vma_is_locked_unless_it_changes, state_gen_params),
	KUNIT_CASE(readers_do_not_exclude_each_other),
	KUNIT_CASE(writer_waits_for_readers),
	KUNIT_CASE(dead_mm_has_no_vma),
	KUNIT_CASE_PARAM(readers_are_counted_up_to_the_limit,
			 limit_gen_params),
	KUNIT_CASE(vma_of_another_mm_is_given_back),
	KUNIT_CASE_PARAM(look_up_starts_over_at_the_address, over_gen_params),
	KUNIT_CASE(next_vma_is_that_of_the_address),
	KUNIT_CASE_SLOW(coming_and_going_vma_is_right),
	{}
};

static struct kunit_suite vma_life_lock_suite = {
	.name = "vma_life_lock",
	.init = mmk_case_init,
	.test_cases = vma_life_lock_cases,
};

kunit_test_suite(vma_life_lock_suite);
