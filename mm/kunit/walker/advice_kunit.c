// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of entry, under advice, locks and the end of swap.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/swap.h"
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

static void advise(struct ew_walk *w, int behavior)
{
	ew_say(w, do_madvise(w->mm, w->start, w->len, behavior));
}

static void run_madv_dontneed(struct ew_walk *w)
{
	advise(w, MADV_DONTNEED);
}

static const struct ew_ops madv_dontneed_ops = { .run = run_madv_dontneed };

static void run_madv_cold(struct ew_walk *w)
{
	advise(w, MADV_COLD);
}

static const struct ew_ops madv_cold_ops = {
	.run = run_madv_cold,
	.splits = true,
};

static void run_madv_pageout(struct ew_walk *w)
{
	advise(w, MADV_PAGEOUT);
}

static const struct ew_ops madv_pageout_ops = {
	.run = run_madv_pageout,
	.swap = true,
	.splits = true,
};

static void run_madv_free(struct ew_walk *w)
{
	advise(w, MADV_FREE);
}

static const struct ew_ops madv_free_ops = {
	.run = run_madv_free,
	.splits = true,
};

static void run_madv_willneed(struct ew_walk *w)
{
	struct ew_site *s;
	u8 there = 0;

	advise(w, MADV_WILLNEED);
	ew_for_each_inside(s, w) {
		if (s->cell->outcome != EW_CACHED)
			continue;
		KUNIT_ASSERT_EQ(w->test, 0L,
				sys_mincore(s->addr, PAGE_SIZE,
					    (unsigned char __user *)w->mem));
		KUNIT_ASSERT_EQ(w->test, 0UL,
				copy_from_user(&there, (void __user *)w->mem, 1));
		if (!there)
			s->says = EW_NOT_IN_MEMORY;
	}
}

static const struct ew_ops madv_willneed_ops = { .run = run_madv_willneed };

static void run_madv_populate_read(struct ew_walk *w)
{
	advise(w, MADV_POPULATE_READ);
}

static const struct ew_ops madv_populate_read_ops = {
	.run = run_madv_populate_read,
	.task = true,
};

static void run_madv_populate_write(struct ew_walk *w)
{
	advise(w, MADV_POPULATE_WRITE);
}

static const struct ew_ops madv_populate_write_ops = {
	.run = run_madv_populate_write,
	.task = true,
};

#ifdef MADV_GUARD_INSTALL
static void run_madv_guard_install(struct ew_walk *w)
{
	advise(w, MADV_GUARD_INSTALL);
}
#else
static void run_madv_guard_install(struct ew_walk *w)
{
	kunit_skip(w->test, "this kernel has no MADV_GUARD_INSTALL");
}
#endif

static const struct ew_ops madv_guard_install_ops = {
	.run = run_madv_guard_install,
};

/* A page beside the entry: one that is writable, which a huge page has to have. */
static void early_collapse(struct ew_walk *w)
{
	if (w->site->how->huge || w->batch)
		return;
	KUNIT_ASSERT_EQ(w->test, 0, mmk_fault_in(w->mm, w->end - PAGE_SIZE,
						 true));
	w->beside = 1;
}

static void run_madv_collapse(struct ew_walk *w)
{
	ew_say(w, do_madvise(w->mm, w->start, w->end - w->start,
			     MADV_COLLAPSE));
}

static const struct ew_ops madv_collapse_ops = {
	.early = early_collapse,
	.run = run_madv_collapse,
	.task = true,
	.table = true,
	.all = true,
	.splits = true,
};

static void run_mlock(struct ew_walk *w)
{
	ew_say(w, sys_mlock(w->start, w->len));
}

static const struct ew_ops mlock_ops = { .run = run_mlock, .task = true };

/* Pages that count as locked, once no batch has any of them */
static long nr_mlocked(void)
{
	lru_add_drain_all();
	return mmk_zone_page_state(NR_MLOCK);
}

static void prepare_munlock(struct ew_walk *w)
{
	w->noted[0] = nr_mlocked();
	KUNIT_ASSERT_EQ(w->test, 0L,
			sys_mlock2(w->start, w->len, MLOCK_ONFAULT));
	w->noted[1] = nr_mlocked();
}

static void run_munlock(struct ew_walk *w)
{
	ew_say(w, sys_munlock(w->start, w->len));
	/* A page is not locked any longer than its address is. */
	KUNIT_EXPECT_EQ(w->test, nr_mlocked(), w->noted[0]);
	/* A folio that is mapped in part, or protected in part, need not be locked. */
	if (w->batch && ew_batch_is_whole(w) && !ew_minds_soft_bits(w))
		KUNIT_EXPECT_EQ(w->test, w->noted[1] - w->noted[0],
				(long)EW_BATCH_PAGES);
}

