// SPDX-License-Identifier: GPL-2.0
/*
 * UFFDIO_MOVE of many pages, its arguments, and the tasks that it wakes. The
 * man page, UFFDIO_MOVE(2const), says what to expect.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/userfaultfd.h>
#include <linux/userfaultfd_k.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "mover.h"

static unsigned long src_page(struct mover *m, unsigned int i)
{
	return m->src + i * PAGE_SIZE;
}

static unsigned long dst_page(struct mover *m, unsigned int i)
{
	return m->dst + i * PAGE_SIZE;
}

static void drop_page(struct kunit *test, struct mover *m, unsigned long addr)
{
	KUNIT_ASSERT_EQ(test, do_madvise(m->mm, addr, PAGE_SIZE, MADV_DONTNEED),
			0);
}

/**
 * enum mixed - A page that can be moved
 * @MIXED_PRESENT: mapped
 * @MIXED_ZERO: the zero page
 * @MIXED_SWAPPED: swapped out
 * @MIXED_CACHED: swapped out, and in the swap cache
 * @MIXED_HOLE: not there
 */
enum mixed {
	MIXED_PRESENT,
	MIXED_ZERO,
	MIXED_SWAPPED,
	MIXED_CACHED,
	MIXED_HOLE,
	NR_MIXED,
};

/* Each kind stands next to each kind, itself included. */
#define NR_MIXED_PAGES	(NR_MIXED * NR_MIXED + 1)

static void mixed_order(enum mixed *order)
{
	unsigned int a, b, n = 0;

	for (a = 0; a < NR_MIXED; a++) {
		order[n++] = a;
		for (b = a + 1; b < NR_MIXED; b++) {
			order[n++] = a;
			order[n++] = b;
		}
	}
	order[n] = order[0];
}

static void make_mixed(struct kunit *test, struct mover *m, unsigned int i,
		       enum mixed kind)
{
	unsigned long addr = src_page(m, i);

	if (kind == MIXED_ZERO || kind == MIXED_HOLE)
		drop_page(test, m, addr);
	if (kind == MIXED_ZERO)
		KUNIT_ASSERT_EQ(test, mmk_fault_in(m->mm, addr, false), 0);
	if (kind == MIXED_CACHED)
		mmk_folio_get(test, mmk_pte_folio(test, m->mm, addr));
	if (kind == MIXED_SWAPPED || kind == MIXED_CACHED)
		KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
}

static void expect_mixed(struct kunit *test, struct mover *m, unsigned int i,
			 enum mixed kind, pte_t before, struct folio *folio)
{
	pte_t pte = mmk_pte(m->mm, dst_page(m, i));
	enum mmk_pte_kind is = mmk_pte_classify(pte);

	KUNIT_EXPECT_EQ_MSG(test, (int)is, (int)mmk_pte_classify(before),
			    "page %u is %s", i, mmk_pte_kind_name(is));
	if (is == MMK_PTE_PRESENT)
		KUNIT_EXPECT_EQ_MSG(test, pte_pfn(pte), pte_pfn(before),
				    "page %u", i);
	if (is == MMK_PTE_SWAP)
		KUNIT_EXPECT_EQ_MSG(test, softleaf_from_pte(pte).val,
				    softleaf_from_pte(before).val,
				    "page %u", i);
	if (folio)
		KUNIT_EXPECT_EQ_MSG(test, folio->index,
				    dst_page(m, i) >> PAGE_SHIFT, "page %u", i);
}

/**
 * mixed_pages_move() - Each by its own rules
 *
 * Mapped pages, zero pages, swapped pages, pages in the swap cache, and holes
 * stand side by side in every order, and move in one call. Each moves as it
 * would alone. RSS is as before.
 *
 * Contract: UM-1
 */
