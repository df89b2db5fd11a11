// SPDX-License-Identifier: GPL-2.0
/*
 * Soft bits of a page that goes to swap, and comes back by a fault, by swapoff,
 * or not at all.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/uffd.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "soft_bits.h"

static const struct soft_case swap_cases[] = {
	{ "none", ANON_EXCLUSIVE, 0, true, true },
	{ "soft-dirty", ANON_EXCLUSIVE, MMK_SOFT_DIRTY, true, true },
	{ "protected", ANON_EXCLUSIVE, MMK_UFFD, true, false },
	{ "both", ANON_EXCLUSIVE, MMK_SOFT_DIRTY | MMK_UFFD, true, false },
};

KUNIT_ARRAY_PARAM_DESC(swap, swap_cases, description);

static struct mmk_swap *swap_out(struct kunit *test, struct soft *soft,
				 const struct soft_case *how)
{
	struct mmk_swap *swap;

	sb_map(test, soft, how);
	swap = mmk_swap_on(test);
	KUNIT_ASSERT_EQ(test, mmk_pageout(soft->s.addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, soft->s.mm, soft->s.addr, SWAP);
	MMK_EXPECT_BITS(test, soft->s.mm, soft->s.addr, how->bits);
	return swap;
}

/**
 * bits_survive_swap() - Page-out, and a read fault
 *
 * The swap entry has the bits of the pte, and the pte of the page that is read
 * back has them again.
 *
 * Contract: WP-1
 */
static void bits_survive_swap(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct soft soft;
	pte_t pte;

	swap_out(test, &soft, how);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(soft.s.mm, soft.s.addr, false), 0);
	pte = mmk_pte(soft.s.mm, soft.s.addr);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, PRESENT);
	MMK_EXPECT_THESE_BITS(test, mmk_bits_of_pte(pte), how->bits);
	if (how->bits & MMK_UFFD)
		KUNIT_EXPECT_FALSE(test, pte_write(pte));
	MMK_EXPECT_HOLDS(test, soft.s.addr, 1, SCENE_SEED);
}

/**
 * bits_survive_swapoff() - Page-out, and swapoff
 *
 * swapoff finds the entry, whatever bits it has, and the pte has them again.
 *
 * Contract: WP-1
 */
static void bits_survive_swapoff(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct mmk_swap *swap;
	struct soft soft;

	swap = swap_out(test, &soft, how);
	KUNIT_EXPECT_EQ(test, mmk_swap_off(swap), 0L);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, PRESENT);
	MMK_EXPECT_BITS(test, soft.s.mm, soft.s.addr, how->bits);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(soft.s.mm, soft.s.addr)));
	MMK_EXPECT_HOLDS(test, soft.s.addr, 1, SCENE_SEED);
}

/**
 * fork_copies_soft_dirty_of_swap_entry() - fork() of a page in swap
 *
 * The child's swap entry is soft-dirty if the parent's is, and not protected.
 *
 * Contract: WP-1
 */
static void fork_copies_soft_dirty_of_swap_entry(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct mm_struct *child;
	struct soft soft;

	swap_out(test, &soft, how);
	child = mmk_fork(test);
	MMK_EXPECT_PTE(test, child, soft.s.addr, SWAP);
	MMK_EXPECT_BITS(test, child, soft.s.addr, how->bits & MMK_SOFT_DIRTY);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, SWAP);
	MMK_EXPECT_BITS(test, soft.s.mm, soft.s.addr, how->bits);
}

/**
 * moved_swap_entry_is_soft_dirty() - mremap() of a page in swap
 *
 * The new place is soft-dirty, and not protected.
 *
 * Contract: WP-1
 */
