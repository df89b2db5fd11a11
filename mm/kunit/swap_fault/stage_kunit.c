// SPDX-License-Identifier: GPL-2.0
/*
 * Faults on every kind of entry, under either lock, with every combination of
 * flags.
 */
#include <kunit/test.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/poison.h>
#include <linux/rmap.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "../compat/trace.h"
#include "../compat/vma.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "swapped.h"

/**
 * enum stage_kind - What a fault of the table finds
 * @NOT_CACHED: a swap entry whose page has to be read from the area
 * @CACHED: a swap entry whose folio is in the swap cache
 * @CACHED_LOCKED: the same, and another task has locked the folio
 * @MIGRATION: a migration entry
 * @PRIVATE: a device-private page
 * @EXCLUSIVE: a device-exclusive entry
 * @EXCLUSIVE_LOCKED: the same, and the device has locked the folio
 * @POISONED: a marker of a poisoned page
 */
enum stage_kind {
	NOT_CACHED,
	CACHED,
	CACHED_LOCKED,
	MIGRATION,
	PRIVATE,
	EXCLUSIVE,
	EXCLUSIVE_LOCKED,
	POISONED,
};

/**
 * struct stage_case - A row of the table in Documentation/swap-fault-table.rst
 * @description: heading of the row
 * @kind: what the fault finds
 */
struct stage_case {
	const char *description;
	enum stage_kind kind;
};

static const struct stage_case stage_cases[] = {
	{ "swap entry, not in the cache", NOT_CACHED },
	{ "swap entry, in the cache", CACHED },
	{ "swap entry, in the cache, locked", CACHED_LOCKED },
	{ "migration entry", MIGRATION },
	{ "device-private", PRIVATE },
	{ "device-exclusive", EXCLUSIVE },
	{ "device-exclusive, locked", EXCLUSIVE_LOCKED },
	{ "poisoned marker", POISONED },
};

KUNIT_ARRAY_PARAM_DESC(stage, stage_cases, description);

/**
 * struct stage - One page, set up for one fault after the other
 * @s: the page
 * @kind: what the fault shall find
 * @dev: the device, for PRIVATE
 * @hold: the migration that is under way, for MIGRATION
 * @marked: the marker is there, for POISONED
 */
struct stage {
	struct swapped s;
	enum stage_kind kind;
	struct mmk_dev *dev;
	struct mmk_hold *hold;
	bool marked;
};

static struct stage *stage_init(struct kunit *test, enum stage_kind kind)
{
	struct stage *stage = kunit_kzalloc(test, sizeof(*stage), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, stage);
	stage->kind = kind;
	if (kind == PRIVATE)
		stage->dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	stage->s.mm = mmk_mm_enter(test);
	if (kind == NOT_CACHED || kind == CACHED || kind == CACHED_LOCKED)
		mmk_swap_on_watched(test, kind != NOT_CACHED);
	stage->s.addr = mmk_map_anon(test, 1);
	mmk_fill(test, stage->s.addr, 1, SEED);
	return stage;
}

/* Sets up the pte. The page is present, or still as for the last fault. */
static void stage_set(struct kunit *test, struct stage *stage)
{
	struct swapped *s = &stage->s;

	switch (stage->kind) {
	case NOT_CACHED:
	case CACHED:
	case CACHED_LOCKED:
		swap_out(test, s, stage->kind != NOT_CACHED);
		if (stage->kind == CACHED_LOCKED)
			lock_folio(test, s->folio);
		break;
	case MIGRATION:
		stage->hold = mmk_hold(test, mmk_pte_folio(test, s->mm,
							   s->addr));
		try_to_migrate(stage->hold->folio, 0);
		break;
	case PRIVATE:
		if (mmk_pte_kind(s->mm, s->addr) == MMK_PTE_PRESENT)
			mmk_migrate_to_dev(test, s->mm, s->addr, stage->dev);
		break;
	case EXCLUSIVE:
	case EXCLUSIVE_LOCKED:
		sf_make_exclusive(test, s);
		if (stage->kind == EXCLUSIVE)
			unlock_folio(test, s->folio);
		break;
	case POISONED:
		if (!stage->marked) {
			KUNIT_ASSERT_EQ(test, do_madvise(s->mm, s->addr,
							 PAGE_SIZE,
							 MADV_DONTNEED), 0);
			sf_leaf_set(test, s, leaf_poisoned());
			stage->marked = true;
		}
		break;
	}
	s->idle = vma_lock_count(s->mm, s->addr);
	s->mmap_idle = mmk_mmap_lock_count(s->mm);
}

