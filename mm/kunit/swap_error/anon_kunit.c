// SPDX-License-Identifier: GPL-2.0
/*
 * Private memory that cannot be read from swap. What to expect is in
 * sigaction(2), SIGBUS, and in Documentation/mm/, poisoned entries: a task that
 * needs the page gets an error, and no task ever gets other bytes.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "../compat/vma.h"
#include "../lib/disk.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"

/* Of the bytes in the swapped pages, see mmk_fill() */
#define SEED	0x69

#define NR_PAGES	8

/* What the fault handlers of the architectures set for an access by a user */
#define USER_READ	(FAULT_FLAG_DEFAULT | FAULT_FLAG_USER)

/* NR_PAGES pages that have been swapped out */
static unsigned long swapped_pages(struct kunit *test, struct mm_struct *mm,
				   bool slow)
{
	unsigned long addr = mmk_map_anon(test, NR_PAGES);
	unsigned int i;

	mmk_fill(test, addr, NR_PAGES, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, NR_PAGES * PAGE_SIZE), 0);
	for (i = 0; i < NR_PAGES; i++)
		KUNIT_ASSERT_EQ(test,
				(int)mmk_pte_kind(mm, addr + i * PAGE_SIZE),
				(int)MMK_PTE_SWAP);
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), (long)NR_PAGES);
	if (slow)
		se_make_slow();
	mmk_scrub_free_pages();
	return addr;
}

static struct mmk_fault *fault_at(struct kunit *test, struct mm_struct *mm,
				  unsigned long addr, unsigned int flags,
				  enum mmk_lock lock)
{
	struct mmk_fault *fault = mmk_fault_alloc(test, mm, addr, flags, lock);

	fault->retry = true;
	mmk_task_start(&fault->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	return fault;
}

/**
 * struct read_case - A fault that cannot read its page
 * @description: for the KTAP line
 * @slow: it goes through the swap cache
 * @forked: a child has the entry as well
 * @flags: FAULT_FLAG_*
 * @lock: that it is taken under
 */
struct read_case {
	const char *description;
	bool slow;
	bool forked;
	unsigned int flags;
	enum mmk_lock lock;
};

static const struct read_case read_cases[] = {
	{ "read, VMA lock", false, false, USER_READ, MMK_VMA_LOCK },
	{ "write, VMA lock", false, false, USER_READ | FAULT_FLAG_WRITE,
	  MMK_VMA_LOCK },
	{ "read, mmap_lock", false, false, USER_READ, MMK_MMAP_LOCK },
	{ "read, shared", false, true, USER_READ, MMK_VMA_LOCK },
	{ "read, slow disk, VMA lock", true, false, USER_READ, MMK_VMA_LOCK },
	{ "write, slow disk, VMA lock", true, false,
	  USER_READ | FAULT_FLAG_WRITE, MMK_VMA_LOCK },
	{ "read, slow disk, mmap_lock", true, false, USER_READ, MMK_MMAP_LOCK },
	{ "read, slow disk, shared", true, true, USER_READ, MMK_VMA_LOCK },
};

KUNIT_ARRAY_PARAM_DESC(read, read_cases, description);

/**
 * unreadable_page_is_sigbus() - A fault, and one more
 *
 * The fault returns VM_FAULT_SIGBUS. The entry is still there, nothing is
 * mapped, RSS has not changed, the slot has as many users as before, and the
 * locks are as after any fault. The disk then works again: the next fault gets
 * the right bytes, or SIGBUS again. The other pages are read as usual.
 *
 * Contract: SE-1, SE-2
 */
static void unreadable_page_is_sigbus(struct kunit *test)
{
	const struct read_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct vm_area_struct *vma;
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	unsigned long addr;
	long idle;
	pte_t pte;
	int count;

	if (c->lock == MMK_VMA_LOCK && !IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");
	se_area_on(test, false);
	addr = swapped_pages(test, mm, c->slow);
	if (c->forked)
		mmk_fork(test);
	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	mmap_read_unlock(mm);
	idle = mmk_vma_lock_count(vma);
	pte = mmk_pte(mm, addr);
	count = mmk_swap_count(softleaf_from_pte(pte));
	KUNIT_ASSERT_EQ(test, count, 1 + c->forked);
	mmk_mm_snapshot(mm, &rss);
	se_fail_reads(test, 0, SE_ALL);

	fault = fault_at(test, mm, addr, c->flags, c->lock);
	KUNIT_EXPECT_EQ(test, fault->ret & ~VM_FAULT_MAJOR, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(mm), 0L);
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, addr), pte));
	KUNIT_EXPECT_EQ(test, mmk_swap_count(softleaf_from_pte(pte)), count);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), (long)NR_PAGES);
	mmk_expect_mm_same(test, "not read", mm, &rss);

	se_reads_work();
	fault = fault_at(test, mm, addr, c->flags, c->lock);
	if (fault->ret & VM_FAULT_ERROR) {
		KUNIT_EXPECT_EQ(test, fault->ret & ~VM_FAULT_MAJOR,
				VM_FAULT_SIGBUS);
		KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, addr), pte));
		mmk_expect_mm_same(test, "still not read", mm, &rss);
	} else {
		MMK_EXPECT_PTE(test, mm, addr, PRESENT);
		MMK_EXPECT_MM_HOLDS(test, mm, addr, 1, SEED);
	}
	MMK_EXPECT_PART_HOLDS(test, mm, addr + PAGE_SIZE, 1, NR_PAGES - 1, SEED);
}

