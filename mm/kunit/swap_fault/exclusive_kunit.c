// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that a device has exclusive access to.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/signal.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/syscalls.h>

#include <uapi/linux/wait.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/rmap.h"
#include "../compat/vma.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/notifier.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "swapped.h"

KUNIT_ARRAY_PARAM_DESC(lock, sf_lock_cases, description);

/**
 * struct exclusive_case - A fault on a device-exclusive entry
 * @description: for the log
 * @lock: lock that handle_mm_fault() is called under
 * @prot_read: the VMA has become read-only, and with it the entry
 */
struct exclusive_case {
	const char *description;
	enum mmk_lock lock;
	bool prot_read;
};

static const struct exclusive_case exclusive_cases[] = {
	{ "VMA lock", MMK_VMA_LOCK },
	{ "mmap_lock", MMK_MMAP_LOCK },
	{ "read-only VMA, VMA lock", MMK_VMA_LOCK, true },
	{ "read-only VMA, mmap_lock", MMK_MMAP_LOCK, true },
};

KUNIT_ARRAY_PARAM_DESC(exclusive, exclusive_cases, description);

/**
 * device_exclusive_entry_is_restored() - The CPU accesses the page
 *
 * As long as the device has locked the page, a fault drops its lock, waits, and
 * returns VM_FAULT_RETRY. Once it is unlocked, the fault restores the pte and
 * returns 0, with the lock held. The pte is writable if the entry was, and then
 * dirty, since the device may have written to the page. The folio is as before,
 * with the dirty bit of the pte that the entry has replaced.
 *
 * Contract: SF-8, SF-9, SF-10
 */
static void device_exclusive_entry_is_restored(struct kunit *test)
{
	const struct exclusive_case *c = test->param_value;
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_folio_state before;
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	pte_t pte;

	s.addr = mmk_map_anon(test, 1);
	mmk_fill(test, s.addr, 1, SEED);
	mmk_pte_set_flags(test, s.mm, s.addr, true, true);
	folio_clear_dirty(mmk_pte_folio(test, s.mm, s.addr));
	mmk_folio_snapshot(mmk_pte_folio(test, s.mm, s.addr), &before);
	sf_make_exclusive(test, &s);
	MMK_EXPECT_PTE(test, s.mm, s.addr, DEVICE_EXCLUSIVE);
	if (c->prot_read)
		KUNIT_ASSERT_EQ(test,
				sys_mprotect(s.addr, PAGE_SIZE, PROT_READ), 0L);
	s.idle = vma_lock_count(s.mm, s.addr);
	s.mmap_idle = mmk_mmap_lock_count(s.mm);
	mmk_mm_snapshot(s.mm, &rss);

	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));
	sf_expect_locks_idle(test, &s);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), before.refcount + 2);
	MMK_EXPECT_PTE(test, s.mm, s.addr, DEVICE_EXCLUSIVE);
	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), before.refcount + 1);

	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	sf_expect_locks_idle(test, &s);
	pte = mmk_pte(s.mm, s.addr);
	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
	KUNIT_EXPECT_EQ(test, !!pte_write(pte), !c->prot_read);
	if (!c->prot_read)
		KUNIT_EXPECT_TRUE(test, pte_dirty(pte));
	mmk_folio_put(test, s.folio);
	before.dirty = true;
	mmk_expect_folio_same(test, "restored", s.folio, &before);
	mmk_expect_mm_same(test, "restored", s.mm, &rss);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SEED);
}

/**
 * end_of_exclusive_access_is_notified() - MMU notifiers of the CPU's fault
 *
 * One pair of calls for exactly the page, without an owner: the first while the
 * entry is there, the second when the pte is restored.
 *
 * Contract: SF-8
 */
static void end_of_exclusive_access_is_notified(struct kunit *test)
{
	struct swapped s = { .mm = mmk_mm_enter(test) };
	const struct mmk_notifier_event *start;
	struct mmk_fault *fault;
	struct mmk_notifier *n;

	s.addr = mmk_map_anon(test, 3) + PAGE_SIZE;
	mmk_fill(test, s.addr, 1, SEED);
	sf_make_exclusive(test, &s);
	unlock_folio(test, s.folio);
	n = mmk_notifier_alloc(test, s.mm, s.addr);
	fault = mmk_fault_start(test, s.mm, s.addr + 8, USER_READ,
				MMK_MMAP_LOCK);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	mmk_notifier_stop(test, n);

	KUNIT_ASSERT_EQ(test, n->nr, 2U);
	start = &n->log[0];
	KUNIT_EXPECT_FALSE(test, start->at_end);
	KUNIT_EXPECT_EQ(test, (int)start->event,
			(int)MMK_NOTIFY_EXCLUSIVE_ENDS);
	KUNIT_EXPECT_EQ(test, start->flags & ~MMU_NOTIFIER_RANGE_BLOCKABLE, 0U);
	KUNIT_EXPECT_EQ(test, start->start, s.addr);
	KUNIT_EXPECT_EQ(test, start->end, s.addr + PAGE_SIZE);
	KUNIT_EXPECT_PTR_EQ(test, start->owner, NULL);
	MMK_EXPECT_KIND(test, start->pte, MMK_PTE_DEVICE_EXCLUSIVE);
	KUNIT_EXPECT_TRUE(test, n->log[1].at_end);
	MMK_EXPECT_KIND(test, n->log[1].pte, MMK_PTE_PRESENT);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SEED);
}