static void mixed_pages_move(struct kunit *test)
{
	struct mover *m = um_create(test);
	enum mixed order[NR_MIXED_PAGES];
	struct folio *folios[NR_MIXED_PAGES] = {};
	pte_t before[NR_MIXED_PAGES];
	struct mmk_mm_state rss;
	struct um_move *move;
	unsigned int i;

	static_assert(NR_MIXED_PAGES <= UM_PAGES);
	mmk_swap_on_watched(test, true);
	mixed_order(order);
	for (i = 0; i < NR_MIXED_PAGES; i++) {
		if (order[i] == MIXED_PRESENT || order[i] == MIXED_CACHED)
			folios[i] = mmk_pte_folio(test, m->mm, src_page(m, i));
		make_mixed(test, m, i, order[i]);
	}
	for (i = 0; i < NR_MIXED_PAGES; i++)
		before[i] = mmk_pte(m->mm, src_page(m, i));
	mmk_mm_snapshot(m->mm, &rss);

	move = um_move(test, m, 0, NR_MIXED_PAGES,
		       UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES);
	UM_EXPECT_RESULT(test, move, 0, NR_MIXED_PAGES * PAGE_SIZE);
	for (i = 0; i < NR_MIXED_PAGES; i++) {
		MMK_EXPECT_PTE(test, m->mm, src_page(m, i), NONE);
		expect_mixed(test, m, i, order[i], before[i], folios[i]);
	}
	mmk_expect_mm_same(test, "moved", m->mm, &rss);
	MMK_EXPECT_PTE(test, m->mm, src_page(m, i), PRESENT);
	MMK_EXPECT_PTE(test, m->mm, dst_page(m, i), NONE);
	for (i = 0; i < NR_MIXED_PAGES; i++)
		if (order[i] != MIXED_ZERO && order[i] != MIXED_HOLE)
			MMK_EXPECT_PART_HOLDS(test, m->mm, dst_page(m, i), i, 1,
					      SEED);
}

/**
 * enum stop - What ends a move
 * @STOP_HOLE: a page that is not there
 * @STOP_PINNED: a page that is pinned
 * @STOP_TAKEN: a destination that is not free
 * @STOP_SHARED: a page that a child shares
 */
enum stop {
	STOP_HOLE,
	STOP_PINNED,
	STOP_TAKEN,
	STOP_SHARED,
};

/**
 * struct stop_case - A range that cannot be moved as a whole
 * @description: for the KTAP line
 * @stop: what ends the move
 * @at: the page that ends it
 * @error: the error of that page alone
 */
struct stop_case {
	const char *description;
	enum stop stop;
	unsigned int at;
	long error;
};

static const struct stop_case stop_cases[] = {
	{ "hole, first", STOP_HOLE, 0, -ENOENT },
	{ "hole, second", STOP_HOLE, 1, -ENOENT },
	{ "hole, in the middle", STOP_HOLE, UM_PAGES / 2, -ENOENT },
	{ "hole, last", STOP_HOLE, UM_PAGES - 1, -ENOENT },
	{ "pinned, first", STOP_PINNED, 0, -EBUSY },
	{ "pinned, second", STOP_PINNED, 1, -EBUSY },
	{ "pinned, in the middle", STOP_PINNED, UM_PAGES / 2, -EBUSY },
	{ "pinned, last", STOP_PINNED, UM_PAGES - 1, -EBUSY },
	{ "destination taken, first", STOP_TAKEN, 0, -EEXIST },
	{ "destination taken, second", STOP_TAKEN, 1, -EEXIST },
	{ "destination taken, in the middle", STOP_TAKEN, UM_PAGES / 2,
	  -EEXIST },
	{ "destination taken, last", STOP_TAKEN, UM_PAGES - 1, -EEXIST },
	{ "shared, second", STOP_SHARED, 1, -EBUSY },
	{ "shared, last", STOP_SHARED, UM_PAGES - 1, -EBUSY },
};

KUNIT_ARRAY_PARAM_DESC(stop, stop_cases, description);

