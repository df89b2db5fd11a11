// SPDX-License-Identifier: GPL-2.0
/*
 * Files of tmpfs whose pages are in swap. Expected is what
 * Documentation/filesystems/tmpfs.rst says: these are pages of a file, in memory
 * or in swap, and what is done to the file is done to all of them. What counts
 * them is described in Documentation/filesystems/proc.rst and mincore(2).
 */
#include <kunit/test.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/proc.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "swapped.h"

#define NR_PAGES	8

/* The RAM disk of a second area */
#define OTHER_AREA	1

/**
 * struct tmpfs - A file of tmpfs that is mapped, and has been swapped out
 * @mm: the address space
 * @file: the file, of NR_PAGES pages
 * @addr: where all of it is mapped
 * @swap: the area
 */
struct tmpfs {
	struct mm_struct *mm;
	struct file *file;
	unsigned long addr;
	struct mmk_swap *swap;
};

static unsigned long page_at(struct tmpfs *t, unsigned int i)
{
	return t->addr + i * PAGE_SIZE;
}

/* What is in the place of a page in the page cache */
static void *slot_of(struct tmpfs *t, pgoff_t index)
{
	return xa_load(&t->file->f_mapping->i_pages, index);
}

static bool is_swapped(struct tmpfs *t, pgoff_t index)
{
	return xa_is_value(slot_of(t, index));
}

static struct shmem_inode_info *info_of(struct tmpfs *t)
{
	return SHMEM_I(file_inode(t->file));
}

/* The first @nr pages are swapped out, the others are in memory. */
static void tmpfs_init(struct kunit *test, struct tmpfs *t, unsigned int nr)
{
	unsigned int i;

	t->mm = mmk_mm_enter(test);
	t->swap = mmk_swap_on_watched(test, false);
	t->file = mmk_shmem_file(test, NR_PAGES);
	t->addr = mmk_mmap(test, t->file, NR_PAGES * PAGE_SIZE,
			   PROT_READ | PROT_WRITE, MAP_SHARED);
	mmk_fill(test, t->addr, NR_PAGES, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(t->addr, nr * PAGE_SIZE), 0);
	for (i = 0; i < NR_PAGES; i++)
		KUNIT_ASSERT_EQ(test, is_swapped(t, i), i < nr);
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), (long)nr);
	KUNIT_ASSERT_EQ(test, info_of(t)->swapped, (unsigned long)nr);
	mmk_scrub_free_pages();
}

static bool is_cached(struct tmpfs *t, pgoff_t index)
{
	void *slot = slot_of(t, index);
	struct folio *folio;

	if (!xa_is_value(slot))
		return false;
	folio = mmk_swap_cache_get(radix_to_swp_entry(slot));
	if (IS_ERR_OR_NULL(folio))
		return false;
	folio_put(folio);
	return true;
}

static void set_size(struct kunit *test, struct tmpfs *t, loff_t size)
{
	struct iattr attr = { .ia_valid = ATTR_SIZE, .ia_size = size };
	struct dentry *dentry = t->file->f_path.dentry;

	inode_lock(d_inode(dentry));
	KUNIT_ASSERT_EQ(test, d_inode(dentry)->i_op->setattr(&nop_mnt_idmap,
							     dentry, &attr), 0);
	inode_unlock(d_inode(dentry));
}

static void punch(struct kunit *test, struct tmpfs *t, loff_t from, loff_t to)
{
	KUNIT_ASSERT_EQ(test, vfs_fallocate(t->file, FALLOC_FL_PUNCH_HOLE |
					    FALLOC_FL_KEEP_SIZE, from,
					    to - from), 0);
}

/* Whether the bytes of the file from @from to @to are all zero, and there */
static void expect_zeroes(struct kunit *test, struct tmpfs *t, loff_t from,
			  loff_t to)
{
	unsigned int wrong = 0;
	loff_t pos = from;
	u8 byte;

	while (pos < to) {
		if (kernel_read(t->file, &byte, 1, &pos) != 1)
			break;
		wrong += !!byte;
	}
	KUNIT_EXPECT_EQ(test, pos, to);
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0U, "bytes from %lld on are not zero",
			    from);
}