static const struct ew_ops munlock_ops = {
	.prepare = prepare_munlock,
	.run = run_munlock,
};

static void run_swapoff(struct ew_walk *w)
{
	struct ew_site *s;

	ew_say(w, mmk_swap_off(w->area));
	/* There is no slot to be asked any more. */
	ew_for_each_site(s, w)
		s->slot = (softleaf_t){ };
}

static const struct ew_ops swapoff_ops = {
	.run = run_swapoff,
	.swap = true,
	.all = true,
};

/**
 * madv_dontneed_meets_each_entry() - madvise(MADV_DONTNEED)
 *
 * The row "MADV_DONTNEED"; a page of zeroes is read afterwards.
 *
 * Contract: EW-1
 */
static void madv_dontneed_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MADV_DONTNEED, &madv_dontneed_ops);
}

/**
 * madv_dontneed_tells_neighbours_apart() - madvise(MADV_DONTNEED)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void madv_dontneed_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MADV_DONTNEED, &madv_dontneed_ops);
}

/**
 * madv_dontneed_tells_huge_neighbours_apart() - madvise(MADV_DONTNEED)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void madv_dontneed_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MADV_DONTNEED, &madv_dontneed_ops);
}

/**
 * madv_dontneed_tells_pages_apart() - madvise(MADV_DONTNEED)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void madv_dontneed_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MADV_DONTNEED, &madv_dontneed_ops);
}

/**
 * madv_cold_meets_each_entry() - madvise(MADV_COLD)
 *
 * The row "MADV_COLD".
 *
 * Contract: EW-1
 */
static void madv_cold_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MADV_COLD, &madv_cold_ops);
}

/**
 * madv_cold_tells_neighbours_apart() - madvise(MADV_COLD)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void madv_cold_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MADV_COLD, &madv_cold_ops);
}

/**
 * madv_cold_tells_huge_neighbours_apart() - madvise(MADV_COLD)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void madv_cold_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MADV_COLD, &madv_cold_ops);
}

/**
 * madv_cold_tells_pages_apart() - madvise(MADV_COLD)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void madv_cold_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MADV_COLD, &madv_cold_ops);
}

/**
 * madv_pageout_meets_each_entry() - madvise(MADV_PAGEOUT)
 *
 * The row "MADV_PAGEOUT", with a swap area; what goes out comes back with its
 * bytes.
 *
 * Contract: EW-1
 */
static void madv_pageout_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MADV_PAGEOUT, &madv_pageout_ops);
}

/**
 * madv_pageout_tells_neighbours_apart() - madvise(MADV_PAGEOUT)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void madv_pageout_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MADV_PAGEOUT, &madv_pageout_ops);
}

/**
 * madv_pageout_tells_huge_neighbours_apart() - madvise(MADV_PAGEOUT)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void madv_pageout_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MADV_PAGEOUT, &madv_pageout_ops);
}

/**
 * madv_pageout_tells_pages_apart() - madvise(MADV_PAGEOUT)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void madv_pageout_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MADV_PAGEOUT, &madv_pageout_ops);
}

/**
 * madv_free_meets_each_entry() - madvise(MADV_FREE)
 *
 * The row "MADV_FREE"; nobody wants the memory, so what was written is still
 * there.
 *
 * Contract: EW-1
 */
static void madv_free_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MADV_FREE, &madv_free_ops);
}

/**
 * madv_free_tells_neighbours_apart() - madvise(MADV_FREE)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void madv_free_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MADV_FREE, &madv_free_ops);
}

/**
 * madv_free_tells_huge_neighbours_apart() - madvise(MADV_FREE)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void madv_free_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MADV_FREE, &madv_free_ops);
}

/**
 * madv_free_tells_pages_apart() - madvise(MADV_FREE)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void madv_free_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MADV_FREE, &madv_free_ops);
}

/**
 * madv_willneed_meets_each_entry() - madvise(MADV_WILLNEED)
 *
 * The row "MADV_WILLNEED"; what has been read is where mincore() finds it.
 *
 * Contract: EW-1
 */
static void madv_willneed_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MADV_WILLNEED, &madv_willneed_ops);
}