/* Lets the tasks that wait go on. */
static void stage_release(struct kunit *test, struct stage *stage)
{
	struct folio *folio;

	if (stage->kind == MIGRATION) {
		folio = stage->hold->folio;
		remove_migration_ptes(folio, folio, 0);
		mmk_hold_finish(test, stage->hold, false);
	} else if (stage->kind == CACHED_LOCKED ||
		   stage->kind == EXCLUSIVE_LOCKED) {
		unlock_folio(test, stage->s.folio);
	}
}

/* Makes the page present again, if a fault can. */
static void stage_reset(struct kunit *test, struct stage *stage)
{
	struct swapped *s = &stage->s;

	if (stage->kind == PRIVATE || stage->kind == POISONED)
		return;
	KUNIT_ASSERT_EQ(test, mmk_fault_in(s->mm, s->addr, true), 0);
	if (s->folio)
		mmk_folio_put(test, s->folio);
}

/**
 * struct outcome - What is documented of a fault
 * @ret: the result
 * @lock_held: the lock is still held when it returns
 * @sleeps: the fault sleeps before
 * @sleeps_locked: it sleeps with the lock held
 * @killable: SIGKILL ends the sleep
 */
struct outcome {
	vm_fault_t ret;
	bool lock_held;
	bool sleeps;
	bool sleeps_locked;
	bool killable;
};

/*
 * Documentation/swap-fault-table.rst, which goes by the comments of
 * __folio_lock_or_retry(), __handle_mm_fault() and enum fault_flag.
 */
static struct outcome stage_outcome(enum stage_kind kind, enum mmk_lock lock,
				    unsigned int flags)
{
	const bool first = (flags & FAULT_FLAG_ALLOW_RETRY) &&
			   !(flags & FAULT_FLAG_TRIED);
	struct outcome served = { .lock_held = true };
	struct outcome retry = { .ret = VM_FAULT_RETRY };

	switch (kind) {
	case NOT_CACHED:
		served.ret = VM_FAULT_MAJOR;
		return served;
	case CACHED:
	case EXCLUSIVE:
		return served;
	case POISONED:
		served.ret = VM_FAULT_HWPOISON;
		return served;
	case PRIVATE:
		return lock == MMK_VMA_LOCK ? retry : served;
	case MIGRATION:
		served.sleeps = true;
		served.sleeps_locked = true;
		return served;
	case CACHED_LOCKED:
	case EXCLUSIVE_LOCKED:
		break;
	}
	if (first && (flags & FAULT_FLAG_RETRY_NOWAIT)) {
		retry.lock_held = true;
		return retry;
	}
	retry.sleeps = true;
	served.sleeps = true;
	served.sleeps_locked = true;
	retry.killable = flags & FAULT_FLAG_KILLABLE;
	served.killable = retry.killable;
	return first ? retry : served;
}

static void stage_name(char *name, size_t size, enum mmk_lock lock,
		       unsigned int flags)
{
	scnprintf(name, size, "%s%s%s%s%s%s",
		  lock == MMK_VMA_LOCK ? "VMA lock" : "mmap_lock",
		  flags & FAULT_FLAG_ALLOW_RETRY ? " | ALLOW_RETRY" : "",
		  flags & FAULT_FLAG_TRIED ? " | TRIED" : "",
		  flags & FAULT_FLAG_RETRY_NOWAIT ? " | RETRY_NOWAIT" : "",
		  flags & FAULT_FLAG_KILLABLE ? " | KILLABLE" : "",
		  flags & FAULT_FLAG_INTERRUPTIBLE ? " | INTERRUPTIBLE" : "");
}

/* During the sleep: the lock that is held, and whether SIGKILL would end it */
static void stage_expect_sleep(struct kunit *test, struct stage *stage,
			       struct mmk_fault *fault,
			       const struct outcome *want, const char *name)
{
	struct swapped *s = &stage->s;
	bool vma = vma_lock_count(s->mm, s->addr) != s->idle;
	bool mmap = mmk_mmap_lock_count(s->mm) != s->mmap_idle;

	KUNIT_EXPECT_EQ_MSG(test, vma, want->sleeps_locked &&
			    fault->lock == MMK_VMA_LOCK,
			    "%s: VMA lock during the sleep", name);
	KUNIT_EXPECT_EQ_MSG(test, mmap, want->sleeps_locked &&
			    fault->lock == MMK_MMAP_LOCK,
			    "%s: mmap_lock during the sleep", name);
	KUNIT_EXPECT_EQ_MSG(test, !!(READ_ONCE(fault->task.task->__state) &
				     TASK_WAKEKILL), want->killable,
			    "%s: killable", name);
}