/**
 * failed_readahead_is_not_mapped() - Pages that no task has asked for yet
 *
 * All pages are read ahead, and some of them cannot be read. No error is
 * returned, since no task has asked for these. A later fault on such a page
 * gets SIGBUS, or the right bytes if the page could be read after all.
 *
 * Contract: SE-1
 */
static void failed_readahead_is_not_mapped(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	unsigned long addr;
	unsigned int i, failed = 0;

	se_area_on(test, false);
	addr = swapped_pages(test, mm, true);
	mmk_mm_snapshot(mm, &rss);
	se_fail_reads(test, 2, 3);
	KUNIT_EXPECT_EQ(test, do_madvise(mm, addr, NR_PAGES * PAGE_SIZE,
					 MADV_WILLNEED), 0);
	se_reads_work();
	mmk_expect_mm_same(test, "read ahead", mm, &rss);
	for (i = 0; i < NR_PAGES; i++) {
		fault = fault_at(test, mm, addr + i * PAGE_SIZE, USER_READ,
				 MMK_MMAP_LOCK);
		if (fault->ret & VM_FAULT_ERROR) {
			failed++;
			KUNIT_EXPECT_EQ(test, fault->ret & VM_FAULT_ERROR,
					VM_FAULT_SIGBUS);
			MMK_EXPECT_PTE(test, mm, addr + i * PAGE_SIZE, SWAP);
		} else {
			MMK_EXPECT_PART_HOLDS(test, mm, addr + i * PAGE_SIZE, i,
					      1, SEED);
		}
	}
	/* Pages may be read one by one, or all of them at once. */
	KUNIT_EXPECT_GT(test, failed, 0U);
}

/**
 * struct off_case - Pages that swapoff cannot read
 * @description: which
 * @slow: the area is on a slow disk
 * @forked: a child has them as well
 * @first: the first of them
 * @nr: how many
 */
struct off_case {
	const char *description;
	bool slow;
	bool forked;
	unsigned int first;
	unsigned int nr;
};

static const struct off_case off_cases[] = {
	{ "first", false, false, 0, 1 },
	{ "in the middle", false, false, 3, 2 },
	{ "last", false, false, NR_PAGES - 1, 1 },
	{ "all", false, false, 0, NR_PAGES },
	{ "first, shared", false, true, 0, 1 },
	{ "first, slow disk", true, false, 0, 1 },
	{ "all, slow disk, shared", true, true, 0, NR_PAGES },
};

KUNIT_ARRAY_PARAM_DESC(off, off_cases, description);

