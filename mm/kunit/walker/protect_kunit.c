// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of entry, under what changes, moves, ends or copies a mapping.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/mm.h"
#include "walk.h"

MMK_GEN_PARAMS(entry)
{
	return ew_next_entry(prev, desc);
}

MMK_GEN_PARAMS(pair)
{
	return ew_next_pair(prev, desc);
}

MMK_GEN_PARAMS(batch)
{
	return ew_next_batch(prev, desc);
}

static void protect(struct ew_walk *w, unsigned long prot)
{
	ew_say(w, sys_mprotect(w->start, w->len, prot));
}

static void run_mprotect_none(struct ew_walk *w)
{
	protect(w, PROT_NONE);
}

static void run_mprotect_read(struct ew_walk *w)
{
	protect(w, PROT_READ);
}

static void run_mprotect_write(struct ew_walk *w)
{
	protect(w, PROT_READ | PROT_WRITE);
}

static const struct ew_ops mprotect_none_ops = { .run = run_mprotect_none };
static const struct ew_ops mprotect_read_ops = { .run = run_mprotect_read };
static const struct ew_ops mprotect_write_ops = {
	.prepare = run_mprotect_read,
	.run = run_mprotect_write,
};

static void move(struct ew_walk *w, unsigned long to, unsigned long len)
{
	long ret = sys_mremap(w->start, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
			      to);
	struct ew_site *s;

	ew_say(w, ret == (long)to ? 0 : ret);
	ew_for_each_inside(s, w)
		s->to = to + (s->addr - w->start);
}

static void run_mremap_near(struct ew_walk *w)
{
	move(w, w->near, w->len);
}

static void run_mremap_far(struct ew_walk *w)
{
	move(w, w->far, w->len);
}

/* Of a huge entry the first half; of others what is not the room behind them */
static unsigned long part(struct ew_walk *w)
{
	return w->site->how->huge ? MMK_HUGE_SIZE / 2 : w->len;
}

static void run_mremap_part(struct ew_walk *w)
{
	move(w, w->far, part(w));
}

static const struct ew_ops mremap_near_ops = { .run = run_mremap_near };
static const struct ew_ops mremap_far_ops = { .run = run_mremap_far };
static const struct ew_ops mremap_part_ops = {
	.run = run_mremap_part,
	.room = true,
};

static void run_munmap(struct ew_walk *w)
{
	ew_say(w, sys_munmap(w->start, w->len));
}

/* Of a huge entry the second half; of others what is behind them */
static void run_munmap_part(struct ew_walk *w)
{
	ew_say(w, sys_munmap(w->start + part(w), part(w)));
}

static const struct ew_ops munmap_ops = { .run = run_munmap };
static const struct ew_ops munmap_part_ops = {
	.run = run_munmap_part,
	.room = true,
};

static const struct ew_ops munmap_private_file_ops = {
	.run = run_munmap,
	.file = true,
};

static void run_fork(struct ew_walk *w)
{
	w->child = mmk_fork(w->test);
	ew_say(w, 0);
}

static const struct ew_ops fork_ops = { .run = run_fork, .all = true };

/* VMAs end where their flags change: in the midst of a pmd, which is then split. */
static void run_split(struct ew_walk *w)
{
	ew_say(w, do_madvise(w->mm, w->start, part(w), MADV_DONTFORK));
}

static const struct ew_ops split_ops = { .run = run_split };

/**
 * mprotect_none_meets_each_entry() - mprotect(PROT_NONE)
 *
 * The row "mprotect to none" of Documentation/walker-table.rst, and afterwards
 * the bytes, once access is allowed again.
 *
 * Contract: EW-1
 */
static void mprotect_none_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MPROTECT_NONE, &mprotect_none_ops);
}

/**
 * mprotect_none_tells_neighbours_apart() - mprotect(PROT_NONE)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void mprotect_none_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MPROTECT_NONE, &mprotect_none_ops);
}

/**
 * mprotect_none_tells_huge_neighbours_apart() - mprotect(PROT_NONE)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void mprotect_none_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MPROTECT_NONE, &mprotect_none_ops);
}

/**
 * mprotect_none_tells_pages_apart() - mprotect(PROT_NONE)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void mprotect_none_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MPROTECT_NONE, &mprotect_none_ops);
}

/**
 * mprotect_read_meets_each_entry() - mprotect(PROT_READ)
 *
 * The row "mprotect to read".
 *
 * Contract: EW-1
 */