static void stage_expect(struct kunit *test, struct stage *stage,
			 struct mmk_fault *fault, const struct outcome *want,
			 const char *name)
{
	struct swapped *s = &stage->s;

	KUNIT_EXPECT_EQ_MSG(test, fault->ret, want->ret, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, fault->lock_held, want->lock_held, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, vma_lock_count(s->mm, s->addr), s->idle,
			    "%s: VMA lock afterwards", name);
	KUNIT_EXPECT_EQ_MSG(test, mmk_mmap_lock_count(s->mm), s->mmap_idle,
			    "%s: mmap_lock afterwards", name);
	KUNIT_EXPECT_EQ_MSG(test, mmk_pte_kind(s->mm, s->addr) ==
			    MMK_PTE_PRESENT, !want->ret ||
			    want->ret == VM_FAULT_MAJOR, "%s: pte", name);
}

static void stage_try(struct kunit *test, struct stage *stage,
		      enum mmk_lock lock, unsigned int flags)
{
	struct outcome want = stage_outcome(stage->kind, lock, flags);
	bool asleep, done = false;
	struct mmk_fault *fault;
	char name[96];

	stage_name(name, sizeof(name), lock, flags);
	stage_set(test, stage);
	fault = mmk_fault_start(test, stage->s.mm, stage->s.addr,
				flags | FAULT_FLAG_USER, lock);
	if (want.sleeps) {
		asleep = mmk_task_sleeps_in(&fault->task, stage->kind == MIGRATION ?
					    MMK_ENTRY_WAIT_SYMBOL :
					    "folio_wait_bit_common");
		KUNIT_EXPECT_TRUE_MSG(test, asleep, "%s: sleeps", name);
		if (asleep)
			stage_expect_sleep(test, stage, fault, &want, name);
	} else {
		done = mmk_task_join(&fault->task);
		/*
		 * An assertion: the deadlines of all combinations would add up.
		 */
		KUNIT_ASSERT_TRUE_MSG(test, done, "%s: does not sleep", name);
	}
	stage_release(test, stage);
	KUNIT_ASSERT_TRUE_MSG(test, done || mmk_task_join(&fault->task), "%s",
			      name);
	stage_expect(test, stage, fault, &want, name);
	stage_reset(test, stage);
}

/**
 * every_combination_gives_documented_result() - The whole table
 *
 * For each kind of entry: every combination of FAULT_FLAG_* that the fault code
 * accepts, under either lock. Whether the fault sleeps, with which lock held
 * and killable or not, what it returns, with the lock held or dropped, and
 * whether the page is mapped, is as in Documentation/swap-fault-table.rst.
 *
 * Contract: SF-1, SF-2, SF-3, SF-5, SF-6, SF-7, SF-8, SF-9, SF-10
 */
static void every_combination_gives_documented_result(struct kunit *test)
{
	static const unsigned int tries[] = {
		0,
		FAULT_FLAG_ALLOW_RETRY,
		FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_TRIED,
		FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_RETRY_NOWAIT,
	};
	static const unsigned int waits[] = {
		0,
		FAULT_FLAG_KILLABLE,
		FAULT_FLAG_INTERRUPTIBLE,
		FAULT_FLAG_KILLABLE | FAULT_FLAG_INTERRUPTIBLE,
	};
	const struct stage_case *c = test->param_value;
	struct stage *stage = stage_init(test, c->kind);
	enum mmk_lock lock;
	int i, j;

	for (lock = MMK_MMAP_LOCK; lock <= MMK_VMA_LOCK; lock++) {
		for (i = 0; i < ARRAY_SIZE(tries); i++) {
			/*
			 * Refused: the VMA lock is always dropped on a retry.
			 */
			if (lock == MMK_VMA_LOCK &&
			    (tries[i] & FAULT_FLAG_RETRY_NOWAIT))
				continue;
			for (j = 0; j < ARRAY_SIZE(waits); j++)
				stage_try(test, stage, lock,
					  tries[i] | waits[j]);
		}
	}
}

/**
 * struct meddler - Empties a pte right before its ptl is taken
 * @task: the task that takes the ptl
 * @ptl: lockdep's name of the ptl
 * @mm: address space
 * @addr: address of the pte
 * @ptep: the pte
 * @hits: how often @task has taken the ptl
 */
