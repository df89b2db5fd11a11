// SPDX-License-Identifier: GPL-2.0
/*
 * tmpfs that cannot be read from swap. Expected is what read(2) and write(2) say of
 * EIO, and mmap(2) of SIGBUS: whoever asks for the page is told, until it is
 * truncated away, and nobody ever gets other bytes.
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
#include <linux/uio.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/leaf.h"
#include "../lib/disk.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"

/* Of the bytes in the swapped pages, see mmk_fill() */
#define SEED	0x69

#define NR_PAGES	4

/* The page that cannot be read */
#define BAD		1

/**
 * struct shared - A tmpfs file, swapped out, and mapped
 * @mm: the address space
 * @file: the file
 * @addr: where it is mapped
 * @swap: the area
 */
struct shared {
	struct mm_struct *mm;
	struct file *file;
	unsigned long addr;
	struct mmk_swap *swap;
};

static void shared_init(struct kunit *test, struct shared *s, bool slow)
{
	s->mm = mmk_mm_enter(test);
	s->swap = se_area_on(test, false);
	s->file = mmk_shmem_file(test, NR_PAGES);
	s->addr = mmk_mmap(test, s->file, NR_PAGES * PAGE_SIZE,
			   PROT_READ | PROT_WRITE, MAP_SHARED);
	mmk_fill(test, s->addr, NR_PAGES, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(s->addr, NR_PAGES * PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), (long)NR_PAGES);
	KUNIT_ASSERT_EQ(test, SHMEM_I(file_inode(s->file))->swapped,
			(unsigned long)NR_PAGES);
	if (slow)
		se_make_slow();
	mmk_scrub_free_pages();
}

static unsigned long bad_addr(struct shared *s)
{
	return s->addr + BAD * PAGE_SIZE;
}

/* What is in the place of a page in the page cache */
static void *slot_of(struct shared *s, pgoff_t index)
{
	return xa_load(&s->file->f_mapping->i_pages, index);
}

static bool slot_is_error(struct shared *s, pgoff_t index)
{
	void *entry = slot_of(s, index);

	return xa_is_value(entry) &&
	       radix_to_swp_entry(entry).val == make_poisoned_swp_entry().val;
}

static ssize_t read_bad(struct shared *s)
{
	loff_t pos = BAD * PAGE_SIZE;
	u8 byte;

	return kernel_read(s->file, &byte, 1, &pos);
}

static ssize_t write_bad(struct shared *s)
{
	loff_t pos = BAD * PAGE_SIZE;
	u8 byte = 0;

	return kernel_write(s->file, &byte, 1, &pos);
}

static vm_fault_t fault_bad(struct kunit *test, struct shared *s, bool write)
{
	struct mmk_fault *fault;

	fault = mmk_fault_alloc(test, s->mm, bad_addr(s), FAULT_FLAG_DEFAULT |
				FAULT_FLAG_USER | (write ? FAULT_FLAG_WRITE : 0),
				MMK_MMAP_LOCK);
	fault->retry = true;
	mmk_task_start(&fault->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	return fault->ret & ~VM_FAULT_MAJOR;
}

/* The page is lost, and only that page is; it uses no slot. */
static void expect_lost(struct kunit *test, struct shared *s, long slots)
{
	struct shmem_inode_info *info = SHMEM_I(file_inode(s->file));

	KUNIT_EXPECT_TRUE(test, slot_is_error(s, BAD));
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), slots);
	KUNIT_EXPECT_EQ(test, (long)info->swapped, slots);
	KUNIT_EXPECT_EQ(test, info->alloced, NR_PAGES - 1UL);
	KUNIT_EXPECT_EQ(test, read_bad(s), -EIO);
	KUNIT_EXPECT_EQ(test, write_bad(s), -EIO);
	KUNIT_EXPECT_EQ(test, fault_bad(test, s, false), VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, fault_bad(test, s, true), VM_FAULT_SIGBUS);
	KUNIT_EXPECT_TRUE(test, slot_is_error(s, BAD));
}

static void expect_others(struct kunit *test, struct shared *s)
{
	MMK_EXPECT_MM_HOLDS(test, s->mm, s->addr, BAD, SEED);
	MMK_EXPECT_PART_HOLDS(test, s->mm, bad_addr(s) + PAGE_SIZE, BAD + 1,
			      NR_PAGES - BAD - 1, SEED);
}

static void ask_read(struct kunit *test, struct shared *s)
{
	KUNIT_EXPECT_EQ(test, read_bad(s), -EIO);
}

static void ask_write(struct kunit *test, struct shared *s)
{
	KUNIT_EXPECT_EQ(test, write_bad(s), -EIO);
}