static void make_stop(struct kunit *test, struct mover *m,
		      const struct stop_case *c)
{
	unsigned long addr = src_page(m, c->at);
	unsigned int i;

	switch (c->stop) {
	case STOP_HOLE:
		drop_page(test, m, addr);
		break;
	case STOP_PINNED:
		mmk_pin(test, addr, FOLL_WRITE);
		break;
	case STOP_TAKEN:
		mmk_uffd_zero(test, m->uffd, dst_page(m, c->at));
		break;
	case STOP_SHARED:
		mmk_fork(test);
		/* All other pages are copied. */
		for (i = 0; i < UM_PAGES; i++)
			if (i != c->at)
				KUNIT_ASSERT_EQ(test,
						mmk_fault_in(m->mm,
							     src_page(m, i),
							     true), 0);
		break;
	}
}

/**
 * move_stops_at_bad_page() - A range that can be moved in part
 *
 * All pages before the bad one have moved. The call returns -EAGAIN, and the
 * move field has the bytes that have moved. If the first page is the bad one,
 * both are its error. The bad page and those behind it are as before.
 *
 * Contract: UM-1
 */
static void move_stops_at_bad_page(struct kunit *test)
{
	const struct stop_case *c = test->param_value;
	struct mover *m = um_create(test);
	struct mmk_mm_state rss;
	struct um_move *move;
	pte_t before[UM_PAGES], taken;
	unsigned int i;

	make_stop(test, m, c);
	for (i = 0; i < UM_PAGES; i++)
		before[i] = mmk_pte(m->mm, src_page(m, i));
	taken = mmk_pte(m->mm, dst_page(m, c->at));
	mmk_mm_snapshot(m->mm, &rss);

	move = um_move(test, m, 0, UM_PAGES, 0);
	if (c->at)
		UM_EXPECT_RESULT(test, move, -EAGAIN, c->at * PAGE_SIZE);
	else
		UM_EXPECT_RESULT(test, move, c->error, c->error);
	mmk_expect_mm_same(test, "moved in part", m->mm, &rss);
	for (i = 0; i < c->at; i++) {
		MMK_EXPECT_PTE(test, m->mm, src_page(m, i), NONE);
		MMK_EXPECT_PTE(test, m->mm, dst_page(m, i), PRESENT);
		KUNIT_EXPECT_EQ_MSG(test, pte_pfn(mmk_pte(m->mm,
							  dst_page(m, i))),
				    pte_pfn(before[i]), "page %u", i);
	}
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(m->mm, dst_page(m, i)),
					     taken));
	for (; i < UM_PAGES; i++)
		KUNIT_EXPECT_TRUE_MSG(test,
				      mmk_pte_same(mmk_pte(m->mm,
							   src_page(m, i)),
						   before[i]),
				      "page %u", i);
	for (i = c->at + 1; i < UM_PAGES; i++)
		MMK_EXPECT_PTE(test, m->mm, dst_page(m, i), NONE);
	if (c->at)
		MMK_EXPECT_MM_HOLDS(test, m->mm, m->dst, c->at, SEED);
}

/**
 * each_page_keeps_its_dirty_bit() - Dirty and clean pages side by side
 *
 * A page that is clean may be dropped, one that is dirty may not: after the
 * move the bit of each pte is that of its own page.
 *
 * Contract: UM-1
 */
static void each_page_keeps_its_dirty_bit(struct kunit *test)
{
	struct mover *m = um_create(test);
	struct um_move *move;
	unsigned int i;

	/* One alone, two, and three of a kind */
	for (i = 0; i < UM_PAGES; i++)
		mmk_pte_set_flags(test, m->mm, src_page(m, i), true,
				  0xc6a5 >> i % 16 & 1);
	move = um_move(test, m, 0, UM_PAGES, 0);
	UM_EXPECT_RESULT(test, move, 0, UM_PAGES * PAGE_SIZE);
	for (i = 0; i < UM_PAGES; i++) {
		MMK_EXPECT_PTE(test, m->mm, dst_page(m, i), PRESENT);
		KUNIT_EXPECT_EQ_MSG(test,
				    !!pte_dirty(mmk_pte(m->mm, dst_page(m, i))),
				    0xc6a5 >> i % 16 & 1, "page %u", i);
	}
}