struct meddler {
	struct task_struct *task;
	struct lockdep_map *ptl;
	struct mm_struct *mm;
	unsigned long addr;
	pte_t *ptep;
	int hits;
};

static void meddler_probe(void *data, struct lockdep_map *lock,
			  unsigned int subclass, int trylock, int read,
			  int check, struct lockdep_map *next_lock,
			  unsigned long ip)
{
	struct meddler *meddler = data;

	if (current == meddler->task && lock == meddler->ptl &&
	    !meddler->hits++)
		pte_clear(meddler->mm, meddler->addr, meddler->ptep);
}

static struct meddler *meddler_init(struct kunit *test, struct swapped *s,
				    struct mmk_fault *fault)
{
	struct meddler *meddler = kunit_kzalloc(test, sizeof(*meddler),
						GFP_KERNEL);
	spinlock_t *ptl;

	KUNIT_ASSERT_NOT_NULL(test, meddler);
	meddler->task = fault->task.task;
	meddler->mm = s->mm;
	meddler->addr = s->addr;
	meddler->ptep = pte_offset_map_lock(s->mm, mm_find_pmd(s->mm, s->addr),
					    s->addr, &ptl);
	KUNIT_ASSERT_NOT_NULL(test, meddler->ptep);
	meddler->ptl = mmk_lock_map(ptl);
	pte_unmap_unlock(meddler->ptep, ptl);
	return meddler;
}

static const struct stage_case changing_cases[] = {
	{ "swap entry, not in the cache", NOT_CACHED },
	{ "swap entry, in the cache", CACHED },
	{ "device-private", PRIVATE },
	{ "device-exclusive", EXCLUSIVE },
};

KUNIT_ARRAY_PARAM_DESC(changing, changing_cases, description);

/**
 * changed_pte_is_noticed() - The pte is emptied before the ptl is taken
 *
 * After the fault has read the pte, and before it takes the ptl, the pte is
 * emptied. The fault notices, and backs out: nothing is mapped or migrated, no
 * reference is left, and once the entry is back, a fault is served.
 *
 * Contract: SF-1, SF-6, SF-8
 */