static void mprotect_read_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MPROTECT_READ, &mprotect_read_ops);
}

/**
 * mprotect_read_tells_neighbours_apart() - mprotect(PROT_READ)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void mprotect_read_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MPROTECT_READ, &mprotect_read_ops);
}

/**
 * mprotect_read_tells_huge_neighbours_apart() - mprotect(PROT_READ)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void mprotect_read_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MPROTECT_READ, &mprotect_read_ops);
}

/**
 * mprotect_read_tells_pages_apart() - mprotect(PROT_READ)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void mprotect_read_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MPROTECT_READ, &mprotect_read_ops);
}

/**
 * mprotect_write_meets_each_entry() - mprotect() that allows writes again
 *
 * The row "mprotect to write", of entries that were made read-only by
 * mprotect().
 *
 * Contract: EW-1
 */
static void mprotect_write_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MPROTECT_WRITE, &mprotect_write_ops);
}

/**
 * mprotect_write_tells_neighbours_apart() - mprotect() that allows writes again
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void mprotect_write_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MPROTECT_WRITE, &mprotect_write_ops);
}

/**
 * mprotect_write_tells_huge_neighbours_apart() - mprotect() that allows writes again
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void mprotect_write_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MPROTECT_WRITE, &mprotect_write_ops);
}

/**
 * mprotect_write_tells_pages_apart() - mprotect() that allows writes again
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void mprotect_write_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MPROTECT_WRITE, &mprotect_write_ops);
}

/**
 * mremap_near_meets_each_entry() - mremap() within a table of ptes, or of pmds
 *
 * The row "mremap in a page table"; and nothing is left at the old address.
 *
 * Contract: EW-1
 */
static void mremap_near_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MREMAP_NEAR, &mremap_near_ops);
}

/**
 * mremap_near_tells_neighbours_apart() - mremap() within a table of ptes, or of pmds
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void mremap_near_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MREMAP_NEAR, &mremap_near_ops);
}

/**
 * mremap_near_tells_huge_neighbours_apart() - mremap() within a table of ptes, or of pmds
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void mremap_near_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MREMAP_NEAR, &mremap_near_ops);
}

/**
 * mremap_near_tells_pages_apart() - mremap() within a table of ptes, or of pmds
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void mremap_near_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MREMAP_NEAR, &mremap_near_ops);
}

/**
 * mremap_far_meets_each_entry() - mremap() to another table
 *
 * The row "mremap to another page table"; and nothing is left at the old
 * address.
 *
 * Contract: EW-1
 */
static void mremap_far_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MREMAP_FAR, &mremap_far_ops);
}

/**
 * mremap_far_tells_neighbours_apart() - mremap() to another table
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void mremap_far_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MREMAP_FAR, &mremap_far_ops);
}

/**
 * mremap_far_tells_huge_neighbours_apart() - mremap() to another table
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void mremap_far_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MREMAP_FAR, &mremap_far_ops);
}

/**
 * mremap_far_tells_pages_apart() - mremap() to another table
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void mremap_far_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MREMAP_FAR, &mremap_far_ops);
}

/**
 * mremap_part_meets_each_entry() - mremap() of a part of the mapping
 *
 * The row "mremap of a part". Of a huge entry, this is one half.
 *
 * Contract: EW-1
 */
static void mremap_part_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MREMAP_PART, &mremap_part_ops);
}

/**
 * mremap_part_tells_neighbours_apart() - mremap() of a part of the mapping
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void mremap_part_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MREMAP_PART, &mremap_part_ops);
}

/**
 * munmap_meets_each_entry() - munmap()
 *
 * The row "munmap".
 *
 * Contract: EW-1
 */
static void munmap_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MUNMAP, &munmap_ops);
}

/**
 * munmap_tells_neighbours_apart() - munmap()
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void munmap_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MUNMAP, &munmap_ops);
}

/**
 * munmap_tells_huge_neighbours_apart() - munmap()
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void munmap_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MUNMAP, &munmap_ops);
}

/**
 * munmap_tells_pages_apart() - munmap()
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void munmap_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MUNMAP, &munmap_ops);
}

/**
 * munmap_part_meets_each_entry() - munmap() of a part of the mapping
 *
 * The row "munmap of a part". Of a huge entry, this is one half; of others,
 * what is beside them.
 *
 * Contract: EW-1
 */