/**
 * struct cross_case - Where the ranges of a move cross a page table
 * @description: for the KTAP line
 * @src: pages of the source before the end of its first page table
 * @dst: pages of the destination before the end of its first page table
 */
struct cross_case {
	const char *description;
	unsigned int src;
	unsigned int dst;
};

static const struct cross_case cross_cases[] = {
	{ "source only", 3, 100 },
	{ "destination only", 100, 3 },
	{ "both, at the same page", 5, 5 },
	{ "both, the source first", 2, 6 },
	{ "both, the destination first", 6, 2 },
};

KUNIT_ARRAY_PARAM_DESC(cross, cross_cases, description);

/* Pages that move */
#define CROSS_PAGES	8

/* A VMA of two page tables at least. Return: so many pages before their boundary */
static unsigned long map_across(struct kunit *test, unsigned int before)
{
	unsigned long addr = mmk_mmap(test, NULL, 3 * PMD_SIZE,
				      PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS);

	KUNIT_ASSERT_EQ(test, do_madvise(current->mm, addr, 3 * PMD_SIZE,
					 MADV_NOHUGEPAGE), 0);
	return ALIGN(addr, PMD_SIZE) + PMD_SIZE - before * PAGE_SIZE;
}

/**
 * move_crosses_page_tables() - Pages in two page tables
 *
 * The source, or the destination, or both have pages in two page tables, and the
 * boundaries are at different pages. Each page is in its own new place, with its
 * bytes, and nothing is left in the old one.
 *
 * Contract: UM-1
 */
static void move_crosses_page_tables(struct kunit *test)
{
	const struct cross_case *c = test->param_value;
	struct mover *m = um_create(test);
	struct uffdio_move args = { .len = CROSS_PAGES * PAGE_SIZE };
	struct mmk_mm_state rss;
	struct um_move *move;
	unsigned int i;

	args.src = map_across(test, c->src);
	/* Not to be merged with the source */
	mmk_mmap(test, NULL, PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
	args.dst = map_across(test, c->dst);
	mmk_uffd_register(test, m->uffd, args.dst, args.len);
	mmk_fill(test, args.src, CROSS_PAGES, SEED);
	mmk_mm_snapshot(m->mm, &rss);
	move = um_start(test, m, &args);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, 0, args.len);
	for (i = 0; i < CROSS_PAGES; i++) {
		MMK_EXPECT_PTE(test, m->mm, args.src + i * PAGE_SIZE, NONE);
		MMK_EXPECT_PTE(test, m->mm, args.dst + i * PAGE_SIZE, PRESENT);
	}
	MMK_EXPECT_MM_HOLDS(test, m->mm, args.dst, CROSS_PAGES, SEED);
	mmk_expect_mm_same(test, "moved", m->mm, &rss);
}

/* The page that another task has locked */
#define LOCKED	5

static void unlock_action(void *folio)
{
	folio_unlock(folio);
}

/**
 * locked_page_is_waited_for_in_its_turn() - In the middle of the range
 *
 * The pages before it have moved when the mover sleeps. It and those behind it
 * are where they were. Once it is unlocked, all have moved.
 *
 * Contract: UM-1, UM-2
 */