/**
 * fork_ends_exclusive_access() - A device-exclusive entry is not copied
 *
 * fork() restores the pte, and then shares the page as any other: parent and
 * child map it read-only.
 *
 * Contract: SF-8, ME-6
 */
static void fork_ends_exclusive_access(struct kunit *test)
{
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mm_struct *child;
	struct page *page;

	s.addr = mmk_map_anon(test, 2);
	mmk_fill(test, s.addr, 2, SEED);
	lru_add_drain();
	sf_make_exclusive(test, &s);
	unlock_folio(test, s.folio);
	page = folio_page(s.folio, 0);
	child = mmk_fork(test);

	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
	MMK_EXPECT_PTE(test, child, s.addr, PRESENT);
	MMK_EXPECT_PTE(test, child, s.addr + PAGE_SIZE, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(s.mm, s.addr), page);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(child, s.addr), page);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(s.mm, s.addr)));
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(child, s.addr)));
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.folio));
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.folio), 2);
	/* The references of both mappings and of the case */
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), 3);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 2UL);
	MMK_EXPECT_MM_HOLDS(test, child, s.addr, 2, SEED);
}

/* Forks a child that exits; returns whether there was one. */
static bool fork_succeeds(void)
{
	pid_t pid = mmk_try_fork();

	if (pid > 0)
		kernel_wait4(pid, NULL, __WALL, NULL);
	return pid > 0;
}

/**
 * fork_fails_if_exclusive_page_is_locked() - The device has locked the page
 *
 * fork() finds a device-exclusive entry whose folio is locked, and may not
 * sleep. It fails, rather than make a child without the page, and the parent
 * keeps its entry. When the folio has been unlocked, fork() succeeds.
 *
 * Contract: SF-8, ME-6
 */
static void fork_fails_if_exclusive_page_is_locked(struct kunit *test)
{
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_folio_state before;
	struct mmk_mm_state rss;
	struct mm_struct *child;

	s.addr = mmk_map_anon(test, 2);
	mmk_fill(test, s.addr, 2, SEED);
	s.addr += PAGE_SIZE;
	lru_add_drain_all();
	sf_make_exclusive(test, &s);
	mmk_folio_snapshot(s.folio, &before);
	mmk_mm_snapshot(s.mm, &rss);

	KUNIT_EXPECT_FALSE(test, fork_succeeds());
	MMK_EXPECT_PTE(test, s.mm, s.addr, DEVICE_EXCLUSIVE);
	mmk_expect_folio_same(test, "no child", s.folio, &before);
	mmk_expect_mm_same(test, "no child", s.mm, &rss);

	unlock_folio(test, s.folio);
	child = mmk_fork(test);
	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
	MMK_EXPECT_PTE(test, child, s.addr, PRESENT);
	MMK_EXPECT_MM_HOLDS(test, child, s.addr - PAGE_SIZE, 2, SEED);
}

/**
 * lost_exclusive_entry_is_noticed() - The pte is emptied during the wait
 *
 * While a fault that may not retry waits for the folio of a device-exclusive
 * entry, MADV_DONTNEED empties the pte. The fault restores nothing, and leaves
 * the folio unlocked and without its reference.
 *
 * Contract: SF-8, SF-10
 */
static void lost_exclusive_entry_is_noticed(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	int refs;

	s.addr = mmk_map_anon(test, 1);
	mmk_fill(test, s.addr, 1, SEED);
	sf_make_exclusive(test, &s);
	s.idle = vma_lock_count(s.mm, s.addr);
	s.mmap_idle = mmk_mmap_lock_count(s.mm);
	mmk_mm_snapshot(s.mm, &rss);
	refs = folio_ref_count(s.folio);
	fault = mmk_fault_start(test, s.mm, s.addr, FAULT_FLAG_USER, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));
	/* The page must not be free when it wakes up. */
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), refs + 1);

	KUNIT_EXPECT_EQ(test, do_madvise(s.mm, s.addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	KUNIT_EXPECT_EQ(test, rss.anon, get_mm_counter_sum(s.mm, MM_ANONPAGES) + 1L);
	rss.anon--;
	unlock_folio(test, s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	sf_expect_locks_idle(test, &s);
	MMK_EXPECT_PTE(test, s.mm, s.addr, NONE);
	mmk_expect_mm_same(test, "nothing restored", s.mm, &rss);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.folio), 0);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.folio));
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), 1);
}

static struct kunit_case swap_fault_exclusive_cases[] = {
	KUNIT_CASE_PARAM(device_exclusive_entry_is_restored,
			 exclusive_gen_params),
	KUNIT_CASE(end_of_exclusive_access_is_notified),
	KUNIT_CASE(fork_ends_exclusive_access),
	KUNIT_CASE(fork_fails_if_exclusive_page_is_locked),
	KUNIT_CASE_PARAM(lost_exclusive_entry_is_noticed, lock_gen_params),
	{}
};

static struct kunit_suite swap_fault_exclusive_suite = {
	.name = "swap_fault_exclusive",
	.init = mmk_case_init,
	.test_cases = swap_fault_exclusive_cases,
};

kunit_test_suite(swap_fault_exclusive_suite);
