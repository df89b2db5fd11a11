// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of entry, under what userfaultfd's monitor may do.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/uaccess.h>
#include <linux/userfaultfd.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/uffd.h"
#include "walk.h"

MMK_GEN_PARAMS(entry)
{
	return ew_next_entry(prev, desc);
}

/* Where a page may come from that is no entry of the walk: another page of @mem */
#define SPARE_PAGE	4

static unsigned long spare(struct ew_walk *w)
{
	return w->mem + SPARE_PAGE * PAGE_SIZE;
}

static void early_open(struct ew_walk *w)
{
	w->uffd = mmk_uffd_open(w->test);
}

static void prepare_watch(struct ew_walk *w)
{
	mmk_uffd_register(w->test, w->uffd, w->start, w->end - w->start);
}

static void run_uffdio_copy(struct ew_walk *w)
{
	struct uffdio_copy copy = {
		.dst = w->start, .src = spare(w), .len = PAGE_SIZE,
	};

	ew_say(w, mmk_uffd_ioctl(w->test, w->uffd, UFFDIO_COPY, &copy));
}

static const struct ew_ops uffdio_copy_ops = {
	.early = early_open,
	.prepare = prepare_watch,
	.run = run_uffdio_copy,
	.task = true,
};

static void run_uffdio_zeropage(struct ew_walk *w)
{
	struct uffdio_zeropage zero = {
		.range = { .start = w->start, .len = PAGE_SIZE },
	};

	ew_say(w, mmk_uffd_ioctl(w->test, w->uffd, UFFDIO_ZEROPAGE, &zero));
}

static const struct ew_ops uffdio_zeropage_ops = {
	.early = early_open,
	.prepare = prepare_watch,
	.run = run_uffdio_zeropage,
	.task = true,
};

#ifdef UFFDIO_MOVE
static long move(struct ew_walk *w, unsigned long from, unsigned long to,
		 size_t len)
{
	struct uffdio_move move = { .dst = to, .src = from, .len = len };

	return mmk_uffd_ioctl(w->test, w->uffd, UFFDIO_MOVE, &move);
}
#else
static long move(struct ew_walk *w, unsigned long from, unsigned long to,
		 size_t len)
{
	kunit_skip(w->test, "this kernel has no UFFDIO_MOVE");
}
#endif

/* As much room as there are entries, which is watched */
static void early_room(struct ew_walk *w)
{
	early_open(w);
	KUNIT_ASSERT_EQ(w->test, w->far,
			vm_mmap(NULL, w->far, w->len, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0));
	mmk_uffd_register(w->test, w->uffd, w->far, w->len);
}

static void run_uffdio_move_from(struct ew_walk *w)
{
	long ret = move(w, w->start, w->far, w->len);
	struct ew_site *s;

	ew_say(w, ret);
	ew_for_each_site(s, w)
		if (!ret)
			s->to = w->far + (s->addr - w->start);
}

static const struct ew_ops uffdio_move_from_ops = {
	.early = early_room,
	.run = run_uffdio_move_from,
	.task = true,
};

static void run_uffdio_move_to(struct ew_walk *w)
{
	ew_say(w, move(w, spare(w), w->start, PAGE_SIZE));
}

static const struct ew_ops uffdio_move_to_ops = {
	.early = early_open,
	.prepare = prepare_watch,
	.run = run_uffdio_move_to,
	.task = true,
};

/**
 * uffdio_copy_meets_each_entry() - UFFDIO_COPY
 *
 * The row "UFFDIO_COPY"; of a huge entry, it is tried with the first page.
 *
 * Contract: EW-1
 */
static void uffdio_copy_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_UFFDIO_COPY, &uffdio_copy_ops);
}

/**
 * uffdio_zeropage_meets_each_entry() - UFFDIO_ZEROPAGE
 *
 * The row "UFFDIO_ZEROPAGE"; of a huge entry, it is tried with the first page.
 *
 * Contract: EW-1
 */
static void uffdio_zeropage_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_UFFDIO_ZEROPAGE, &uffdio_zeropage_ops);
}

/**
 * uffdio_move_from_meets_each_entry() - UFFDIO_MOVE, the source
 *
 * The row "UFFDIO_MOVE, from there".
 *
 * Contract: EW-1
 */
static void uffdio_move_from_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_UFFDIO_MOVE_FROM, &uffdio_move_from_ops);
}

/**
 * uffdio_move_from_tells_neighbours_apart() - UFFDIO_MOVE, the source
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void uffdio_move_from_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_UFFDIO_MOVE_FROM, &uffdio_move_from_ops);
}

/**
 * uffdio_move_to_meets_each_entry() - UFFDIO_MOVE, the destination
 *
 * The row "UFFDIO_MOVE, to there"; of a huge entry, it is tried with the first
 * page.
 *
 * Contract: EW-1
 */
static void uffdio_move_to_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_UFFDIO_MOVE_TO, &uffdio_move_to_ops);
}

static struct kunit_case walker_uffd_cases[] = {
	KUNIT_CASE_PARAM(uffdio_copy_meets_each_entry, entry_gen_params),
	KUNIT_CASE_PARAM(uffdio_zeropage_meets_each_entry, entry_gen_params),
	KUNIT_CASE_PARAM(uffdio_move_from_meets_each_entry, entry_gen_params),
	KUNIT_CASE(uffdio_move_from_tells_neighbours_apart),
	KUNIT_CASE_PARAM(uffdio_move_to_meets_each_entry, entry_gen_params),
	{}
};

static struct kunit_suite walker_uffd_suite = {
	.name = "walker_uffd",
	.init = mmk_case_init,
	.test_cases = walker_uffd_cases,
};

kunit_test_suite(walker_uffd_suite);