static void locked_page_is_waited_for_in_its_turn(struct kunit *test)
{
	struct mover *m = um_create(test);
	const struct uffdio_move args = {
		.dst = m->dst, .src = m->src, .len = UM_PAGES * PAGE_SIZE,
	};
	struct folio *folio = mmk_pte_folio(test, m->mm, src_page(m, LOCKED));
	struct mmk_mm_state rss;
	struct um_move *move;
	unsigned int i;

	mmk_mm_snapshot(m->mm, &rss);
	folio_lock(folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unlock_action,
							folio), 0);
	move = um_start(test, m, &args);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&move->task,
						   "folio_wait_bit_common"));
	for (i = 0; i < UM_PAGES; i++) {
		MMK_EXPECT_KIND(test, mmk_pte_kind(m->mm, src_page(m, i)),
				i < LOCKED ? MMK_PTE_NONE : MMK_PTE_PRESENT);
		MMK_EXPECT_KIND(test, mmk_pte_kind(m->mm, dst_page(m, i)),
				i < LOCKED ? MMK_PTE_PRESENT : MMK_PTE_NONE);
	}
	kunit_release_action(test, unlock_action, folio);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, 0, UM_PAGES * PAGE_SIZE);
	MMK_EXPECT_MM_HOLDS(test, m->mm, m->dst, UM_PAGES, SEED);
	mmk_expect_mm_same(test, "moved", m->mm, &rss);
	for (i = 0; i < UM_PAGES; i++)
		um_expect_rmap(test, m, mmk_pte_folio(test, m->mm,
						      dst_page(m, i)),
			       dst_page(m, i));
}

static void arg_bad_mode(struct kunit *test, struct mover *m,
			 struct uffdio_move *args)
{
	args->mode = ~(UFFDIO_MOVE_MODE_DONTWAKE |
		       UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES);
}

static void arg_odd_dst(struct kunit *test, struct mover *m,
			struct uffdio_move *args)
{
	args->dst++;
}

static void arg_odd_src(struct kunit *test, struct mover *m,
			struct uffdio_move *args)
{
	args->src++;
}

static void arg_odd_len(struct kunit *test, struct mover *m,
			struct uffdio_move *args)
{
	args->len++;
}

static void arg_no_len(struct kunit *test, struct mover *m,
		       struct uffdio_move *args)
{
	args->len = 0;
}

static void arg_src_wraps(struct kunit *test, struct mover *m,
			  struct uffdio_move *args)
{
	args->src = -(u64)PAGE_SIZE;
}

static void arg_src_too_long(struct kunit *test, struct mover *m,
			     struct uffdio_move *args)
{
	args->src = src_page(m, UM_PAGES - 1);
	args->len = 2 * PAGE_SIZE;
}

static void arg_dst_too_long(struct kunit *test, struct mover *m,
			     struct uffdio_move *args)
{
	args->dst = dst_page(m, UM_PAGES - 1);
	args->len = 2 * PAGE_SIZE;
}

static void arg_dst_not_registered(struct kunit *test, struct mover *m,
				   struct uffdio_move *args)
{
	drop_page(test, m, src_page(m, 1));
	args->dst = src_page(m, 1);
}

static void arg_dst_of_another(struct kunit *test, struct mover *m,
			       struct uffdio_move *args)
{
	struct mover *other = um_open(test, m->mm);

	drop_page(test, m, src_page(m, 1));
	um_register(test, other, src_page(m, 1), PAGE_SIZE);
	args->dst = src_page(m, 1);
}

static void arg_src_of_tmpfs(struct kunit *test, struct mover *m,
			     struct uffdio_move *args)
{
	args->src = mmk_mmap(test, mmk_shmem_file(test, 1), PAGE_SIZE,
			     PROT_READ | PROT_WRITE, MAP_SHARED);
	mmk_fill(test, args->src, 1, SEED);
}

static void arg_src_private_of_tmpfs(struct kunit *test, struct mover *m,
				     struct uffdio_move *args)
{
	args->src = mmk_mmap(test, mmk_shmem_file(test, 1), PAGE_SIZE,
			     PROT_READ | PROT_WRITE, MAP_PRIVATE);
	mmk_fill(test, args->src, 1, SEED);
}

static unsigned long map_registered(struct kunit *test, struct mover *m,
				    unsigned long flags)
{
	unsigned long addr = mmk_mmap(test, mmk_shmem_file(test, 1), PAGE_SIZE,
				      PROT_READ | PROT_WRITE, flags);

	mmk_uffd_register(test, m->uffd, addr, PAGE_SIZE);
	return addr;
}