/* The first half of a page is as it was before, wherever the rest differs. */
static void expect_first_half(struct kunit *test, struct tmpfs *t,
			      unsigned int page)
{
	struct mmk_diff diff = mmk_part_diff(test, t->mm, page_at(t, page), page,
					     1, SEED);

	KUNIT_EXPECT_FALSE(test, diff.unreadable);
	KUNIT_EXPECT_TRUE(test, !diff.any || diff.byte >= PAGE_SIZE / 2);
}

static void cut_and_grow(struct kunit *test, struct tmpfs *t)
{
	set_size(test, t, 2 * PAGE_SIZE + PAGE_SIZE / 2);
	KUNIT_EXPECT_EQ(test, info_of(t)->swapped,
			(unsigned long)mmk_swap_slots_used());
	set_size(test, t, NR_PAGES * PAGE_SIZE);
	expect_zeroes(test, t, 2 * PAGE_SIZE + PAGE_SIZE / 2,
		      NR_PAGES * PAGE_SIZE);
}

static void cut_hole(struct kunit *test, struct tmpfs *t)
{
	punch(test, t, 2 * PAGE_SIZE + PAGE_SIZE / 2,
	      4 * PAGE_SIZE + PAGE_SIZE / 2);
	expect_zeroes(test, t, 2 * PAGE_SIZE + PAGE_SIZE / 2,
		      4 * PAGE_SIZE + PAGE_SIZE / 2);
	MMK_EXPECT_PART_HOLDS(test, t->mm, page_at(t, 5), 5, NR_PAGES - 5, SEED);
}

static void cut_hole_in_page(struct kunit *test, struct tmpfs *t)
{
	punch(test, t, 2 * PAGE_SIZE + PAGE_SIZE / 2, 3 * PAGE_SIZE);
	expect_zeroes(test, t, 2 * PAGE_SIZE + PAGE_SIZE / 2, 3 * PAGE_SIZE);
	MMK_EXPECT_PART_HOLDS(test, t->mm, page_at(t, 3), 3, NR_PAGES - 3, SEED);
}

/**
 * struct cut_case - A part of a file that is given up
 * @description: for the KTAP line
 * @cut: gives up the second half of page 2, and what lies behind
 */
struct cut_case {
	const char *description;
	void (*cut)(struct kunit *test, struct tmpfs *t);
};

static const struct cut_case cut_cases[] = {
	{ "truncated and extended", cut_and_grow },
	{ "hole", cut_hole },
	{ "hole in a page", cut_hole_in_page },
};

KUNIT_ARRAY_PARAM_DESC(cut, cut_cases, description);

/**
 * swapped_part_of_a_page_is_zeroed() - Truncation, and holes
 *
 * What is cut off a file reads as zeroes afterwards (truncate(2), fallocate(2)),
 * to the byte, also if the page is in swap. The rest of the page is as before.
 * The inode knows how many of its pages are in swap.
 *
 * Contract: SF-11
 */
static void swapped_part_of_a_page_is_zeroed(struct kunit *test)
{
	const struct cut_case *c = test->param_value;
	struct tmpfs t;

	tmpfs_init(test, &t, NR_PAGES);
	c->cut(test, &t);
	expect_first_half(test, &t, 2);
	MMK_EXPECT_MM_HOLDS(test, t.mm, t.addr, 2, SEED);
	KUNIT_EXPECT_EQ(test, info_of(&t)->swapped,
			(unsigned long)mmk_swap_slots_used());
}

/**
 * swapped_tmpfs_page_is_written_again() - Out, back, and out
 *
 * The slot is free as soon as the page is back in the file. The page is the only
 * copy then, although nobody has written to it: it is written when it goes out
 * again.
 *
 * Contract: SF-11
 */
static void swapped_tmpfs_page_is_written_again(struct kunit *test)
{
	struct tmpfs t;
	unsigned int i;

	tmpfs_init(test, &t, NR_PAGES);
	for (i = 0; i < NR_PAGES; i++)
		KUNIT_ASSERT_EQ(test, mmk_fault_in(t.mm, page_at(&t, i), false),
				0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
	KUNIT_EXPECT_EQ(test, info_of(&t)->swapped, 0UL);
	KUNIT_ASSERT_EQ(test, mmk_pageout(t.addr, NR_PAGES * PAGE_SIZE), 0);
	mmk_scrub_free_pages();
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), (long)NR_PAGES);
	MMK_EXPECT_MM_HOLDS(test, t.mm, t.addr, NR_PAGES, SEED);
}

