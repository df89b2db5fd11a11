// SPDX-License-Identifier: GPL-2.0
/*
 * What each case is watched for, and what several of them need.
 */
#include "fixtures.h"

static bool watched;
static int pages_before;

/**
 * mmk_case_init() - Begin to watch a case
 * @test: the case
 *
 * Return: 0.
 */
int mmk_case_init(struct kunit *test)
{
	watched = !param("mm_kunit.watch=0");
	pages_before = nr_pages_in_use;
	return 0;
}

/**
 * mmk_case_exit() - See what a case has left behind
 * @test: the case
 */
void mmk_case_exit(struct kunit *test)
{
	if (!watched)
		return;
	watched = false;
	KUNIT_EXPECT_EQ(test, nr_pages_in_use, pages_before);
	KUNIT_EXPECT_FALSE(test, page_wait_queue.lock.held);
}

/**
 * mmk_expect_report() - Go on only where a report of the kernel is expected
 * @test: the case
 */
void mmk_expect_report(struct kunit *test)
{
	if (!param("mm_kunit.expect_report=1"))
		kunit_skip(test, "wants a boot of its own");
}

/**
 * mmk_map() - Map a page
 * @vma: where
 * @nr: where
 * @flags: PTE_*
 *
 * Return: the page.
 */
struct page *mmk_map(struct vm_area *vma, int nr, unsigned long flags)
{
	struct page *page = alloc_page();

	BUG_ON(!page);
	vma->pte[nr] = mk_pte(page, PTE_PRESENT | flags);
	return page;
}

/**
 * mmk_unmap() - Unmap all that is mapped
 * @vma: where
 */
void mmk_unmap(struct vm_area *vma)
{
	for (int nr = 0; nr < PTRS_PER_VMA; nr++) {
		if (vma->pte[nr] & PTE_PRESENT)
			put_page(pte_page(vma->pte[nr]));
		vma->pte[nr] = 0;
	}
}
