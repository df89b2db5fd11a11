// SPDX-License-Identifier: GPL-2.0
/*
 * swapoff of an area that is in use. Expected is what swapoff(2) says: everything
 * that is in the area comes back.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/percpu-refcount.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/wait.h>

#include <uapi/linux/wait.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/leaf.h"
#include "../compat/mm.h"
#include "../compat/swap.h"
#include "../lib/disk.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "../lib/wait.h"

/* Of the bytes in the swapped pages, see mmk_fill() */
#define SEED	0x69

/* The RAM disk of the area that is not the one that most cases use */
#define OTHER_AREA	1

static unsigned int place_in_mmlist(struct mm_struct *mm)
{
	unsigned int nr = 0, place = 0;
	struct list_head *p;

	spin_lock(&mmlist_lock);
	list_for_each(p, &init_mm.mmlist) {
		nr++;
		if (list_entry(p, struct mm_struct, mmlist) == mm)
			place = nr;
	}
	spin_unlock(&mmlist_lock);
	return place;
}

/**
 * swapoff_leaves_unstable_mm_alone() - A fork() that has failed half-way
 *
 * An address space is marked as unstable: its tree of VMAs cannot be relied on. When
 * swapoff has come to the next one in its list, the page of this one is still in swap:
 * nobody has looked at its VMAs. swapoff ends when that mm has gone, or as here, is as
 * good as any other.
 *
 * Contract: SE-3
 */
static void swapoff_leaves_unstable_mm_alone(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child[2];
	struct mmk_swap *swap = se_area_on(test, false);
	unsigned long addr = mmk_map_anon(test, 1);
	unsigned int place[2];
	struct mmk_swapoff *off;

	mmk_fill(test, addr, 1, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	child[0] = mmk_fork(test);
	child[1] = mmk_fork(test);
	place[0] = place_in_mmlist(child[0]);
	place[1] = place_in_mmlist(child[1]);
	KUNIT_ASSERT_NE(test, place[0], 0U);
	KUNIT_ASSERT_NE(test, place[1], 0U);
	/* The first of them is seen before the other one is. */
	if (place[0] > place[1])
		swap(child[0], child[1]);
	mm_flags_set(MMF_UNSTABLE, child[0]);

	off = mmk_swapoff_process(test, swap);
	/* It sleeps when it comes to the other one. */
	mmap_write_lock(child[1]);
	mmk_process_start(&off->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&off->task, "swapoff_main"));
	MMK_EXPECT_PTE(test, child[0], addr, SWAP);
	mm_flags_clear(MMF_UNSTABLE, child[0]);
	mmap_write_unlock(child[1]);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&off->task));
	KUNIT_EXPECT_EQ(test, off->ret, 0L);
	MMK_EXPECT_PTE(test, child[0], addr, PRESENT);
	MMK_EXPECT_MM_HOLDS(test, child[0], addr, 1, SEED);
	MMK_EXPECT_MM_HOLDS(test, child[1], addr, 1, SEED);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child[0], MM_SWAPENTS), 0UL);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

#define MANY_PAGES	256

/* Of them, those that are given up while the area is turned off */
#define MANY_DROPPED	64

/**
 * struct client - A task that uses swapped pages
 * @task: the task, a process or a thread
 * @addr: where they begin
 * @nth: how many tasks there were before
 * @stop: to be ended
 * @rounds: how often it has been through
 * @failed: what should not have failed
 */
struct client {
	struct mmk_task task;
	unsigned long addr;
	unsigned int nth;
	bool stop;
	unsigned int rounds;
	unsigned int failed;
};

static void client_faults(struct mmk_task *task)
{
	struct client *u = container_of(task, struct client, task);
	unsigned int i;

	for (i = 0; i < MANY_PAGES && !READ_ONCE(u->stop); i++) {
		unsigned int page = i * 37 % (MANY_PAGES - MANY_DROPPED);

		u->failed += !!mmk_fault_in(task->mm, u->addr + page * PAGE_SIZE,
					    (i + u->nth) % 2);
		u->rounds++;
	}
}

static void client_reads_ahead(struct mmk_task *task)
{
	struct client *u = container_of(task, struct client, task);
	unsigned int i;

	for (i = 0; i < 8 && !READ_ONCE(u->stop); i++) {
		u->failed += !!do_madvise(task->mm, u->addr, MANY_PAGES *
					  PAGE_SIZE, MADV_WILLNEED);
		u->rounds++;
	}
}