/**
 * madv_willneed_tells_neighbours_apart() - madvise(MADV_WILLNEED)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void madv_willneed_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MADV_WILLNEED, &madv_willneed_ops);
}

/**
 * madv_willneed_tells_huge_neighbours_apart() - madvise(MADV_WILLNEED)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void madv_willneed_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MADV_WILLNEED, &madv_willneed_ops);
}

/**
 * madv_willneed_tells_pages_apart() - madvise(MADV_WILLNEED)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void madv_willneed_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MADV_WILLNEED, &madv_willneed_ops);
}

/**
 * madv_populate_read_meets_each_entry() - madvise(MADV_POPULATE_READ)
 *
 * The row "MADV_POPULATE_READ".
 *
 * Contract: EW-1
 */
static void madv_populate_read_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MADV_POPULATE_READ, &madv_populate_read_ops);
}

/**
 * madv_populate_read_tells_neighbours_apart() - madvise(MADV_POPULATE_READ)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void madv_populate_read_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MADV_POPULATE_READ, &madv_populate_read_ops);
}

/**
 * madv_populate_read_tells_huge_neighbours_apart() - madvise(MADV_POPULATE_READ)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void madv_populate_read_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MADV_POPULATE_READ, &madv_populate_read_ops);
}

/**
 * madv_populate_read_tells_pages_apart() - madvise(MADV_POPULATE_READ)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void madv_populate_read_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MADV_POPULATE_READ, &madv_populate_read_ops);
}

/**
 * madv_populate_write_meets_each_entry() - madvise(MADV_POPULATE_WRITE)
 *
 * The row "MADV_POPULATE_WRITE".
 *
 * Contract: EW-1
 */
static void madv_populate_write_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MADV_POPULATE_WRITE, &madv_populate_write_ops);
}

/**
 * madv_populate_write_tells_neighbours_apart() - madvise(MADV_POPULATE_WRITE)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void madv_populate_write_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MADV_POPULATE_WRITE, &madv_populate_write_ops);
}

/**
 * madv_populate_write_tells_huge_neighbours_apart() - madvise(MADV_POPULATE_WRITE)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void madv_populate_write_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MADV_POPULATE_WRITE, &madv_populate_write_ops);
}

/**
 * madv_populate_write_tells_pages_apart() - madvise(MADV_POPULATE_WRITE)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void madv_populate_write_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MADV_POPULATE_WRITE, &madv_populate_write_ops);
}

/**
 * madv_guard_install_meets_each_entry() - madvise(MADV_GUARD_INSTALL)
 *
 * The row "MADV_GUARD_INSTALL".
 *
 * Contract: EW-1
 */
static void madv_guard_install_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MADV_GUARD_INSTALL, &madv_guard_install_ops);
}

/**
 * madv_guard_install_tells_neighbours_apart() - madvise(MADV_GUARD_INSTALL)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void madv_guard_install_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MADV_GUARD_INSTALL, &madv_guard_install_ops);
}

/**
 * madv_guard_install_tells_huge_neighbours_apart() - madvise(MADV_GUARD_INSTALL)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void madv_guard_install_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MADV_GUARD_INSTALL, &madv_guard_install_ops);
}

/**
 * madv_guard_install_tells_pages_apart() - madvise(MADV_GUARD_INSTALL)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void madv_guard_install_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MADV_GUARD_INSTALL, &madv_guard_install_ops);
}

/**
 * madv_collapse_meets_each_entry() - madvise(MADV_COLLAPSE)
 *
 * The row "MADV_COLLAPSE". The entry is the first of a range that has room for a huge
 * page, and has one other page.
 *
 * Contract: EW-1
 */
static void madv_collapse_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MADV_COLLAPSE, &madv_collapse_ops);
}

/**
 * madv_collapse_tells_neighbours_apart() - madvise(MADV_COLLAPSE)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void madv_collapse_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MADV_COLLAPSE, &madv_collapse_ops);
}

/**
 * madv_collapse_tells_pages_apart() - madvise(MADV_COLLAPSE)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void madv_collapse_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MADV_COLLAPSE, &madv_collapse_ops);
}

/**
 * mlock_meets_each_entry() - mlock()
 *
 * The row "mlock".
 *
 * Contract: EW-1
 */
static void mlock_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MLOCK, &mlock_ops);
}

/**
 * mlock_tells_neighbours_apart() - mlock()
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void mlock_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MLOCK, &mlock_ops);
}

/**
 * mlock_tells_huge_neighbours_apart() - mlock()
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void mlock_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MLOCK, &mlock_ops);
}

/**
 * mlock_tells_pages_apart() - mlock()
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void mlock_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MLOCK, &mlock_ops);
}

/**
 * munlock_meets_each_entry() - munlock()
 *
 * The row "munlock".
 *
 * Contract: EW-1
 */