/**
 * willneed_reads_what_it_was_given() - madvise(MADV_WILLNEED) of a part
 *
 * The mapping begins in the middle of the file, and the advice is about some of
 * its pages. These are read, and no others.
 *
 * Contract: SF-11
 */
static void willneed_reads_what_it_was_given(struct kunit *test)
{
	unsigned long part;
	struct tmpfs t;
	unsigned int i;

	tmpfs_init(test, &t, NR_PAGES);
	for (i = 0; i < NR_PAGES; i++)
		KUNIT_ASSERT_FALSE(test, is_cached(&t, i));
	part = vm_mmap(t.file, 0, 4 * PAGE_SIZE, PROT_READ, MAP_SHARED,
		       3 * PAGE_SIZE);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(part));
	KUNIT_EXPECT_EQ(test, do_madvise(t.mm, part + PAGE_SIZE, 2 * PAGE_SIZE,
					 MADV_WILLNEED), 0);
	for (i = 0; i < NR_PAGES; i++)
		KUNIT_EXPECT_EQ_MSG(test, is_cached(&t, i), i == 4 || i == 5,
				    "page %u", i);
	MMK_EXPECT_MM_HOLDS(test, t.mm, t.addr, NR_PAGES, SEED);
}

/**
 * struct part_case - A mapping of a part of the file
 * @description: for the KTAP line
 * @first: its first page
 * @nr: its pages
 * @flags: MAP_*
 * @prot: PROT_*
 * @swapped: how many of them are in swap
 */
struct part_case {
	const char *description;
	unsigned int first;
	unsigned int nr;
	unsigned long flags;
	unsigned long prot;
	long swapped;
};

/* Four of the eight pages are in swap. */
static const struct part_case part_cases[] = {
	{ "all", 0, NR_PAGES, MAP_SHARED, PROT_READ, 4 },
	{ "first half", 0, 4, MAP_SHARED, PROT_READ, 4 },
	{ "second half", 4, 4, MAP_SHARED, PROT_READ, 0 },
	{ "middle", 2, 4, MAP_SHARED, PROT_READ, 2 },
	{ "last in swap", 3, 1, MAP_SHARED, PROT_READ, 1 },
	{ "first in memory", 4, 1, MAP_SHARED, PROT_READ, 0 },
	{ "behind the first", 1, NR_PAGES - 1, MAP_SHARED, PROT_READ, 3 },
	{ "private, all", 0, NR_PAGES, MAP_PRIVATE, PROT_READ | PROT_WRITE, 4 },
	{ "private, middle", 2, 4, MAP_PRIVATE, PROT_READ | PROT_WRITE, 2 },
	{ "private, read-only, middle", 2, 4, MAP_PRIVATE, PROT_READ, 2 },
};

KUNIT_ARRAY_PARAM_DESC(part, part_cases, description);

/**
 * swapped_tmpfs_pages_are_counted() - smaps, and mincore()
 *
 * "Swap" of a mapping of tmpfs is that of the mapped part of the file, and not of
 * other parts. mincore() finds the pages of this part that are in memory.
 *
 * Contract: SF-11
 */
static void swapped_tmpfs_pages_are_counted(struct kunit *test)
{
	const struct part_case *c = test->param_value;
	struct mmk_smaps smaps;
	struct mmk_proc *proc;
	unsigned long part, vec;
	struct tmpfs t;
	unsigned int i;
	u8 there;

	tmpfs_init(test, &t, 4);
	vec = mmk_map_anon(test, 1);
	proc = mmk_proc_alloc(test);
	KUNIT_ASSERT_EQ(test, vm_munmap(t.addr, NR_PAGES * PAGE_SIZE), 0);
	part = vm_mmap(t.file, 0, c->nr * PAGE_SIZE, c->prot, c->flags,
		       c->first * PAGE_SIZE);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(part));
	mmk_proc_smaps(test, proc, part, &smaps);
	KUNIT_EXPECT_EQ(test, smaps.swap * 1024,
			c->swapped * (long)PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, sys_mincore(part, c->nr * PAGE_SIZE,
					  (unsigned char __user *)vec), 0L);
	for (i = 0; i < c->nr; i++) {
		KUNIT_ASSERT_EQ(test, get_user(there, (u8 __user *)vec + i), 0);
		KUNIT_EXPECT_EQ_MSG(test, there & 1, c->first + i >= 4,
				    "page %u", i);
	}
	mmk_proc_end(test, proc);
}