static void arg_dst_of_tmpfs(struct kunit *test, struct mover *m,
			     struct uffdio_move *args)
{
	args->dst = map_registered(test, m, MAP_SHARED);
}

static void arg_dst_private_of_tmpfs(struct kunit *test, struct mover *m,
				     struct uffdio_move *args)
{
	args->dst = map_registered(test, m, MAP_PRIVATE);
}

static void arg_src_executable(struct kunit *test, struct mover *m,
			       struct uffdio_move *args)
{
	KUNIT_ASSERT_EQ(test, sys_mprotect(args->src, PAGE_SIZE, PROT_READ |
					   PROT_WRITE | PROT_EXEC), 0L);
}

/* As a driver has it, whose pages have no reverse map */
static void arg_src_mixed(struct kunit *test, struct mover *m,
			  struct uffdio_move *args)
{
	mmk_set_vm_flags(m->mm, args->src, VM_MIXEDMAP, true);
}

static void arg_dst_mixed(struct kunit *test, struct mover *m,
			  struct uffdio_move *args)
{
	mmk_set_vm_flags(m->mm, args->dst, VM_MIXEDMAP, true);
}

static void arg_src_io(struct kunit *test, struct mover *m,
		       struct uffdio_move *args)
{
	mmk_set_vm_flags(m->mm, args->src, VM_IO, true);
}

static void arg_src_protected(struct kunit *test, struct mover *m,
			      struct uffdio_move *args)
{
	KUNIT_ASSERT_EQ(test, sys_mprotect(args->src, PAGE_SIZE, PROT_READ), 0L);
}

static void arg_both_protected(struct kunit *test, struct mover *m,
			       struct uffdio_move *args)
{
	arg_src_protected(test, m, args);
	KUNIT_ASSERT_EQ(test, sys_mprotect(m->dst, UM_PAGES * PAGE_SIZE,
					   PROT_READ), 0L);
}

static void arg_src_locked(struct kunit *test, struct mover *m,
			   struct uffdio_move *args)
{
	KUNIT_ASSERT_EQ(test, sys_mlock2(args->src, PAGE_SIZE, MLOCK_ONFAULT),
			0L);
}

static void arg_dst_locked(struct kunit *test, struct mover *m,
			   struct uffdio_move *args)
{
	KUNIT_ASSERT_EQ(test, sys_mlock2(args->dst, PAGE_SIZE, MLOCK_ONFAULT),
			0L);
}

/**
 * struct bad_case - A bad argument
 * @description: what is wrong
 * @make: makes it bad
 */
struct bad_case {
	const char *description;
	void (*make)(struct kunit *test, struct mover *m,
		     struct uffdio_move *args);
};

static const struct bad_case bad_cases[] = {
	{ "unknown mode", arg_bad_mode },
	{ "destination not aligned", arg_odd_dst },
	{ "source not aligned", arg_odd_src },
	{ "length not aligned", arg_odd_len },
	{ "no length", arg_no_len },
	{ "source wraps", arg_src_wraps },
	{ "source longer than its VMA", arg_src_too_long },
	{ "destination longer than its VMA", arg_dst_too_long },
	{ "destination not registered", arg_dst_not_registered },
	{ "destination of another userfaultfd", arg_dst_of_another },
	{ "source shared", arg_src_of_tmpfs },
	{ "source private, of a file", arg_src_private_of_tmpfs },
	{ "destination shared", arg_dst_of_tmpfs },
	{ "destination private, of a file", arg_dst_private_of_tmpfs },
	{ "source executable", arg_src_executable },
	{ "source of a driver", arg_src_mixed },
	{ "destination of a driver", arg_dst_mixed },
	{ "source of a device", arg_src_io },
	{ "source read-only", arg_src_protected },
	{ "both read-only", arg_both_protected },
	{ "source locked", arg_src_locked },
	{ "destination locked", arg_dst_locked },
};