/*
 * A page that could not be read has a marker in its place, any other has come
 * back. A page that somebody else has as well may be read at the second try.
 * Return: how many are there
 */
static unsigned int expect_off(struct kunit *test, struct mm_struct *mm,
			       unsigned long addr, const struct off_case *c)
{
	unsigned int i, back = 0;

	for (i = 0; i < NR_PAGES; i++) {
		unsigned long page = addr + i * PAGE_SIZE;

		if (i >= c->first && i < c->first + c->nr &&
		    se_is_poisoned(mmk_pte(mm, page)))
			continue;
		MMK_EXPECT_PTE(test, mm, page, PRESENT);
		MMK_EXPECT_PART_HOLDS(test, mm, page, i, 1, SEED);
		back++;
	}
	return back;
}

/**
 * swapoff_marks_unreadable_pages() - swapoff ends, and maps what it can read
 *
 * swapoff returns 0, and no slot is in use any more. Pages that could be read
 * are there, with their bytes. The others are replaced by markers, which count
 * neither in RSS nor as swapped. Each access to a marker gets SIGBUS.
 *
 * Contract: SE-1, SE-2
 */
static void swapoff_marks_unreadable_pages(struct kunit *test)
{
	const struct off_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test), *child = NULL;
	struct mmk_swap *swap = se_area_on(test, false);
	struct mmk_fault *fault;
	unsigned int back, i;
	unsigned long addr;
	long resident;

	addr = swapped_pages(test, mm, c->slow);
	if (c->forked)
		child = mmk_fork(test);
	resident = get_mm_counter_sum(mm, MM_ANONPAGES);
	se_fail_reads(test, c->first, c->nr);
	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, swap));
	se_reads_work();
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
	back = expect_off(test, mm, addr, c);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS), 0UL);
	KUNIT_EXPECT_EQ(test, (long)get_mm_counter_sum(mm, MM_ANONPAGES),
			resident + back);
	if (child) {
		back = min(back, expect_off(test, child, addr, c));
		KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SWAPENTS),
				0UL);
	}
	/* Each page that could not be read is marked in one mm at least. */
	KUNIT_EXPECT_EQ(test, back, NR_PAGES - c->nr);
	for (i = 0; !child && i < 2; i++) {
		fault = fault_at(test, mm, addr + c->first * PAGE_SIZE,
				 USER_READ | (i ? FAULT_FLAG_WRITE : 0),
				 MMK_MMAP_LOCK);
		KUNIT_EXPECT_TRUE(test, fault->ret &
				  (VM_FAULT_SIGBUS | VM_FAULT_HWPOISON));
	}
}

static void use_munmap(struct kunit *test, struct mm_struct *mm,
		       unsigned long addr)
{
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
}

static void use_dontneed(struct kunit *test, struct mm_struct *mm,
			 unsigned long addr)
{
	KUNIT_EXPECT_EQ(test, do_madvise(mm, addr, PAGE_SIZE, MADV_DONTNEED),
			0);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	/* Then a page of zeroes, as after any MADV_DONTNEED */
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr, false), 0);
}

/* No task may read the old bytes, a child included. */
static void use_fork(struct kunit *test, struct mm_struct *mm,
		     unsigned long addr)
{
	struct mm_struct *child = mmk_fork(test);

	KUNIT_EXPECT_TRUE(test, se_is_poisoned(mmk_pte(mm, addr)));
	KUNIT_EXPECT_TRUE(test, se_is_poisoned(mmk_pte(child, addr)));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SWAPENTS), 0UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES),
			get_mm_counter_sum(mm, MM_ANONPAGES));
	KUNIT_EXPECT_NE(test, mmk_fault_in(child, addr, false), 0);
}

static void use_mprotect(struct kunit *test, struct mm_struct *mm,
			 unsigned long addr)
{
	KUNIT_EXPECT_EQ(test, sys_mprotect(addr, PAGE_SIZE, PROT_READ), 0L);
	KUNIT_EXPECT_TRUE(test, se_is_poisoned(mmk_pte(mm, addr)));
	KUNIT_EXPECT_NE(test, mmk_fault_in(mm, addr, false), 0);
}