/**
 * swapoff_leaves_tmpfs_of_other_areas_alone() - Two areas, one swapoff
 *
 * A file has pages in two areas. When one is turned off, the page in the other
 * stays there.
 *
 * Contract: SF-11
 */
static void swapoff_leaves_tmpfs_of_other_areas_alone(struct kunit *test)
{
	struct swap_info_struct *si;
	struct mmk_swap *other;
	struct tmpfs t;
	void *slot;
	int err;

	tmpfs_init(test, &t, 1);
	si = __swap_entry_to_info(swp_entry(0, 1));
	other = mmk_swap_alloc(test, OTHER_AREA);
	/* Zeroes are not written: the second disk would grow. */
	KUNIT_ASSERT_EQ(test, clear_user((void __user *)page_at(&t, 1),
					 PAGE_SIZE), 0UL);
	KUNIT_ASSERT_EQ(test, mmk_swap_try_prefer(other), 0L);
	mmk_swap_slots_drain();
	spin_lock(&si->lock);
	si->flags &= ~SWP_WRITEOK;
	spin_unlock(&si->lock);
	err = mmk_pageout(page_at(&t, 1), PAGE_SIZE);
	spin_lock(&si->lock);
	si->flags |= SWP_WRITEOK;
	spin_unlock(&si->lock);
	KUNIT_ASSERT_EQ(test, err, 0);
	slot = slot_of(&t, 1);
	KUNIT_ASSERT_TRUE(test, xa_is_value(slot));
	KUNIT_ASSERT_NE(test, (int)swp_type(radix_to_swp_entry(slot)),
			(int)swp_type(radix_to_swp_entry(slot_of(&t, 0))));

	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, t.swap));
	KUNIT_EXPECT_FALSE(test, is_swapped(&t, 0));
	KUNIT_EXPECT_PTR_EQ(test, slot_of(&t, 1), slot);
	KUNIT_EXPECT_EQ(test, info_of(&t)->swapped, 1UL);
	MMK_EXPECT_MM_HOLDS(test, t.mm, t.addr, 1, SEED);
	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, other));
	KUNIT_EXPECT_FALSE(test, is_swapped(&t, 1));
	expect_zeroes(test, &t, PAGE_SIZE, 2 * PAGE_SIZE);
}

/**
 * page_that_was_given_up_is_not_brought_back() - While a fault waits for it
 *
 * A fault waits for the lock of the folio in the swap cache. Meanwhile a hole is
 * punched there. The fault does not put the old page into the file: what is read
 * is zero.
 *
 * Contract: SF-11
 */
static void page_that_was_given_up_is_not_brought_back(struct kunit *test)
{
	struct mmk_fault *fault;
	struct folio *folio;
	struct tmpfs t;

	tmpfs_init(test, &t, NR_PAGES);
	KUNIT_ASSERT_EQ(test, do_madvise(t.mm, page_at(&t, 2), PAGE_SIZE,
					 MADV_WILLNEED), 0);
	folio = mmk_swap_cache_get(radix_to_swp_entry(slot_of(&t, 2)));
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(folio));
	lock_folio(test, folio);
	fault = mmk_fault_start(test, t.mm, page_at(&t, 2), USER_READ,
				MMK_MMAP_LOCK);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "folio_wait_bit_common"));
	punch(test, &t, 2 * PAGE_SIZE, 3 * PAGE_SIZE);
	unlock_folio(test, folio);
	folio_put(folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret & VM_FAULT_ERROR, 0U);
	expect_zeroes(test, &t, 2 * PAGE_SIZE, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, info_of(&t)->swapped, NR_PAGES - 1UL);
	MMK_EXPECT_MM_HOLDS(test, t.mm, t.addr, 2, SEED);
	MMK_EXPECT_PART_HOLDS(test, t.mm, page_at(&t, 3), 3, NR_PAGES - 3, SEED);
}

/**
 * enum copy - What a private copy of a page of the file has become
 * @COPY_SWAP: swapped out
 * @COPY_CACHED: swapped out, and in the swap cache
 * @COPY_EXCLUSIVE: a device has exclusive access to it
 * @COPY_POISON: a marker
 */
enum copy {
	COPY_SWAP,
	COPY_CACHED,
	COPY_EXCLUSIVE,
	COPY_POISON,
};

/**
 * struct copy_case - A private copy
 * @description: for the KTAP line
 * @copy: what it has become
 */