KUNIT_ARRAY_PARAM_DESC(bad, bad_cases, description);

/**
 * bad_arguments_are_refused() - -EINVAL
 *
 * The call has one bad argument. No page has moved.
 *
 * Contract: UM-1
 */
static void bad_arguments_are_refused(struct kunit *test)
{
	const struct bad_case *c = test->param_value;
	struct mover *m = um_create(test);
	struct uffdio_move args = {
		.dst = m->dst,
		.src = m->src,
		.len = PAGE_SIZE,
	};
	struct mmk_mm_state rss;
	struct um_move *move;
	pte_t src, dst;

	c->make(test, m, &args);
	src = mmk_pte(m->mm, args.src);
	dst = mmk_pte(m->mm, args.dst);
	mmk_mm_snapshot(m->mm, &rss);
	move = um_start(test, m, &args);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	KUNIT_EXPECT_EQ(test, move->ret, -EINVAL);
	if (move->moved != UM_UNTOUCHED)
		KUNIT_EXPECT_EQ(test, move->moved, (s64)-EINVAL);
	KUNIT_EXPECT_EQ(test, m->watch.tries, 0U);
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(m->mm, args.src), src));
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(m->mm, args.dst), dst));
	mmk_expect_mm_same(test, "refused", m->mm, &rss);
}

/**
 * changing_layout_refuses_move() - The monitor has an event to read
 *
 * While the address space changes its layout, and the monitor has not read the
 * event, no page moves. The return value and the move field are -EAGAIN.
 *
 * Contract: UM-1
 */
static void changing_layout_refuses_move(struct kunit *test)
{
	struct mover *m = um_create(test);
	struct userfaultfd_ctx *ctx = m->uffd->file->private_data;
	struct um_move *move;

	atomic_inc(&ctx->mmap_changing);
	move = um_move(test, m, 0, 1, 0);
	atomic_dec(&ctx->mmap_changing);
	UM_EXPECT_RESULT(test, move, -EAGAIN, -EAGAIN);
	MMK_EXPECT_PTE(test, m->mm, m->src, PRESENT);
	MMK_EXPECT_PTE(test, m->mm, m->dst, NONE);

	move = um_move(test, m, 0, 1, 0);
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
}

static struct mmk_fault *wait_for_page(struct kunit *test, struct mover *m,
				       unsigned int i)
{
	struct mmk_fault *fault;

	fault = mmk_fault_alloc(test, m->mm, dst_page(m, i),
				FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE |
				FAULT_FLAG_USER, MMK_MMAP_LOCK);
	fault->retry = true;
	mmk_task_start(&fault->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "handle_userfault"));
	return fault;
}

static void expect_served(struct kunit *test, struct mmk_fault *fault)
{
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->first_ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_EQ(test, fault->ret, 0U);
	KUNIT_EXPECT_EQ(test, fault->tries, 2U);
}

/**
 * move_wakes_served_waiters() - Waiters elsewhere sleep on
 *
 * Three tasks wait for three pages. Two pages move, or one if the second is
 * pinned. The tasks whose pages have moved are woken and served. The others
 * still sleep.
 *
 * Contract: UM-1
 */
static void move_wakes_served_waiters(struct kunit *test)
{
	struct mover *m = um_create(test);
	struct mmk_fault *fault[3];
	struct um_move *move;
	struct page *page;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fault); i++)
		fault[i] = wait_for_page(test, m, i);
	page = mmk_pin(test, src_page(m, 1), FOLL_WRITE);
	move = um_move(test, m, 0, 2, 0);
	UM_EXPECT_RESULT(test, move, -EAGAIN, PAGE_SIZE);
	expect_served(test, fault[0]);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&fault[1]->task,
						   "handle_userfault"));

	mmk_unpin(test, page);
	move = um_move(test, m, 1, 1, 0);
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	expect_served(test, fault[1]);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&fault[2]->task,
						   "handle_userfault"));
	move = um_move(test, m, 2, 1, 0);
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	expect_served(test, fault[2]);
	MMK_EXPECT_MM_HOLDS(test, m->mm, m->dst, 3, SEED);
}