static void client_drops(struct mmk_task *task)
{
	struct client *u = container_of(task, struct client, task);
	unsigned int i;

	for (i = MANY_PAGES - MANY_DROPPED; i < MANY_PAGES; i++) {
		u->failed += !!do_madvise(task->mm, u->addr + i * PAGE_SIZE,
					  PAGE_SIZE, MADV_DONTNEED);
		u->rounds++;
		cond_resched();
	}
}

/* Its address space goes at once, with all that is still swapped out. */
static int client_child(void *unused)
{
	do_exit(0);
}

static void client_forks(struct mmk_task *task)
{
	struct client *u = container_of(task, struct client, task);
	struct kernel_clone_args args = { .fn = client_child };
	unsigned int i;
	pid_t pid;

	for (i = 0; i < 6 && !READ_ONCE(u->stop); i++) {
		pid = kernel_clone(&args);
		if (pid < 0 || kernel_wait4(pid, NULL, __WALL, NULL) != pid)
			u->failed++;
		u->rounds++;
	}
}

/**
 * swapoff_of_busy_area_loses_nothing() - Other tasks use the area meanwhile
 *
 * Pages are in swap. While the area is turned off, tasks fault on them, read ahead,
 * fork and exit, and give some of them up. All of this succeeds. Every page that has
 * not been given up is there, with its bytes, no slot is in use, and the counters of
 * the address space are what they were before.
 *
 * Contract: SE-3
 */
static void swapoff_of_busy_area_loses_nothing(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_swap *swap = se_area_on(test, true);
	unsigned long addr = mmk_map_anon(test, MANY_PAGES);
	struct client *clients[5];
	struct mmk_mm_state rss;
	struct mmk_swapoff *off;
	unsigned int i;

	mmk_fill(test, addr, MANY_PAGES, SEED);
	mmk_mm_snapshot(mm, &rss);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, MANY_PAGES * PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), (long)MANY_PAGES);
	mmk_scrub_free_pages();
	clients[0] = mmk_task_alloc(test, sizeof(**clients), mm, client_faults);
	clients[1] = mmk_task_alloc(test, sizeof(**clients), mm, client_faults);
	clients[2] = mmk_task_alloc(test, sizeof(**clients), mm, client_reads_ahead);
	clients[3] = mmk_task_alloc(test, sizeof(**clients), mm, client_drops);
	clients[4] = mmk_process_alloc(test, sizeof(**clients), client_forks);
	off = mmk_swapoff_process(test, swap);
	for (i = 0; i < ARRAY_SIZE(clients); i++) {
		clients[i]->addr = addr;
		clients[i]->nth = i;
	}
	for (i = 0; i < 4; i++) {
		if (num_online_cpus() > 1)
			mmk_task_place(&clients[i]->task, i);
		mmk_task_start(&clients[i]->task);
	}
	mmk_process_start(&clients[4]->task);
	mmk_process_start(&off->task);
	for (i = 0; i < ARRAY_SIZE(clients); i++) {
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&clients[i]->task));
		KUNIT_EXPECT_EQ_MSG(test, clients[i]->failed, 0U, "task %u", i);
		KUNIT_EXPECT_GT_MSG(test, clients[i]->rounds, 0U, "task %u", i);
	}
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&off->task));
	KUNIT_EXPECT_EQ(test, off->ret, 0L);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
	for (i = 0; i < MANY_PAGES - MANY_DROPPED; i++)
		MMK_EXPECT_PTE(test, mm, addr + i * PAGE_SIZE, PRESENT);
	MMK_EXPECT_MM_HOLDS(test, mm, addr, MANY_PAGES - MANY_DROPPED, SEED);
	for (; i < MANY_PAGES; i++)
		MMK_EXPECT_PTE(test, mm, addr + i * PAGE_SIZE, NONE);
	rss.anon -= MANY_DROPPED;
	mmk_expect_mm_same(test, "turned off", mm, &rss);
}

static bool is_cached(softleaf_t entry)
{
	struct folio *folio = mmk_swap_cache_get(entry);

	if (IS_ERR_OR_NULL(folio))
		return false;
	folio_put(folio);
	return true;
}

