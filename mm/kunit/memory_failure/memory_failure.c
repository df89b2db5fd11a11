// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that fail, as a test injects it: the failure is simulated, so that the page
 * can be put back into use.
 */
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/page-flags.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "memory_failure.h"

static void hp_end(void *data)
{
	struct hp *hp = data;

	flush_delayed_fput();
	lru_add_drain_all();
	while (hp->nr--)
		unpoison_memory(page_to_pfn(hp->pages[hp->nr]));
}

/**
 * hp_alloc() - Let pages fail
 * @test: the case
 *
 * Pages that fail are put back into use once all that the case makes after this call is
 * gone.
 *
 * Return: where to note them, without an address space.
 */
struct hp *hp_alloc(struct kunit *test)
{
	struct hp *hp = kunit_kzalloc(test, sizeof(*hp), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, hp);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, hp_end, hp), 0);
	return hp;
}

/**
 * hp_enter() - Give the case an address space
 * @test: the case
 *
 * As hp_alloc().
 *
 * Return: the address space.
 */
struct hp *hp_enter(struct kunit *test)
{
	struct hp *hp = hp_alloc(test);

	hp->mm = mmk_mm_enter(test);
	return hp;
}

/**
 * hp_free_page() - A page that is free
 * @test: the case
 *
 * Return: the page; the page allocator has it, and not a CPU's list.
 */
struct page *hp_free_page(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);

	KUNIT_ASSERT_NOT_NULL(test, page);
	__free_page(page);
	drain_all_pages(NULL);
	return page;
}

static void note(struct kunit *test, struct hp *hp, struct page *page)
{
	unsigned int i;

	for (i = 0; i < hp->nr; i++)
		if (hp->pages[i] == page)
			return;
	KUNIT_ASSERT_LT(test, hp->nr, HP_MAX);
	hp->pages[hp->nr++] = page;
}

/**
 * hp_poison() - A page fails
 * @test: the case
 * @hp: from hp_enter()
 * @page: the page
 *
 * Return: what memory_failure() returns.
 */
int hp_poison(struct kunit *test, struct hp *hp, struct page *page)
{
	note(test, hp, page);
	return memory_failure(page_to_pfn(page), MF_SW_SIMULATED);
}

/**
 * hp_mark() - Mark a page as poisoned, and leave it where it is
 * @test: the case
 * @hp: from hp_enter()
 * @page: the page, which is mapped
 *
 * As memory_failure() leaves it when the page could not be unmapped.
 */
void hp_mark(struct kunit *test, struct hp *hp, struct page *page)
{
	note(test, hp, page);
	get_page(page);
	SetPageHWPoison(page);
	num_poisoned_pages_inc(page_to_pfn(page));
}

/**
 * hp_soft_offline() - A page is taken out of use before it fails
 * @test: the case
 * @hp: from hp_enter()
 * @page: the page
 *
 * Return: what soft_offline_page() returns.
 */
int hp_soft_offline(struct kunit *test, struct hp *hp, struct page *page)
{
	note(test, hp, page);
	lru_add_drain_all();
	return soft_offline_page(page_to_pfn(page), 0);
}

/**
 * hp_expect_out_of_use() - Expect that nobody gets a page
 * @test: the case
 * @page: poisoned, and not mapped
 *
 * It is marked, and the reference that keeps it from being free is the only one.
 */
void hp_expect_out_of_use(struct kunit *test, struct page *page)
{
	lru_add_drain_all();
	KUNIT_EXPECT_TRUE(test, PageHWPoison(page));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_FALSE(test, PageLRU(page));
	KUNIT_EXPECT_FALSE(test, PageBuddy(page));
	KUNIT_EXPECT_FALSE(test, folio_mapped(page_folio(page)));
}

/**
 * hp_expect_sigbus() - Expect accesses to fail
 * @test: the case
 * @mm: address space
 * @addr: user address
 *
 * Whoever reads or writes is told that the memory is lost.
 */
void hp_expect_sigbus(struct kunit *test, struct mm_struct *mm,
		      unsigned long addr)
{
	const vm_fault_t lost = VM_FAULT_HWPOISON | VM_FAULT_HWPOISON_LARGE;
	struct mmk_fault *fault;
	int write;

	for (write = 0; write < 2; write++) {
		fault = mmk_fault_alloc(test, mm, addr, FAULT_FLAG_DEFAULT |
					FAULT_FLAG_USER |
					(write ? FAULT_FLAG_WRITE : 0),
					MMK_MMAP_LOCK);
		fault->retry = true;
		mmk_task_start(&fault->task);
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
		KUNIT_EXPECT_TRUE_MSG(test, fault->ret & lost,
				      "%s: fault returns %#x",
				      write ? "write" : "read", fault->ret);
	}
}