static void ask_fault(struct kunit *test, struct shared *s)
{
	KUNIT_EXPECT_EQ(test, fault_bad(test, s, false), VM_FAULT_SIGBUS);
}

static void ask_write_fault(struct kunit *test, struct shared *s)
{
	KUNIT_EXPECT_EQ(test, fault_bad(test, s, true), VM_FAULT_SIGBUS);
}

/**
 * struct ask_case - Who asks for the page
 * @description: for the KTAP line
 * @ask: does so
 * @slow: the area is on a slow disk
 */
struct ask_case {
	const char *description;
	void (*ask)(struct kunit *test, struct shared *s);
	bool slow;
};

static const struct ask_case ask_cases[] = {
	{ "read", ask_read },
	{ "write", ask_write },
	{ "read fault", ask_fault },
	{ "write fault", ask_write_fault },
	{ "read, slow disk", ask_read, true },
	{ "read fault, slow disk", ask_fault, true },
};

KUNIT_ARRAY_PARAM_DESC(ask, ask_cases, description);

/**
 * unreadable_tmpfs_page_is_lost() - -EIO, or SIGBUS
 *
 * Whoever asks first is told, and so is everybody later, although the disk works
 * again: the page has gone. In its place in the page cache there is an error entry.
 * Its slot is free, and it counts neither as swapped nor as a block of the file. The
 * other pages are as ever.
 *
 * Contract: SE-1, SE-2
 */
static void unreadable_tmpfs_page_is_lost(struct kunit *test)
{
	const struct ask_case *c = test->param_value;
	struct shared s;

	shared_init(test, &s, c->slow);
	se_fail_reads(test, 0, SE_ALL);
	c->ask(test, &s);
	se_reads_work();
	expect_lost(test, &s, NR_PAGES - 1);
	expect_others(test, &s);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

/**
 * failed_tmpfs_readahead_is_not_mapped() - Pages that no task has asked for yet
 *
 * Pages are read ahead, and some cannot be read. Whoever asks later gets the right
 * bytes, or is told.
 *
 * Contract: SE-1
 */
static void failed_tmpfs_readahead_is_not_mapped(struct kunit *test)
{
	struct mmk_diff diff;
	struct shared s;
	unsigned int i, failed = 0;

	shared_init(test, &s, true);
	se_fail_reads(test, 1, 2);
	KUNIT_EXPECT_EQ(test, do_madvise(s.mm, s.addr, NR_PAGES * PAGE_SIZE,
					 MADV_WILLNEED), 0);
	se_reads_work();
	for (i = 0; i < NR_PAGES; i++) {
		diff = mmk_part_diff(test, s.mm, s.addr + i * PAGE_SIZE, i, 1,
				     SEED);
		if (diff.unreadable) {
			failed++;
			KUNIT_EXPECT_TRUE(test, slot_is_error(&s, i));
		} else {
			MMK_EXPECT_NO_DIFF(test, diff);
		}
	}
	/* Pages may be read one by one, or all of them at once. */
	KUNIT_EXPECT_GT(test, failed, 0U);
}

/**
 * swapoff_ends_with_lost_tmpfs_page() - It does not try for ever
 *
 * swapoff returns 0, although a page could not be read. That page is lost, the
 * others are in memory.
 *
 * Contract: SE-1, SE-2
 */
static void swapoff_ends_with_lost_tmpfs_page(struct kunit *test)
{
	struct shared s;

	shared_init(test, &s, false);
	se_fail_reads(test, BAD, 1);
	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, s.swap));
	expect_lost(test, &s, 0);
	expect_others(test, &s);
}

static void end_truncate(struct kunit *test, struct shared *s)
{
	struct iattr attr = {
		.ia_valid = ATTR_SIZE,
		.ia_size = BAD * PAGE_SIZE,
	};
	struct dentry *dentry = s->file->f_path.dentry;

	inode_lock(d_inode(dentry));
	KUNIT_EXPECT_EQ(test, d_inode(dentry)->i_op->setattr(&nop_mnt_idmap,
							     dentry, &attr), 0);
	inode_unlock(d_inode(dentry));
	KUNIT_EXPECT_NULL(test, slot_of(s, BAD));
	KUNIT_EXPECT_EQ(test, read_bad(s), (ssize_t)0);
}

static void end_punch(struct kunit *test, struct shared *s)
{
	loff_t pos = BAD * PAGE_SIZE;
	u8 byte = 1;

	KUNIT_EXPECT_EQ(test, vfs_fallocate(s->file, FALLOC_FL_PUNCH_HOLE |
					    FALLOC_FL_KEEP_SIZE, pos,
					    PAGE_SIZE), 0);
	KUNIT_EXPECT_NULL(test, slot_of(s, BAD));
	KUNIT_EXPECT_EQ(test, kernel_read(s->file, &byte, 1, &pos), (ssize_t)1);
	KUNIT_EXPECT_EQ(test, byte, (u8)0);
	expect_others(test, s);
}