static void munmap_part_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MUNMAP_PART, &munmap_part_ops);
}

/**
 * munmap_part_tells_neighbours_apart() - munmap() of a part of the mapping
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void munmap_part_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MUNMAP_PART, &munmap_part_ops);
}

/**
 * munmap_private_file_meets_each_entry() - munmap() of a private mapping of a file
 *
 * The row "munmap, private file": pages that the process has copied are anonymous
 * ones in a VMA that is not. What is huge does not exist there.
 *
 * Contract: EW-1
 */
static void munmap_private_file_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MUNMAP_PRIVATE_FILE, &munmap_private_file_ops);
}

/**
 * munmap_private_file_tells_neighbours_apart() - munmap() of a private mapping of a file
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void munmap_private_file_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MUNMAP_PRIVATE_FILE, &munmap_private_file_ops);
}

/**
 * fork_meets_each_entry() - fork()
 *
 * The row "fork", for the parent and for the child.
 *
 * Contract: EW-1
 */
static void fork_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_FORK, &fork_ops);
}

/**
 * fork_tells_neighbours_apart() - fork()
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void fork_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_FORK, &fork_ops);
}

/**
 * fork_tells_huge_neighbours_apart() - fork()
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void fork_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_FORK, &fork_ops);
}

/**
 * fork_tells_pages_apart() - fork()
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void fork_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_FORK, &fork_ops);
}

/**
 * split_meets_each_entry() - A mapping that is split in two
 *
 * The row "split of a pmd": 512 ptes of the same kind, each for its own page.
 *
 * Contract: EW-1
 */
static void split_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_SPLIT, &split_ops);
}

static struct kunit_case walker_protect_cases[] = {
	KUNIT_CASE_PARAM(mprotect_none_meets_each_entry, entry_gen_params),
	KUNIT_CASE(mprotect_none_tells_neighbours_apart),
	KUNIT_CASE_PARAM(mprotect_none_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(mprotect_none_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(mprotect_read_meets_each_entry, entry_gen_params),
	KUNIT_CASE(mprotect_read_tells_neighbours_apart),
	KUNIT_CASE_PARAM(mprotect_read_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(mprotect_read_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(mprotect_write_meets_each_entry, entry_gen_params),
	KUNIT_CASE(mprotect_write_tells_neighbours_apart),
	KUNIT_CASE_PARAM(mprotect_write_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(mprotect_write_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(mremap_near_meets_each_entry, entry_gen_params),
	KUNIT_CASE(mremap_near_tells_neighbours_apart),
	KUNIT_CASE_PARAM(mremap_near_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(mremap_near_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(mremap_far_meets_each_entry, entry_gen_params),
	KUNIT_CASE(mremap_far_tells_neighbours_apart),
	KUNIT_CASE_PARAM(mremap_far_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(mremap_far_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(mremap_part_meets_each_entry, entry_gen_params),
	KUNIT_CASE(mremap_part_tells_neighbours_apart),
	KUNIT_CASE_PARAM(munmap_meets_each_entry, entry_gen_params),
	KUNIT_CASE(munmap_tells_neighbours_apart),
	KUNIT_CASE_PARAM(munmap_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(munmap_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(munmap_part_meets_each_entry, entry_gen_params),
	KUNIT_CASE(munmap_part_tells_neighbours_apart),
	KUNIT_CASE_PARAM(munmap_private_file_meets_each_entry,
			 entry_gen_params),
	KUNIT_CASE(munmap_private_file_tells_neighbours_apart),
	KUNIT_CASE_PARAM(fork_meets_each_entry, entry_gen_params),
	KUNIT_CASE(fork_tells_neighbours_apart),
	KUNIT_CASE_PARAM(fork_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(fork_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(split_meets_each_entry, entry_gen_params),
	{}
};

static struct kunit_suite walker_protect_suite = {
	.name = "walker_protect",
	.init = mmk_case_init,
	.test_cases = walker_protect_cases,
};

kunit_test_suite(walker_protect_suite);
