// SPDX-License-Identifier: GPL-2.0
#include "fixtures.h"

/**
 * served_fault_keeps_the_vma_lock() - Only a retry drops it
 * @test: the running case
 *
 * Contract: SF-1
 */
static void served_fault_keeps_the_vma_lock(struct kunit *test)
{
	struct vm_area vma = { .pte = { PTE_SWAP } };

	lock_take(&vma.lock);
	KUNIT_EXPECT_EQ(test, do_swap_page(&vma, 0, FAULT_FLAG_VMA_LOCK), 0);
	KUNIT_EXPECT_TRUE(test, vma.lock.held);
	KUNIT_EXPECT_EQ(test, vma.rss, 1);
	KUNIT_EXPECT_TRUE(test, vma.pte[0] & PTE_PRESENT);
	mmk_unmap(&vma);
}

/**
 * retry_drops_the_vma_lock() - The caller has to take it again
 * @test: the running case
 *
 * Contract: SF-3
 */
static void retry_drops_the_vma_lock(struct kunit *test)
{
	struct vm_area vma = { .pte = { PTE_SWAP } };

	lock_take(&vma.lock);
	KUNIT_EXPECT_EQ(test, do_swap_page(&vma, 0, FAULT_FLAG_VMA_LOCK |
					   FAULT_FLAG_RETRY_NOWAIT), VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, vma.lock.held);
	KUNIT_EXPECT_EQ(test, vma.rss, 0);
}

static const struct kunit_case swap_fault_cases[] = {
	KUNIT_CASE(served_fault_keeps_the_vma_lock),
	KUNIT_CASE(retry_drops_the_vma_lock),
	{}
};

static const struct kunit_suite swap_fault_suite = {
	.name = "swap_fault",
	.init = mmk_case_init,
	.exit = mmk_case_exit,
	.test_cases = swap_fault_cases,
};

kunit_test_suite(swap_fault_suite);