/**
 * dontwake_leaves_waiter_asleep() - UFFDIO_MOVE_MODE_DONTWAKE
 *
 * The page has moved, but the task that waits for it sleeps until UFFDIO_WAKE.
 *
 * Contract: UM-1
 */
static void dontwake_leaves_waiter_asleep(struct kunit *test)
{
	struct mover *m = um_create(test);
	struct mmk_fault *fault = wait_for_page(test, m, 0);
	struct uffdio_range range = { .start = m->dst, .len = PAGE_SIZE };
	struct um_move *move;

	move = um_move(test, m, 0, 1, UFFDIO_MOVE_MODE_DONTWAKE);
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	MMK_EXPECT_PTE(test, m->mm, m->dst, PRESENT);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&fault->task,
						   "handle_userfault"));
	KUNIT_EXPECT_EQ(test, mmk_uffd_ioctl(test, m->uffd, UFFDIO_WAKE, &range),
			0L);
	expect_served(test, fault);
}

/**
 * struct next_case - Two VMAs that touch
 * @description: for the KTAP line
 * @behind: the source is behind the destination
 */
struct next_case {
	const char *description;
	bool behind;
};

static const struct next_case next_cases[] = {
	{ "source behind the destination", true },
	{ "source before the destination", false },
};

KUNIT_ARRAY_PARAM_DESC(next, next_cases, description);

/**
 * page_moves_to_the_next_vma() - One begins where the other ends
 *
 * The two are told apart, although there is nothing between them.
 *
 * Contract: UM-1
 */
static void page_moves_to_the_next_vma(struct kunit *test)
{
	const struct next_case *c = test->param_value;
	struct mover *m = um_open(test, mmk_mm_enter(test));
	unsigned long addr = mmk_map_anon(test, 2);
	struct uffdio_move args = { .len = PAGE_SIZE };
	struct mmk_page_state before;
	struct um_move *move;

	m->src = addr + (c->behind ? PAGE_SIZE : 0);
	m->dst = addr + (c->behind ? 0 : PAGE_SIZE);
	args.src = m->src;
	args.dst = m->dst;
	mmk_fill(test, m->src, 1, SEED);
	um_register(test, m, m->dst, PAGE_SIZE);
	KUNIT_ASSERT_PTR_NE(test, mmk_vma_at(m->mm, m->src),
			    mmk_vma_at(m->mm, m->dst));
	lru_add_drain_all();
	mmk_page_snapshot(test, &before, m->mm, m->src);
	move = um_start(test, m, &args);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	um_expect_page_moved(test, m, &before, m->dst);
}

static struct kunit_case uffd_move_range_cases[] = {
	KUNIT_CASE_PARAM(page_moves_to_the_next_vma, next_gen_params),
	KUNIT_CASE(mixed_pages_move),
	KUNIT_CASE_PARAM(move_stops_at_bad_page, stop_gen_params),
	KUNIT_CASE(each_page_keeps_its_dirty_bit),
	KUNIT_CASE_PARAM(move_crosses_page_tables, cross_gen_params),
	KUNIT_CASE(locked_page_is_waited_for_in_its_turn),
	KUNIT_CASE_PARAM(bad_arguments_are_refused, bad_gen_params),
	KUNIT_CASE(changing_layout_refuses_move),
	KUNIT_CASE(move_wakes_served_waiters),
	KUNIT_CASE(dontwake_leaves_waiter_asleep),
	{}
};

static struct kunit_suite uffd_move_range_suite = {
	.name = "uffd_move_range",
	.init = mmk_case_init,
	.test_cases = uffd_move_range_cases,
};

kunit_test_suite(uffd_move_range_suite);