static void changed_pte_is_noticed(struct kunit *test)
{
	const struct stage_case *c = test->param_value;
	enum mmk_lock lock = c->kind == PRIVATE ? MMK_MMAP_LOCK : MMK_VMA_LOCK;
	struct stage *stage = stage_init(test, c->kind);
	struct swapped *s = &stage->s;
	struct mmk_mm_state rss;
	struct meddler *meddler;
	struct mmk_fault *fault;
	int refcount = 0;
	pte_t entry;

	stage_set(test, stage);
	entry = mmk_pte(s->mm, s->addr);
	mmk_mm_snapshot(s->mm, &rss);
	if (s->folio)
		refcount = folio_ref_count(s->folio);
	fault = mmk_fault_alloc(test, s->mm, s->addr, USER_READ, lock);
	meddler = meddler_init(test, s, fault);
	if (mmk_lock_watch(meddler_probe, meddler))
		kunit_skip(test, "needs lockdep");
	mmk_task_start(&fault->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	mmk_lock_unwatch(meddler_probe, meddler);

	KUNIT_EXPECT_GE(test, meddler->hits, 1);
	/* It may have read the page before it noticed: a major fault. */
	KUNIT_EXPECT_EQ(test, fault->ret & ~VM_FAULT_MAJOR, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	sf_expect_locks_idle(test, s);
	MMK_EXPECT_PTE(test, s->mm, s->addr, NONE);
	KUNIT_EXPECT_TRUE(test, mmk_pte_store(s->mm, s->addr, entry));
	mmk_expect_mm_same(test, "nothing mapped", s->mm, &rss);
	if (s->folio)
		KUNIT_EXPECT_EQ(test, folio_ref_count(s->folio), refcount);
	if (stage->dev)
		KUNIT_EXPECT_EQ(test, atomic_read(&stage->dev->nr_to_ram), 0);

	fault = mmk_fault_start(test, s->mm, s->addr, USER_READ, lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret & ~VM_FAULT_MAJOR, 0);
	MMK_EXPECT_PTE(test, s->mm, s->addr, PRESENT);
	MMK_EXPECT_HOLDS(test, s->addr, 1, SEED);
}

/**
 * struct witness - State of a swap-in when it takes the ptl and at the unlock
 * @task: the task that faults
 * @ptl: lockdep's name of the ptl
 * @queue: lockdep's name of the lock of the folio's wait queue
 * @si: the swap area
 * @entry: the swap entry
 * @ptep: its pte
 * @refs: references on the area when the ptl is about to be taken
 * @pinned: no other task could pin the slot then
 * @at_ptl: how often the ptl has been taken
 * @mapped: the pte was present when the folio was unlocked
 * @at_unlock: how often @queue has been taken
 */
struct witness {
	struct task_struct *task;
	struct lockdep_map *ptl;
	struct lockdep_map *queue;
	struct swap_info_struct *si;
	softleaf_t entry;
	pte_t *ptep;
	long refs;
	bool pinned;
	int at_ptl;
	bool mapped;
	int at_unlock;
};

static void witness_probe(void *data, struct lockdep_map *lock,
			  unsigned int subclass, int trylock, int read,
			  int check, struct lockdep_map *next_lock,
			  unsigned long ip)
{
	struct witness *w = data;

	if (current != w->task)
		return;
	if (lock == w->ptl && !w->at_ptl++) {
		w->refs = mmk_percpu_ref_sum(&w->si->users);
		w->pinned = !mmk_swapin_pin(w->entry);
		if (!w->pinned)
			mmk_swapin_unpin(w->entry);
	}
	if (w->queue && lock == w->queue && !w->at_unlock++)
		w->mapped = pte_present(ptep_get(w->ptep));
}

static const struct stage_case witness_cases[] = {
	{ "not in the cache", NOT_CACHED },
	{ "in the cache", CACHED },
};

KUNIT_ARRAY_PARAM_DESC(witness, witness_cases, description);

/**
 * swapin_holds_slot_and_area() - Until the page is mapped
 *
 * When a fault takes the ptl to read the pte again, it still has its reference
 * on the area, so that swapoff waits, and the slot is still pinned or in the
 * swap cache, so that it cannot be used for another page. The folio stays
 * locked until it is mapped: a task that waits for the lock finds the pte
 * present.
 *
 * Contract: SF-1, SF-11
 */
static void swapin_holds_slot_and_area(struct kunit *test)
{
	const struct stage_case *c = test->param_value;
	bool cached = c->kind == CACHED;
	struct mmk_fault *fault;
	struct swapped s = {};
	struct witness w = {};
	spinlock_t *ptl;
	long idle;

	sf_swapped_init(test, &s, cached);
	fault = mmk_fault_alloc(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	w.task = fault->task.task;
	w.si = __swap_entry_to_info(s.entry);
	w.entry = s.entry;
	w.ptep = pte_offset_map_lock(s.mm, mm_find_pmd(s.mm, s.addr), s.addr,
				     &ptl);
	KUNIT_ASSERT_NOT_NULL(test, w.ptep);
	w.ptl = mmk_lock_map(ptl);
	pte_unmap_unlock(w.ptep, ptl);
	if (cached) {
		wait_queue_head_t *queue = mmk_folio_waitqueue(test, s.folio);

		w.queue = mmk_lock_map(&queue->lock);
		/* As if a task waited: the unlock takes the queue lock. */
		folio_set_waiters(s.folio);
	}
	idle = mmk_percpu_ref_sum(&w.si->users);
	if (mmk_lock_watch(witness_probe, &w))
		kunit_skip(test, "needs lockdep");
	mmk_task_start(&fault->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	mmk_lock_unwatch(witness_probe, &w);

	KUNIT_EXPECT_EQ(test, fault->ret, cached ? 0 : VM_FAULT_MAJOR);
	KUNIT_EXPECT_GE(test, w.at_ptl, 1);
	KUNIT_EXPECT_EQ(test, w.refs, idle + 1);
	KUNIT_EXPECT_TRUE_MSG(test, w.pinned, "the slot may be used again");
	KUNIT_EXPECT_EQ(test, w.at_unlock, (int)cached);
	KUNIT_EXPECT_EQ_MSG(test, w.mapped, cached,
			    "the folio is unlocked before it is mapped");
	KUNIT_EXPECT_EQ(test, mmk_percpu_ref_sum(&w.si->users), idle);
	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
}

static struct kunit_case swap_fault_stage_cases[] = {
	KUNIT_CASE_PARAM(every_combination_gives_documented_result,
			 stage_gen_params),
	KUNIT_CASE_PARAM(changed_pte_is_noticed, changing_gen_params),
	KUNIT_CASE_PARAM(swapin_holds_slot_and_area, witness_gen_params),
	{}
};

static struct kunit_suite swap_fault_stage_suite = {
	.name = "swap_fault_stage",
	.init = mmk_case_init,
	.test_cases = swap_fault_stage_cases,
};

kunit_test_suite(swap_fault_stage_suite);