static void end_remove(struct kunit *test, struct shared *s)
{
	KUNIT_EXPECT_EQ(test, do_madvise(s->mm, bad_addr(s), PAGE_SIZE,
					 MADV_REMOVE), 0);
	KUNIT_EXPECT_NULL(test, slot_of(s, BAD));
	expect_others(test, s);
}

/* The last who has the file open; the page cache goes with the inode. */
static void end_close(struct kunit *test, struct shared *s)
{
	KUNIT_EXPECT_EQ(test, vm_munmap(s->addr, NR_PAGES * PAGE_SIZE), 0);
}

static void end_fork(struct kunit *test, struct shared *s)
{
	struct mm_struct *child = mmk_fork(test);

	KUNIT_EXPECT_NE(test, mmk_fault_in(child, bad_addr(s), false), 0);
	KUNIT_EXPECT_TRUE(test, slot_is_error(s, BAD));
}

static void end_swapoff(struct kunit *test, struct shared *s)
{
	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, s->swap));
	expect_lost(test, s, 0);
	expect_others(test, s);
}

static void end_willneed(struct kunit *test, struct shared *s)
{
	KUNIT_EXPECT_EQ(test, do_madvise(s->mm, s->addr, NR_PAGES * PAGE_SIZE,
					 MADV_WILLNEED), 0);
	KUNIT_EXPECT_TRUE(test, slot_is_error(s, BAD));
	expect_others(test, s);
}

/**
 * struct end_case - What is done with an error entry
 * @description: for the KTAP line
 * @end: does it
 */
struct end_case {
	const char *description;
	void (*end)(struct kunit *test, struct shared *s);
};

static const struct end_case cut_cases[] = {
	{ "truncate", end_truncate },
	{ "punch a hole", end_punch },
	{ "MADV_REMOVE", end_remove },
};

KUNIT_ARRAY_PARAM_DESC(cut, cut_cases, description);

static const struct end_case end_cases[] = {
	{ "close", end_close },
	{ "fork", end_fork },
	{ "swapoff", end_swapoff },
	{ "MADV_WILLNEED", end_willneed },
};

KUNIT_ARRAY_PARAM_DESC(end, end_cases, description);

static void try_end(struct kunit *test, const struct end_case *c)
{
	struct shmem_inode_info *info;
	struct shared s;

	shared_init(test, &s, false);
	info = SHMEM_I(file_inode(s.file));
	se_fail_reads(test, 0, 1);
	KUNIT_EXPECT_EQ(test, read_bad(&s), -EIO);
	se_reads_work();
	KUNIT_ASSERT_TRUE(test, slot_is_error(&s, BAD));
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), NR_PAGES - 1L);
	c->end(test, &s);
	if (c->end == end_truncate) {
		KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), (long)BAD);
		KUNIT_EXPECT_EQ(test, info->alloced, (unsigned long)BAD);
	}
	KUNIT_EXPECT_EQ(test, (long)info->swapped, mmk_swap_slots_used());
}

/**
 * error_entry_is_no_slot() - What is done with an error entry
 *
 * It is there as long as the page would have been, and is never taken for a slot of any
 * area. No slot is freed that it does not have, and the kernel does not complain.
 *
 * Contract: SE-2
 */
static void error_entry_is_no_slot(struct kunit *test)
{
	try_end(test, test->param_value);
}

/**
 * truncated_error_entry_was_no_slot() - It goes as the page would have gone
 *
 * What is left of the file has as many pages in swap as there are slots in use, says the
 * inode. swapoff, which the case ends with, relies on that.
 *
 * Contract: SE-2
 */
static void truncated_error_entry_was_no_slot(struct kunit *test)
{
	try_end(test, test->param_value);
}

static struct kunit_case swap_error_tmpfs_cases[] = {
	KUNIT_CASE_PARAM(unreadable_tmpfs_page_is_lost, ask_gen_params),
	KUNIT_CASE(failed_tmpfs_readahead_is_not_mapped),
	KUNIT_CASE(swapoff_ends_with_lost_tmpfs_page),
	KUNIT_CASE_PARAM(error_entry_is_no_slot, end_gen_params),
	KUNIT_CASE_PARAM(truncated_error_entry_was_no_slot, cut_gen_params),
	{}
};

static struct kunit_suite swap_error_tmpfs_suite = {
	.name = "swap_error_tmpfs",
	.init = mmk_case_init,
	.test_cases = swap_error_tmpfs_cases,
};

kunit_test_suite(swap_error_tmpfs_suite);