static void moved_swap_entry_is_soft_dirty(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct soft soft;
	unsigned long to;

	mmk_need_bits(test, MMK_SOFT_DIRTY);
	swap_out(test, &soft, how);
	to = mmk_map_anon(test, 1);
	KUNIT_ASSERT_EQ(test, (unsigned long)
			sys_mremap(soft.s.addr, PAGE_SIZE, PAGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	MMK_EXPECT_PTE(test, soft.s.mm, to, SWAP);
	MMK_EXPECT_BITS(test, soft.s.mm, to, MMK_SOFT_DIRTY);
}

/**
 * page_moved_in_swap_is_soft_dirty() - UFFDIO_MOVE of a page in swap
 *
 * The page is new at its destination, wherever it is, and that is soft-dirty.
 *
 * Contract: WP-1
 */
static void page_moved_in_swap_is_soft_dirty(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct uffdio_move move = { .len = PAGE_SIZE };
	struct soft soft;

	mmk_need_bits(test, MMK_SOFT_DIRTY);
	swap_out(test, &soft, how);
	move.src = soft.s.addr;
	move.dst = mmk_map_anon(test, 1);
	mmk_uffd_watch(test, soft.uffd, move.dst, PAGE_SIZE,
		       UFFDIO_REGISTER_MODE_MISSING);
	lru_add_drain_all();
	KUNIT_ASSERT_EQ(test, mmk_uffd_ioctl(test, soft.uffd, UFFDIO_MOVE,
					     &move), 0L);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, NONE);
	MMK_EXPECT_PTE(test, soft.s.mm, move.dst, SWAP);
	KUNIT_EXPECT_TRUE(test, mmk_bits(soft.s.mm, move.dst) &
				MMK_SOFT_DIRTY);
}

/**
 * struct moved_case - A protected page that is moved
 * @description: for the KTAP line
 * @swapped: it is in swap
 */
struct moved_case {
	const char *description;
	bool swapped;
};

static const struct moved_case moved_cases[] = {
	{ "mapped", false },
	{ "in swap", true },
};

KUNIT_ARRAY_PARAM_DESC(moved, moved_cases, description);

/**
 * moved_page_is_not_protected() - UFFDIO_MOVE of a page that is protected
 *
 * Only ranges are protected, by UFFDIO_WRITEPROTECT, and by a flag of
 * UFFDIO_COPY and UFFDIO_CONTINUE. Nobody has protected the destination, and
 * UFFDIO_MOVE has no such flag: a write there is no news, wherever the page is.
 *
 * Contract: WP-1, UM-1
 */
static void moved_page_is_not_protected(struct kunit *test)
{
	const struct moved_case *c = test->param_value;
	struct uffdio_move move = { .len = PAGE_SIZE };
	const struct soft_case *how = &swap_cases[2];
	struct soft soft;

	mmk_need_bits(test, MMK_UFFD);
	if (c->swapped)
		swap_out(test, &soft, how);
	else
		sb_map(test, &soft, how);
	MMK_EXPECT_THESE_BITS(test, mmk_bits(soft.s.mm, soft.s.addr) & MMK_UFFD,
			      MMK_UFFD);
	move.src = soft.s.addr;
	move.dst = mmk_map_anon(test, 1);
	mmk_uffd_watch(test, soft.uffd, move.dst, PAGE_SIZE,
		       UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_WP);
	lru_add_drain_all();
	KUNIT_ASSERT_EQ(test, mmk_uffd_ioctl(test, soft.uffd, UFFDIO_MOVE,
					     &move), 0L);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, NONE);
	MMK_EXPECT_THESE_BITS(test, mmk_bits(soft.s.mm, move.dst) & MMK_UFFD, 0);
	/* A write would wait for somebody to take the protection off. */
	if (mmk_bits(soft.s.mm, move.dst) & MMK_UFFD)
		return;
	KUNIT_EXPECT_EQ(test, mmk_fault_in(soft.s.mm, move.dst, true), 0);
	KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(soft.s.mm, move.dst)));
	MMK_EXPECT_HOLDS(test, move.dst, 1, SCENE_SEED);
}

/**
 * protecting_a_swap_entry_marks_it() - UFFDIO_WRITEPROTECT of a page in swap
 *
 * The entry gets the bit and loses it; it stays soft-dirty or not.
 *
 * Contract: WP-1
 */
static void protecting_a_swap_entry_marks_it(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	unsigned int soft_dirty = how->bits & MMK_SOFT_DIRTY;
	struct soft soft;

	swap_out(test, &soft, how);
	mmk_uffd_protect(test, soft.uffd, soft.s.addr, PAGE_SIZE, true);
	MMK_EXPECT_BITS(test, soft.s.mm, soft.s.addr, soft_dirty | MMK_UFFD);
	mmk_uffd_protect(test, soft.uffd, soft.s.addr, PAGE_SIZE, false);
	MMK_EXPECT_BITS(test, soft.s.mm, soft.s.addr, soft_dirty);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, SWAP);
}

static struct kunit_case soft_bits_swap_cases[] = {
	KUNIT_CASE_PARAM(bits_survive_swap, swap_gen_params),
	KUNIT_CASE_PARAM(bits_survive_swapoff, swap_gen_params),
	KUNIT_CASE_PARAM(fork_copies_soft_dirty_of_swap_entry, swap_gen_params),
	KUNIT_CASE_PARAM(moved_swap_entry_is_soft_dirty, swap_gen_params),
	KUNIT_CASE_PARAM(page_moved_in_swap_is_soft_dirty, swap_gen_params),
	KUNIT_CASE_PARAM(moved_page_is_not_protected, moved_gen_params),
	KUNIT_CASE_PARAM(protecting_a_swap_entry_marks_it, swap_gen_params),
	{}
};

static struct kunit_suite soft_bits_swap_suite = {
	.name = "soft_bits_swap",
	.init = mmk_case_init,
	.test_cases = soft_bits_swap_cases,
};

kunit_test_suite(soft_bits_swap_suite);
