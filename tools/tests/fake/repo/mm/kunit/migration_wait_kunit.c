// SPDX-License-Identifier: GPL-2.0
#include "fixtures.h"

/* A migration entry, and one who waits for it. */
static struct page *wait_for_it(struct vm_area *vma)
{
	struct page *page = mmk_map(vma, 1, PTE_WRITE);

	page->refcount++;
	set_migration_pte(vma, 1);
	page_wait_queue = (struct wait_queue){};
	migration_entry_wait(vma, 1);
	return page;
}

static void done(struct vm_area *vma, struct page *page)
{
	remove_migration_pte(vma, 1, page);
	put_page(page);
	mmk_unmap(vma);
}

/**
 * waiter_holds_no_reference() - Who waits is in nobody's way
 * @test: the running case
 *
 * Contract: MW-2
 */
static void waiter_holds_no_reference(struct kunit *test)
{
	struct vm_area vma = {};
	struct page *page = wait_for_it(&vma);

	KUNIT_EXPECT_EQ(test, page_wait_queue.sleeps, 1);
	KUNIT_EXPECT_EQ(test, page->refcount, 1);
	done(&vma, page);
}

/**
 * ptl_is_held_until_queued() - The page cannot go away before the waiter is queued
 * @test: the running case
 *
 * Contract: MW-3
 */
static void ptl_is_held_until_queued(struct kunit *test)
{
	struct vm_area vma = {};
	struct page *page = wait_for_it(&vma);

	KUNIT_EXPECT_FALSE(test, vma.ptl.held);
	KUNIT_EXPECT_LT(test, page_wait_queue.lock.locked, vma.ptl.unlocked);
	KUNIT_EXPECT_LT(test, vma.ptl.unlocked, page_wait_queue.lock.unlocked);
	done(&vma, page);
}

/**
 * wait_is_not_killable() - A fatal signal does not end the wait
 * @test: the running case
 *
 * Contract: MW-8
 */
static void wait_is_not_killable(struct kunit *test)
{
	struct vm_area vma = {};
	struct page *page = wait_for_it(&vma);

	KUNIT_EXPECT_FALSE(test, page_wait_queue.killable);
	done(&vma, page);
}

static const struct kunit_case migration_wait_cases[] = {
	KUNIT_CASE(waiter_holds_no_reference),
	KUNIT_CASE(ptl_is_held_until_queued),
	KUNIT_CASE(wait_is_not_killable),
	{}
};

static const struct kunit_suite migration_wait_suite = {
	.name = "migration_wait",
	.init = mmk_case_init,
	.exit = mmk_case_exit,
	.test_cases = migration_wait_cases,
};

kunit_test_suite(migration_wait_suite);