struct copy_case {
	const char *description;
	enum copy copy;
};

static const struct copy_case copy_cases[] = {
	{ "in swap", COPY_SWAP },
	{ "in the swap cache", COPY_CACHED },
	{ "device-exclusive", COPY_EXCLUSIVE },
	{ "marker", COPY_POISON },
};

KUNIT_ARRAY_PARAM_DESC(copy, copy_cases, description);

static void make_copy(struct kunit *test, struct mm_struct *mm,
		      unsigned long addr, enum copy copy)
{
	struct folio *folio;

	switch (copy) {
	case COPY_CACHED:
		mmk_folio_get(test, mmk_pte_folio(test, mm, addr));
		fallthrough;
	case COPY_SWAP:
		KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
		MMK_EXPECT_PTE(test, mm, addr, SWAP);
		break;
	case COPY_EXCLUSIVE:
		folio = mmk_make_exclusive(test, mm, addr);
		folio_unlock(folio);
		folio_put(folio);
		MMK_EXPECT_PTE(test, mm, addr, DEVICE_EXCLUSIVE);
		break;
	case COPY_POISON:
		KUNIT_ASSERT_EQ(test, do_madvise(mm, addr, PAGE_SIZE,
						 MADV_DONTNEED), 0);
		KUNIT_ASSERT_TRUE(test, mmk_pte_store(mm, addr,
						      softleaf_to_pte(make_poisoned_swp_entry())));
		break;
	}
}

/**
 * private_copies_survive_a_hole() - unmap_mapping_range(), and even_cows
 *
 * A hole is punched into a file. Of a private mapping, the pages of the file go,
 * and those that the process has copied stay, wherever they are. They go as well
 * if the file is truncated (even_cows), with their slots, RSS and references.
 *
 * Contract: SF-11
 */
static void private_copies_survive_a_hole(struct kunit *test)
{
	const struct copy_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = mmk_shmem_file(test, 2);
	struct mmk_mm_state none, rss;
	unsigned long addr;
	pte_t pte;

	mmk_swap_on_watched(test, false);
	addr = mmk_mmap(test, file, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE);
	mmk_mm_snapshot(mm, &none);
	mmk_fill(test, addr, 1, SEED);
	make_copy(test, mm, addr, c->copy);
	pte = mmk_pte(mm, addr);
	mmk_mm_snapshot(mm, &rss);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr + PAGE_SIZE, false), 0);

	unmap_mapping_range(file->f_mapping, 0, 2 * PAGE_SIZE, 0);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, NONE);
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(mm, addr), pte));
	mmk_expect_mm_same(test, "hole", mm, &rss);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), (long)rss.swap);
	if (c->copy != COPY_POISON)
		MMK_EXPECT_MM_HOLDS(test, mm, addr, 1, SEED);

	/* By now the page may have been mapped again. */
	if (c->copy == COPY_SWAP)
		make_copy(test, mm, addr, c->copy);
	unmap_mapping_range(file->f_mapping, 0, 2 * PAGE_SIZE, 1);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	mmk_expect_mm_same(test, "truncated", mm, &none);
	if (c->copy == COPY_SWAP)
		KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

/* What a RAM disk once takes it keeps: not in a case, which has to leak nothing. */
static int tmpfs_suite_init(struct kunit_suite *suite)
{
	return mmk_swap_format(OTHER_AREA);
}

static struct kunit_case swap_fault_tmpfs_cases[] = {
	KUNIT_CASE_PARAM(swapped_part_of_a_page_is_zeroed, cut_gen_params),
	KUNIT_CASE(swapped_tmpfs_page_is_written_again),
	KUNIT_CASE(willneed_reads_what_it_was_given),
	KUNIT_CASE_PARAM(swapped_tmpfs_pages_are_counted, part_gen_params),
	KUNIT_CASE(swapoff_leaves_tmpfs_of_other_areas_alone),
	KUNIT_CASE(page_that_was_given_up_is_not_brought_back),
	KUNIT_CASE_PARAM(private_copies_survive_a_hole, copy_gen_params),
	{}
};

static struct kunit_suite swap_fault_tmpfs_suite = {
	.name = "swap_fault_tmpfs",
	.suite_init = tmpfs_suite_init,
	.init = mmk_case_init,
	.test_cases = swap_fault_tmpfs_cases,
};

kunit_test_suite(swap_fault_tmpfs_suite);