static void munlock_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MUNLOCK, &munlock_ops);
}

/**
 * munlock_tells_neighbours_apart() - munlock()
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void munlock_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MUNLOCK, &munlock_ops);
}

/**
 * munlock_tells_huge_neighbours_apart() - munlock()
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void munlock_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MUNLOCK, &munlock_ops);
}

/**
 * munlock_tells_pages_apart() - munlock()
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void munlock_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MUNLOCK, &munlock_ops);
}

/**
 * swapoff_meets_each_entry() - swapoff
 *
 * The row "swapoff".
 *
 * Contract: EW-1
 */
static void swapoff_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_SWAPOFF, &swapoff_ops);
}

/**
 * swapoff_tells_neighbours_apart() - swapoff
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void swapoff_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_SWAPOFF, &swapoff_ops);
}

/**
 * swapoff_tells_huge_neighbours_apart() - swapoff
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void swapoff_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_SWAPOFF, &swapoff_ops);
}

/**
 * swapoff_tells_pages_apart() - swapoff
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void swapoff_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_SWAPOFF, &swapoff_ops);
}

static struct kunit_case walker_advice_cases[] = {
	KUNIT_CASE_PARAM(madv_dontneed_meets_each_entry, entry_gen_params),
	KUNIT_CASE(madv_dontneed_tells_neighbours_apart),
	KUNIT_CASE_PARAM(madv_dontneed_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(madv_dontneed_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(madv_cold_meets_each_entry, entry_gen_params),
	KUNIT_CASE(madv_cold_tells_neighbours_apart),
	KUNIT_CASE_PARAM(madv_cold_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(madv_cold_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(madv_pageout_meets_each_entry, entry_gen_params),
	KUNIT_CASE(madv_pageout_tells_neighbours_apart),
	KUNIT_CASE_PARAM(madv_pageout_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(madv_pageout_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(madv_free_meets_each_entry, entry_gen_params),
	KUNIT_CASE(madv_free_tells_neighbours_apart),
	KUNIT_CASE_PARAM(madv_free_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(madv_free_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(madv_willneed_meets_each_entry, entry_gen_params),
	KUNIT_CASE(madv_willneed_tells_neighbours_apart),
	KUNIT_CASE_PARAM(madv_willneed_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(madv_willneed_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(madv_populate_read_meets_each_entry, entry_gen_params),
	KUNIT_CASE(madv_populate_read_tells_neighbours_apart),
	KUNIT_CASE_PARAM(madv_populate_read_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(madv_populate_read_tells_pages_apart,
			 batch_gen_params),
	KUNIT_CASE_PARAM(madv_populate_write_meets_each_entry,
			 entry_gen_params),
	KUNIT_CASE(madv_populate_write_tells_neighbours_apart),
	KUNIT_CASE_PARAM(madv_populate_write_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(madv_populate_write_tells_pages_apart,
			 batch_gen_params),
	KUNIT_CASE_PARAM(madv_guard_install_meets_each_entry, entry_gen_params),
	KUNIT_CASE(madv_guard_install_tells_neighbours_apart),
	KUNIT_CASE_PARAM(madv_guard_install_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(madv_guard_install_tells_pages_apart,
			 batch_gen_params),
	KUNIT_CASE_PARAM(madv_collapse_meets_each_entry, entry_gen_params),
	KUNIT_CASE(madv_collapse_tells_neighbours_apart),
	KUNIT_CASE_PARAM(madv_collapse_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(mlock_meets_each_entry, entry_gen_params),
	KUNIT_CASE(mlock_tells_neighbours_apart),
	KUNIT_CASE_PARAM(mlock_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(mlock_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(munlock_meets_each_entry, entry_gen_params),
	KUNIT_CASE(munlock_tells_neighbours_apart),
	KUNIT_CASE_PARAM(munlock_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(munlock_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(swapoff_meets_each_entry, entry_gen_params),
	KUNIT_CASE(swapoff_tells_neighbours_apart),
	KUNIT_CASE_PARAM(swapoff_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(swapoff_tells_pages_apart, batch_gen_params),
	{}
};

static struct kunit_suite walker_advice_suite = {
	.name = "walker_advice",
	.init = mmk_case_init,
	.test_cases = walker_advice_cases,
};

kunit_test_suite(walker_advice_suite);