/**
 * readahead_spares_area_that_goes() - Neighbours in another area
 *
 * Pages side by side are in two areas, and one of these is being turned off:
 * nobody can get a reference on it any more. A fault on a page in the other
 * one reads ahead. It leaves the neighbour where it is, and reads nothing from
 * that area.
 *
 * Contract: SE-3
 */
static void readahead_spares_area_that_goes(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 2), reads;
	struct mmk_swap *other;
	struct swap_info_struct *si, *si2;
	struct mmk_fault *fault;
	softleaf_t entry, wanted;
	long refs;
	int err;

	se_area_on(test, false);
	se_read_ahead(true);
	si = __swap_entry_to_info(swp_entry(0, 1));
	other = mmk_swap_alloc(test, OTHER_AREA);
	mmk_fill(test, addr, 2, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_ASSERT_EQ(test, mmk_swap_try_prefer(other), 0L);
	mmk_swap_slots_drain();
	spin_lock(&si->lock);
	si->flags &= ~SWP_WRITEOK;
	spin_unlock(&si->lock);
	err = mmk_pageout(addr + PAGE_SIZE, PAGE_SIZE);
	spin_lock(&si->lock);
	si->flags |= SWP_WRITEOK;
	spin_unlock(&si->lock);
	KUNIT_ASSERT_EQ(test, err, 0);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, SWAP);
	entry = softleaf_from_pte(mmk_pte(mm, addr + PAGE_SIZE));
	si2 = __swap_entry_to_info(entry);
	KUNIT_ASSERT_PTR_NE(test, si, si2);
	KUNIT_ASSERT_FALSE(test, is_cached(entry));
	wanted = softleaf_from_pte(mmk_pte(mm, addr));
	KUNIT_ASSERT_FALSE(test, is_cached(wanted));
	/* Else the page would be read alone. */
	se_make_slow();

	refs = mmk_percpu_ref_sum(&si2->users);
	percpu_ref_kill(&si2->users);
	/* And there is none left, or swapoff would wait for that. */
	KUNIT_EXPECT_TRUE(test, mmk_wait_for(percpu_ref_is_zero(&si2->users)));
	reads = mmk_vm_event(PSWPIN);
	fault = mmk_fault_start(test, mm, addr, FAULT_FLAG_DEFAULT |
				FAULT_FLAG_USER, MMK_MMAP_LOCK);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_TRUE(test, percpu_ref_is_zero(&si2->users));
	percpu_ref_reinit(&si2->users);
	reinit_completion(&si2->comp);
	KUNIT_EXPECT_EQ(test, fault->ret & ~VM_FAULT_MAJOR, 0U);
	KUNIT_EXPECT_EQ(test, mmk_vm_event(PSWPIN), reads + 1);
	KUNIT_EXPECT_FALSE(test, is_cached(entry));
	KUNIT_EXPECT_EQ(test, mmk_percpu_ref_sum(&si2->users), refs);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, SWAP);
	MMK_EXPECT_MM_HOLDS(test, mm, addr, 2, SEED);
}

static void unlock_action(void *folio)
{
	folio_unlock(folio);
}

/**
 * swapoff_looks_again_after_its_sleep() - The page goes meanwhile
 *
 * swapoff sleeps for the lock of a folio in the swap cache. Meanwhile the page is given
 * up: its entry has gone, and its slot is free. swapoff does not map it.
 *
 * Contract: SE-3
 */
static void swapoff_looks_again_after_its_sleep(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_swap *swap = se_area_on(test, true);
	unsigned long addr = mmk_map_anon(test, 2);
	struct mmk_mm_state rss;
	struct folio *folio;
	struct mmk_swapoff *off;

	mmk_fill(test, addr, 2, SEED);
	folio = mmk_pte_folio(test, mm, addr);
	mmk_folio_get(test, folio);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, 2 * PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
	folio_lock(folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unlock_action,
							folio), 0);
	mmk_mm_snapshot(mm, &rss);
	off = mmk_swapoff_process(test, swap);
	mmk_process_start(&off->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&off->task,
						   "folio_wait_bit_common"));
	KUNIT_EXPECT_EQ(test, do_madvise(mm, addr, PAGE_SIZE, MADV_DONTNEED), 0);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	kunit_release_action(test, unlock_action, folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&off->task));
	KUNIT_EXPECT_EQ(test, off->ret, 0L);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, PRESENT);
	rss.anon++;
	rss.swap = 0;
	mmk_expect_mm_same(test, "turned off", mm, &rss);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
	MMK_EXPECT_PART_HOLDS(test, mm, addr + PAGE_SIZE, 1, 1, SEED);
}

