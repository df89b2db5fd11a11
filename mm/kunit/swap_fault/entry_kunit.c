// SPDX-License-Identifier: GPL-2.0
/*
 * Entries without a page: markers, hwpoison, and swap entries of no area.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/poison.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/fault.h"
#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "../compat/vma.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "swapped.h"

KUNIT_ARRAY_PARAM_DESC(lock, sf_lock_cases, description);

static softleaf_t leaf_uffd_wp(void)
{
	return make_pte_marker_entry(PTE_MARKER_UFFD_WP);
}

static softleaf_t leaf_uffd_wp_poisoned(void)
{
	return make_pte_marker_entry(PTE_MARKER_UFFD_WP | PTE_MARKER_POISONED);
}

static softleaf_t leaf_no_area(void)
{
	return swp_entry(1, 1);
}

static softleaf_t leaf_beyond_area(void)
{
	return swp_entry(0, __swap_entry_to_info(swp_entry(0, 1))->max);
}

/**
 * struct leaf_case - An entry that stands for no page
 * @description: what it is
 * @entry: makes it
 * @lock: lock that handle_mm_fault() is called under
 * @ret: the documented result
 * @cleared: the fault empties the pte
 */
struct leaf_case {
	const char *description;
	softleaf_t (*entry)(void);
	enum mmk_lock lock;
	vm_fault_t ret;
	bool cleared;
};

#define UFFD_WP_RET	(MMK_KNOWS_UFFD_WP ? 0 : VM_FAULT_SIGBUS)

static const struct leaf_case leaf_cases[] = {
	{ "poisoned marker, VMA lock", leaf_poisoned, MMK_VMA_LOCK,
	  VM_FAULT_HWPOISON },
	{ "poisoned marker, mmap_lock", leaf_poisoned, MMK_MMAP_LOCK,
	  VM_FAULT_HWPOISON },
	{ "uffd-wp and poisoned marker, VMA lock", leaf_uffd_wp_poisoned,
	  MMK_VMA_LOCK, VM_FAULT_HWPOISON },
	{ "uffd-wp marker without uffd, VMA lock", leaf_uffd_wp, MMK_VMA_LOCK,
	  UFFD_WP_RET, MMK_KNOWS_UFFD_WP },
	{ "uffd-wp marker without uffd, mmap_lock", leaf_uffd_wp, MMK_MMAP_LOCK,
	  UFFD_WP_RET, MMK_KNOWS_UFFD_WP },
	{ "swap area that is not on, VMA lock", leaf_no_area, MMK_VMA_LOCK, 0 },
	{ "swap area that is not on, mmap_lock", leaf_no_area, MMK_MMAP_LOCK,
	  0 },
	{ "slot beyond the swap area, VMA lock", leaf_beyond_area, MMK_VMA_LOCK,
	  0 },
	{ "slot beyond the swap area, mmap_lock", leaf_beyond_area,
	  MMK_MMAP_LOCK, 0 },
};

KUNIT_ARRAY_PARAM_DESC(leaf, leaf_cases, description);

/**
 * bad_entry_gives_documented_result() - Markers and swap entries of no area
 *
 * A fault on a marker, or on a swap entry of no area, gives the documented
 * result with the lock still held: VM_FAULT_HWPOISON for a poison marker, also
 * together with other markers; a left-over uffd-wp marker is cleared if the
 * kernel knows it, and gives VM_FAULT_SIGBUS if not; a swap entry of no area is
 * left alone, as after a swapoff.
 *
 * Contract: SF-8, SF-9
 */
static void bad_entry_gives_documented_result(struct kunit *test)
{
	const struct leaf_case *c = test->param_value;
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	struct swapped *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->mm = mmk_mm_enter(test);
	mmk_swap_on_watched(test, false);
	s->addr = mmk_map_anon(test, 1);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(s->mm, s->addr, true), 0);
	KUNIT_ASSERT_EQ(test, do_madvise(s->mm, s->addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	sf_leaf_set(test, s, c->entry());
	s->idle = vma_lock_count(s->mm, s->addr);
	s->mmap_idle = mmk_mmap_lock_count(s->mm);
	mmk_mm_snapshot(s->mm, &rss);

	fault = mmk_fault_start(test, s->mm, s->addr, USER_READ, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, c->ret);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, fault->task.task->min_flt,
			(unsigned long)!c->ret);
	sf_expect_locks_idle(test, s);
	mmk_expect_mm_same(test, "nothing mapped", s->mm, &rss);
	if (c->cleared)
		MMK_EXPECT_PTE(test, s->mm, s->addr, NONE);
	else
		KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(s->mm, s->addr),
						 softleaf_to_pte(s->entry)));
}

/**
 * hwpoison_entry_is_reported() - VM_FAULT_HWPOISON
 *
 * Contract: SF-8
 */
static void hwpoison_entry_is_reported(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct swapped *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct mmk_fault *fault;

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		kunit_skip(test, "needs CONFIG_MEMORY_FAILURE");
	KUNIT_ASSERT_NOT_NULL(test, s);
	s->mm = mmk_mm_enter(test);
	s->addr = mmk_map_anon(test, 1);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(s->mm, s->addr, true), 0);
	KUNIT_ASSERT_EQ(test, do_madvise(s->mm, s->addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	sf_leaf_set(test, s, mmk_hwpoison_entry(ZERO_PAGE(0)));

	fault = mmk_fault_start(test, s->mm, s->addr, c->flags, c->lock);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_HWPOISON);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	MMK_EXPECT_PTE(test, s->mm, s->addr, HWPOISON);
}

struct marker_case {
	const char *description;
	softleaf_t (*entry)(void);
	bool copied;
};

static const struct marker_case marker_cases[] = {
	{ "poisoned", leaf_poisoned, true },
	{ "uffd-wp", leaf_uffd_wp, false },
};

KUNIT_ARRAY_PARAM_DESC(marker, marker_cases, description);

/**
 * fork_copies_poison_only() - Markers and fork()
 *
 * A poison marker is copied to the child. A marker of a userfaultfd that does
 * not watch the child is not. Neither counts in RSS, and the page behind is
 * copied as usual.
 *
 * Contract: SF-8
 */
static void fork_copies_poison_only(struct kunit *test)
{
	const struct marker_case *c = test->param_value;
	struct swapped *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct mm_struct *child;

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->mm = mmk_mm_enter(test);
	s->addr = mmk_map_anon(test, 2);
	mmk_fill(test, s->addr, 2, SEED);
	KUNIT_ASSERT_EQ(test, do_madvise(s->mm, s->addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	sf_leaf_set(test, s, c->entry());
	child = mmk_fork(test);

	if (c->copied)
		KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(child, s->addr),
						 softleaf_to_pte(s->entry)));
	else
		MMK_EXPECT_PTE(test, child, s->addr, NONE);
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(s->mm, s->addr),
					 softleaf_to_pte(s->entry)));
	MMK_EXPECT_PTE(test, child, s->addr + PAGE_SIZE, PRESENT);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_SWAPENTS), 0UL);
}

static struct kunit_case swap_fault_entry_cases[] = {
	KUNIT_CASE_PARAM(bad_entry_gives_documented_result, leaf_gen_params),
	KUNIT_CASE_PARAM(hwpoison_entry_is_reported, lock_gen_params),
	KUNIT_CASE_PARAM(fork_copies_poison_only, marker_gen_params),
	{}
};

static struct kunit_suite swap_fault_entry_suite = {
	.name = "swap_fault_entry",
	.init = mmk_case_init,
	.test_cases = swap_fault_entry_cases,
};

kunit_test_suite(swap_fault_entry_suite);
