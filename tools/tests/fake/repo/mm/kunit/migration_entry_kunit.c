// SPDX-License-Identifier: GPL-2.0
#include "fixtures.h"

/**
 * mprotect_keeps_entry_exclusive() - mprotect() lets nobody share the page
 * @test: the running case
 *
 * A writable entry that becomes readable is still that of an exclusive page.
 *
 * Contract: ME-8
 */
static void mprotect_keeps_entry_exclusive(struct kunit *test)
{
	struct vm_area vma = {};
	struct page *page = mmk_map(&vma, 0, PTE_WRITE);

	page->refcount++;
	set_migration_pte(&vma, 0);
	KUNIT_EXPECT_EQ(test, change_pte_range(&vma, false), 1);
	KUNIT_EXPECT_FALSE(test, vma.pte[0] & PTE_WRITE);
	KUNIT_EXPECT_TRUE(test, vma.pte[0] & PTE_EXCLUSIVE);
	remove_migration_pte(&vma, 0, page);
	put_page(page);
	mmk_unmap(&vma);
}

/**
 * restore_keeps_write_permission() - A page comes back as it went
 * @test: the running case
 *
 * Contract: ME-4
 */
static void restore_keeps_write_permission(struct kunit *test)
{
	struct vm_area vma = {};
	struct page *page = mmk_map(&vma, 3, PTE_WRITE);

	page->flags |= PG_ANON_EXCLUSIVE;
	page->refcount++;
	set_migration_pte(&vma, 3);
	page->flags &= ~PG_ANON_EXCLUSIVE;
	remove_migration_pte(&vma, 3, page);
	KUNIT_EXPECT_TRUE(test, vma.pte[3] & PTE_PRESENT);
	KUNIT_EXPECT_TRUE(test, vma.pte[3] & PTE_WRITE);
	KUNIT_EXPECT_TRUE(test, page->flags & PG_ANON_EXCLUSIVE);
	put_page(page);
	mmk_unmap(&vma);
}

static const struct kunit_case migration_entry_cases[] = {
	KUNIT_CASE(mprotect_keeps_entry_exclusive),
	KUNIT_CASE(restore_keeps_write_permission),
	{}
};

static const struct kunit_suite migration_entry_suite = {
	.name = "migration_entry",
	.init = mmk_case_init,
	.exit = mmk_case_exit,
	.test_cases = migration_entry_cases,
};

kunit_test_suite(migration_entry_suite);