/**
 * killed_swapoff_leaves_area_on() - A signal
 *
 * swapoff waits for a locked folio. It could not finish, since an address space
 * that has the page as well is not stable. A signal ends it: it returns -EINTR,
 * and the area is as good as before. What has not come back is in swap, and
 * pages can be swapped out again. A second swapoff brings everything back.
 *
 * Contract: SE-3
 */
static void killed_swapoff_leaves_area_on(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct mmk_swap *swap = se_area_on(test, true);
	unsigned long addr = mmk_map_anon(test, 2), other = addr + PAGE_SIZE;
	struct mmk_swapoff *off;
	struct folio *folio;

	mmk_fill(test, addr, 2, SEED);
	folio = mmk_pte_folio(test, mm, addr);
	mmk_folio_get(test, folio);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
	child = mmk_fork(test);
	mm_flags_set(MMF_UNSTABLE, child);
	folio_lock(folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unlock_action,
							folio), 0);
	off = mmk_swapoff_process(test, swap);
	mmk_process_start(&off->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&off->task,
						   "folio_wait_bit_common"));
	KUNIT_EXPECT_EQ(test, kill_pid(task_pid(off->task.task), SIGKILL, 1), 0);
	kunit_release_action(test, unlock_action, folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&off->task));
	mm_flags_clear(MMF_UNSTABLE, child);
	KUNIT_EXPECT_EQ(test, off->ret, -EINTR);
	MMK_EXPECT_PTE(test, child, addr, SWAP);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 1L);
	/* This page is the mm's own from here on. */
	KUNIT_ASSERT_EQ(test, mmk_mm_poke(mm, other, 1), 0);
	KUNIT_EXPECT_EQ(test, mmk_pageout(other, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, other, SWAP);

	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, swap));
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
	MMK_EXPECT_PTE(test, mm, other, PRESENT);
	MMK_EXPECT_PTE(test, child, addr, PRESENT);
	MMK_EXPECT_MM_HOLDS(test, mm, addr, 1, SEED);
	MMK_EXPECT_MM_HOLDS(test, child, addr, 2, SEED);
}

/**
 * swapoff_empties_the_swap_cache() - A folio that nobody maps any more
 *
 * The last entry has gone, while somebody had the folio locked: only the swap
 * cache has it, and its slot. swapoff takes it out, and its owner, who has a
 * reference, still has its bytes.
 *
 * Contract: SE-3
 */
static void swapoff_empties_the_swap_cache(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_swap *swap = se_area_on(test, true);
	unsigned long addr = mmk_map_anon(test, 1);
	struct folio *folio;

	mmk_fill(test, addr, 1, SEED);
	folio = mmk_pte_folio(test, mm, addr);
	mmk_folio_get(test, folio);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
	folio_lock(folio);
	KUNIT_EXPECT_EQ(test, do_madvise(mm, addr, PAGE_SIZE, MADV_DONTNEED), 0);
	folio_unlock(folio);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), 1L);

	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, swap));
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
	KUNIT_EXPECT_FALSE(test, folio_test_swapcache(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	MMK_EXPECT_FOLIO_HOLDS(test, folio, SEED);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
}

/* What a RAM disk once takes it keeps: not in a case, which has to leak nothing. */
static int off_suite_init(struct kunit_suite *suite)
{
	return mmk_swap_format(OTHER_AREA);
}

static struct kunit_case swap_error_off_cases[] = {
	KUNIT_CASE(swapoff_leaves_unstable_mm_alone),
	KUNIT_CASE_SLOW(swapoff_of_busy_area_loses_nothing),
	KUNIT_CASE(readahead_spares_area_that_goes),
	KUNIT_CASE(swapoff_looks_again_after_its_sleep),
	KUNIT_CASE(killed_swapoff_leaves_area_on),
	KUNIT_CASE(swapoff_empties_the_swap_cache),
	{}
};

static struct kunit_suite swap_error_off_suite = {
	.name = "swap_error_off",
	.suite_init = off_suite_init,
	.init = mmk_case_init,
	.test_cases = swap_error_off_cases,
};

kunit_test_suite(swap_error_off_suite);