static void use_mremap(struct kunit *test, struct mm_struct *mm,
		       unsigned long addr)
{
	unsigned long to = mmk_mmap(test, NULL, PAGE_SIZE, PROT_NONE,
				    MAP_PRIVATE | MAP_ANONYMOUS);

	KUNIT_EXPECT_EQ(test, (unsigned long)
			sys_mremap(addr, PAGE_SIZE, PAGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	KUNIT_EXPECT_TRUE(test, se_is_poisoned(mmk_pte(mm, to)));
	KUNIT_EXPECT_NE(test, mmk_fault_in(mm, to, false), 0);
}

static void use_pageout(struct kunit *test, struct mm_struct *mm,
			unsigned long addr)
{
	KUNIT_EXPECT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, do_madvise(mm, addr, PAGE_SIZE, MADV_WILLNEED),
			0);
	KUNIT_EXPECT_TRUE(test, se_is_poisoned(mmk_pte(mm, addr)));
}

/* Another area is turned on, and off. */
static void use_swapoff(struct kunit *test, struct mm_struct *mm,
			unsigned long addr)
{
	struct mmk_swap *swap = mmk_swap_on(test);

	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, swap));
	KUNIT_EXPECT_TRUE(test, se_is_poisoned(mmk_pte(mm, addr)));
}

/**
 * struct use_case - What is done with a marker that swapoff has left
 * @description: for the KTAP line
 * @use: does it
 */
struct use_case {
	const char *description;
	void (*use)(struct kunit *test, struct mm_struct *mm,
		    unsigned long addr);
};

static const struct use_case use_cases[] = {
	{ "munmap", use_munmap },
	{ "MADV_DONTNEED", use_dontneed },
	{ "fork", use_fork },
	{ "mprotect", use_mprotect },
	{ "mremap", use_mremap },
	{ "MADV_PAGEOUT, MADV_WILLNEED", use_pageout },
	{ "swapoff", use_swapoff },
};

KUNIT_ARRAY_PARAM_DESC(use, use_cases, description);

/**
 * marker_of_unreadable_page_is_no_slot() - What is done with a marker
 *
 * munmap() and MADV_DONTNEED remove a marker, fork() copies it, and mremap()
 * moves it. Nothing else changes it. A marker never counts in RSS, as swapped,
 * or as a slot, and no swap area belongs to it.
 *
 * Contract: SE-2
 */
static void marker_of_unreadable_page_is_no_slot(struct kunit *test)
{
	const struct use_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_swap *swap = se_area_on(test, false);
	struct mmk_mm_state rss;
	unsigned long addr = swapped_pages(test, mm, false);

	se_fail_reads(test, 0, 1);
	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, swap));
	KUNIT_ASSERT_TRUE(test, se_is_poisoned(mmk_pte(mm, addr)));
	/* So that the path of a later area counts already. */
	mmk_mm_snapshot(mm, &rss);

	c->use(test, mm, addr);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
	if (c->use != use_swapoff)
		mmk_expect_mm_same(test, c->description, mm, &rss);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS), 0UL);
	if (c->use == use_mprotect)
		return;
	MMK_EXPECT_PART_HOLDS(test, mm, addr + PAGE_SIZE, 1, NR_PAGES - 1, SEED);
}

static struct kunit_case swap_error_anon_cases[] = {
	KUNIT_CASE_PARAM(unreadable_page_is_sigbus, read_gen_params),
	KUNIT_CASE(failed_readahead_is_not_mapped),
	KUNIT_CASE_PARAM(swapoff_marks_unreadable_pages, off_gen_params),
	KUNIT_CASE_PARAM(marker_of_unreadable_page_is_no_slot, use_gen_params),
	{}
};

static struct kunit_suite swap_error_anon_suite = {
	.name = "swap_error_anon",
	.init = mmk_case_init,
	.test_cases = swap_error_anon_cases,
};

kunit_test_suite(swap_error_anon_suite);
