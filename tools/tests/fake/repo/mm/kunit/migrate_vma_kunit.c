// SPDX-License-Identifier: GPL-2.0
#include "fixtures.h"

static struct migrate_vma begin(struct kunit *test, struct vm_area *vma, int nr)
{
	struct migrate_vma migrate = { .vma = vma, .start = nr, .end = nr + 1 };

	KUNIT_ASSERT_EQ(test, migrate_vma_setup(&migrate), 0);
	KUNIT_ASSERT_EQ(test, migrate.npages, 1);
	return migrate;
}

static void end(struct migrate_vma *migrate)
{
	migrate_vma_pages(migrate);
	migrate_vma_finalize(migrate);
	mmk_unmap(migrate->vma);
}

/**
 * collected_page_is_unmapped() - The driver learns what the page was like
 * @test: the running case
 *
 * The source says whether the page was writable; a migration entry that is
 * as writable takes its place.
 *
 * Contract: MV-2
 */
static void collected_page_is_unmapped(struct kunit *test)
{
	struct vm_area vma = {};
	struct page *page = mmk_map(&vma, 2, PTE_WRITE);
	struct migrate_vma migrate = begin(test, &vma, 2);

	KUNIT_EXPECT_TRUE(test, migrate.src[0] & MIGRATE_PFN_WRITE);
	KUNIT_EXPECT_TRUE(test, migrate.src[0] & MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_TRUE(test, vma.pte[2] & PTE_MIGRATION);
	KUNIT_EXPECT_TRUE(test, page->flags & PG_LOCKED);
	end(&migrate);
	KUNIT_EXPECT_FALSE(test, page->flags & PG_LOCKED);
}

/**
 * page_goes_to_its_destination() - The new page is mapped, the old one is free
 * @test: the running case
 *
 * Contract: MV-2, MV-7
 */
static void page_goes_to_its_destination(struct kunit *test)
{
	struct vm_area vma = {};
	struct page *page = mmk_map(&vma, 0, PTE_WRITE);
	struct migrate_vma migrate = begin(test, &vma, 0);
	struct page *new = alloc_page();

	migrate.dst[0] = migrate_pfn(page_to_pfn(new));
	migrate_vma_pages(&migrate);
	migrate_vma_finalize(&migrate);
	KUNIT_EXPECT_EQ(test, vma.pte[0],
			mk_pte(new, PTE_PRESENT | PTE_WRITE));
	KUNIT_EXPECT_EQ(test, page->refcount, 0);
	mmk_unmap(&vma);
}

/**
 * pinned_page_stays() - A page that somebody has pinned is not offered
 * @test: the running case
 *
 * Contract: MV-4
 */
static void pinned_page_stays(struct kunit *test)
{
	struct vm_area vma = {};
	struct page *page = mmk_map(&vma, 5, 0);
	struct migrate_vma migrate;

	page->flags |= PG_PINNED;
	migrate = begin(test, &vma, 5);
	KUNIT_EXPECT_EQ(test, migrate.cpages, 0);
	KUNIT_EXPECT_FALSE(test, migrate.src[0] & MIGRATE_PFN_MIGRATE);
	end(&migrate);
}

/**
 * empty_range_is_refused() - A range without a page, or beyond the end
 * @test: the running case
 *
 * Contract: MV-9
 */
static void empty_range_is_refused(struct kunit *test)
{
	struct vm_area vma = {};
	struct migrate_vma migrate = { .vma = &vma, .start = 3, .end = 3 };

	KUNIT_EXPECT_EQ(test, migrate_vma_setup(&migrate), -EINVAL);
	migrate.start = 4;
	KUNIT_EXPECT_EQ(test, migrate_vma_setup(&migrate), -EINVAL);
}

static const struct {
	const char *what;
	unsigned long flags;
} mixes[] = {
	{ "hole", 0 },
	{ "readable", PTE_PRESENT },
	{ "writable", PTE_PRESENT | PTE_WRITE },
};

static const void *mix_gen_params(const void *prev, char *desc)
{
	const typeof(mixes[0]) *next = prev;

	next = next ? next + 1 : mixes;
	if (next == mixes + ARRAY_SIZE(mixes))
		return NULL;
	strcpy(desc, next->what);
	return next;
}

/**
 * each_kind_is_collected() - What is there decides what is offered
 * @test: the running case
 *
 * Contract: MV-5
 */
static void each_kind_is_collected(struct kunit *test)
{
	const typeof(mixes[0]) *mix = test->param_value;
	struct vm_area vma = {};
	struct migrate_vma migrate;

	if (mix->flags)
		mmk_map(&vma, 1, mix->flags);
	migrate = begin(test, &vma, 1);
	KUNIT_EXPECT_EQ(test, migrate.cpages, 1);
	KUNIT_EXPECT_EQ(test, !(migrate.src[0] & MIGRATE_PFN_VALID), !mix->flags);
	end(&migrate);
}

static const struct kunit_case migrate_vma_cases[] = {
	KUNIT_CASE(collected_page_is_unmapped),
	KUNIT_CASE(page_goes_to_its_destination),
	KUNIT_CASE(pinned_page_stays),
	KUNIT_CASE(empty_range_is_refused),
	KUNIT_CASE_PARAM(each_kind_is_collected, mix_gen_params),
	{}
};

static const struct kunit_suite migrate_vma_suite = {
	.name = "migrate_vma",
	.init = mmk_case_init,
	.exit = mmk_case_exit,
	.test_cases = migrate_vma_cases,
};

kunit_test_suite(migrate_vma_suite);
