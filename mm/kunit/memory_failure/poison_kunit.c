// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that are poisoned. Documentation/mm/hwpoison.rst: a page that is poisoned is
 * not used in the future, and who accesses it is killed.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/swap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../compat/leaf.h"
#include "../lib/guard.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "memory_failure.h"

/**
 * struct lost - A page that has been poisoned, and who had it mapped
 * @hp: the address space
 * @child: another one, or NULL
 * @addr: where it was
 * @page: the page
 */
struct lost {
	struct hp *hp;
	struct mm_struct *child;
	unsigned long addr;
	struct page *page;
};

static const struct lost_case {
	const char *description;
	bool tmpfs;
	bool child;
	bool readonly;
} lost_cases[] = {
	{ "anonymous", false, false, false },
	{ "anonymous, read-only", false, false, true },
	{ "anonymous, with a child", false, true, false },
	{ "tmpfs", true, false, false },
	{ "tmpfs, with a child", true, true, false },
};

KUNIT_ARRAY_PARAM_DESC(lost, lost_cases, description);

static void lost_map(struct kunit *test, struct lost *lost,
		     const struct lost_case *how)
{
	struct mm_struct *mm;

	lost->hp = hp_enter(test);
	mm = lost->hp->mm;
	if (how->tmpfs)
		lost->addr = mmk_mmap(test, mmk_shmem_file(test, 2),
				      2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
				      MAP_SHARED);
	else
		lost->addr = mmk_map_anon(test, 2);
	mmk_fill(test, lost->addr, 2, HP_SEED);
	if (how->readonly)
		KUNIT_ASSERT_EQ(test, sys_mprotect(lost->addr, PAGE_SIZE,
						   PROT_READ), 0L);
	lost->child = how->child ? mmk_fork(test) : NULL;
	if (lost->child)
		KUNIT_ASSERT_EQ(test, mmk_fault_in(lost->child, lost->addr,
						   false), 0);
	lost->page = mmk_pte_page(mm, lost->addr);
	lru_add_drain_all();
}

static void expect_entry(struct kunit *test, struct mm_struct *mm,
			 struct lost *lost)
{
	pte_t pte = mmk_pte(mm, lost->addr);

	MMK_EXPECT_PTE(test, mm, lost->addr, HWPOISON);
	if (mmk_pte_classify(pte) == MMK_PTE_HWPOISON)
		KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, lost->addr),
				    lost->page);
}

/**
 * poisoned_page_is_an_entry_everywhere() - A mapped page is poisoned
 *
 * Each mapping has a hwpoison entry with the page in it; the page is counted
 * nowhere, who touches it gets SIGBUS, and the neighbour has its bytes. Poisoned
 * again, it is known as such.
 *
 * Contract: HP-1
 */
static void poisoned_page_is_an_entry_everywhere(struct kunit *test)
{
	const struct lost_case *how = test->param_value;
	struct mmk_mm_state before, after;
	struct lost lost;

	lost_map(test, &lost, how);
	mmk_mm_snapshot(lost.hp->mm, &before);
	KUNIT_ASSERT_EQ(test, hp_poison(test, lost.hp, lost.page), 0);
	KUNIT_EXPECT_TRUE(test, PageHWPoison(lost.page));
	KUNIT_EXPECT_FALSE(test, folio_mapped(page_folio(lost.page)));
	expect_entry(test, lost.hp->mm, &lost);
	hp_expect_sigbus(test, lost.hp->mm, lost.addr);
	if (lost.child) {
		expect_entry(test, lost.child, &lost);
		hp_expect_sigbus(test, lost.child, lost.addr);
	}
	mmk_mm_snapshot(lost.hp->mm, &after);
	KUNIT_EXPECT_EQ(test, after.anon, before.anon - !how->tmpfs);
	KUNIT_EXPECT_EQ(test, after.shmem, before.shmem - how->tmpfs);
	KUNIT_EXPECT_EQ(test, after.swap, before.swap);
	MMK_EXPECT_PART_HOLDS(test, lost.hp->mm, lost.addr + PAGE_SIZE, 1, 1,
			      HP_SEED);

	KUNIT_EXPECT_EQ(test, hp_poison(test, lost.hp, lost.page), -EHWPOISON);
	if (!how->tmpfs)
		hp_expect_out_of_use(test, lost.page);
}

/**
 * removal_of_the_memory_leaves_entries() - A poisoned page is mapped, and goes
 *
 * Whoever takes the memory away unmaps the page first. Each mapping has a hwpoison
 * entry then, as if the page had been unmapped when it failed.
 *
 * Contract: HP-1
 */
static void removal_of_the_memory_leaves_entries(struct kunit *test)
{
	const struct lost_case *how = test->param_value;
	struct folio *folio;
	struct lost lost;
	int err;

	lost_map(test, &lost, how);
	hp_mark(test, lost.hp, lost.page);
	folio = page_folio(lost.page);
	folio_lock(folio);
	err = unmap_poisoned_folio(folio, page_to_pfn(lost.page), false);
	folio_unlock(folio);
	KUNIT_EXPECT_EQ(test, err, 0);
	expect_entry(test, lost.hp->mm, &lost);
	hp_expect_sigbus(test, lost.hp->mm, lost.addr);
	if (lost.child)
		expect_entry(test, lost.child, &lost);
	MMK_EXPECT_PART_HOLDS(test, lost.hp->mm, lost.addr + PAGE_SIZE, 1, 1,
			      HP_SEED);
}

/**
 * file_does_not_give_the_page_again() - A file whose page is poisoned
 *
 * tmpfs keeps the page, so that nobody reads zeroes in its place: read() is -EIO,
 * and a new mapping gets SIGBUS. A hole takes it away, and gives a new page.
 *
 * Contract: HP-1
 */
static void file_does_not_give_the_page_again(struct kunit *test)
{
	struct hp *hp = hp_enter(test);
	struct file *file = mmk_shmem_file(test, 2);
	struct page *page;
	unsigned long addr, again;
	loff_t pos = 0;
	u8 byte;

	addr = mmk_mmap(test, file, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_SHARED);
	mmk_fill(test, addr, 2, HP_SEED);
	page = mmk_pte_page(hp->mm, addr);
	lru_add_drain_all();
	KUNIT_ASSERT_EQ(test, hp_poison(test, hp, page), 0);
	KUNIT_EXPECT_EQ(test, kernel_read(file, &byte, 1, &pos), (ssize_t)-EIO);
	again = mmk_mmap(test, file, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			 MAP_SHARED);
	hp_expect_sigbus(test, hp->mm, again);
	MMK_EXPECT_PART_HOLDS(test, hp->mm, again + PAGE_SIZE, 1, 1, HP_SEED);

	KUNIT_ASSERT_EQ(test, vfs_truncate(&file->f_path, 0), 0L);
	hp_expect_out_of_use(test, page);
	pos = 0;
	KUNIT_EXPECT_EQ(test, kernel_write(file, "a", 1, &pos), (ssize_t)1);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(hp->mm, again, false), 0);
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_page(hp->mm, again), page);
}

/* What is done to the memory that the entry is in */
static void then_fork(struct kunit *test, struct lost *lost)
{
	struct mm_struct *child = mmk_fork(test);

	expect_entry(test, child, lost);
	hp_expect_sigbus(test, child, lost->addr);
}

static void then_mprotect(struct kunit *test, struct lost *lost)
{
	KUNIT_EXPECT_EQ(test, sys_mprotect(lost->addr, 2 * PAGE_SIZE,
					   PROT_READ), 0L);
	KUNIT_EXPECT_EQ(test, sys_mprotect(lost->addr, 2 * PAGE_SIZE,
					   PROT_READ | PROT_WRITE), 0L);
}

static void then_mremap(struct kunit *test, struct lost *lost)
{
	unsigned long to = mmk_map_anon(test, 2);

	KUNIT_ASSERT_EQ(test, (unsigned long)
			sys_mremap(lost->addr, 2 * PAGE_SIZE, 2 * PAGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	lost->addr = to;
}

static void then_pageout(struct kunit *test, struct lost *lost)
{
	mmk_swap_on(test);
	KUNIT_EXPECT_EQ(test, do_madvise(lost->hp->mm, lost->addr, PAGE_SIZE,
					 MADV_PAGEOUT), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

static void then_free_advice(struct kunit *test, struct lost *lost)
{
	KUNIT_EXPECT_EQ(test, do_madvise(lost->hp->mm, lost->addr, PAGE_SIZE,
					 MADV_COLD), 0);
}

static void then_migrate_vma(struct kunit *test, struct lost *lost)
{
	struct mmk_vma *m;

	m = mmk_vma_alloc(test, lost->hp->mm, lost->addr, 2,
			  MIGRATE_VMA_SELECT_SYSTEM, NULL);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->src[0], 0UL);
	KUNIT_EXPECT_TRUE(test, m->src[1] & MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 1UL);
	mmk_vma_finalize(m);
}

static void then_pin(struct kunit *test, struct lost *lost)
{
	struct page *page = NULL;

	KUNIT_EXPECT_EQ(test, pin_user_pages_fast(lost->addr, 1, FOLL_WRITE,
						  &page), -EFAULT);
}

static const struct then_case {
	const char *description;
	void (*act)(struct kunit *test, struct lost *lost);
} then_cases[] = {
	{ "fork()", then_fork },
	{ "mprotect()", then_mprotect },
	{ "mremap()", then_mremap },
	{ "MADV_PAGEOUT", then_pageout },
	{ "MADV_COLD", then_free_advice },
	{ "migrate_vma_setup()", then_migrate_vma },
	{ "GUP", then_pin },
};

KUNIT_ARRAY_PARAM_DESC(then, then_cases, description);

/**
 * entry_stays_what_it_is() - Operations on memory with a hwpoison entry
 *
 * None of them brings the page back, moves it, or takes the entry for one of swap;
 * the entry goes with the mapping, and nobody gets the page then.
 *
 * Contract: HP-1
 */
static void entry_stays_what_it_is(struct kunit *test)
{
	static const struct lost_case anon = { "anonymous" };
	const struct then_case *how = test->param_value;
	struct lost lost;

	lost_map(test, &lost, &anon);
	KUNIT_ASSERT_EQ(test, hp_poison(test, lost.hp, lost.page), 0);
	how->act(test, &lost);
	expect_entry(test, lost.hp->mm, &lost);
	hp_expect_sigbus(test, lost.hp->mm, lost.addr);
	MMK_EXPECT_PART_HOLDS(test, lost.hp->mm, lost.addr + PAGE_SIZE, 1, 1,
			      HP_SEED);
	KUNIT_EXPECT_EQ(test, vm_munmap(lost.addr, PAGE_SIZE), 0);
	hp_expect_out_of_use(test, lost.page);
}

static const struct part_case {
	const char *description;
	unsigned int order;
	bool pmd;
} part_cases[] = {
	{ "order 4", 4 },
	{ "order 9", MMK_MAX_ORDER },
	{ "huge page", MMK_MAX_ORDER, true },
};

KUNIT_ARRAY_PARAM_DESC(part, part_cases, description);

static unsigned long part_map(struct kunit *test, struct mm_struct *mm,
			      const struct part_case *how)
{
	struct mmk_large l;
	unsigned long addr;

	if (!how->pmd) {
		mmk_large_map(test, &l, mm, how->order);
		addr = l.addr;
	} else {
		addr = mmk_map_huge(test, mm, 1);
	}
	mmk_fill(test, addr, 1U << how->order, HP_SEED);
	lru_add_drain_all();
	return addr;
}

static struct page *part_page(struct kunit *test, struct mm_struct *mm,
			      unsigned long addr, unsigned int i, bool pmd)
{
	if (pmd)
		return folio_page(mmk_pmd_folio(test, mm, addr), i);
	return mmk_pte_page(mm, addr + i * PAGE_SIZE);
}

/**
 * only_the_poisoned_part_is_lost() - One page of a large folio is poisoned
 *
 * That page is a hwpoison entry. The others are mapped, with their bytes.
 *
 * Contract: HP-1
 */
static void only_the_poisoned_part_is_lost(struct kunit *test)
{
	const struct part_case *how = test->param_value;
	unsigned int nr = 1U << how->order, bad = nr / 2 + 1;
	struct hp *hp = hp_enter(test);
	unsigned long addr = part_map(test, hp->mm, how);
	struct page *page = part_page(test, hp->mm, addr, bad, how->pmd);

	KUNIT_ASSERT_EQ(test, hp_poison(test, hp, page), 0);
	MMK_EXPECT_PTE(test, hp->mm, addr + bad * PAGE_SIZE, HWPOISON);
	hp_expect_sigbus(test, hp->mm, addr + bad * PAGE_SIZE);
	MMK_EXPECT_HOLDS(test, addr, bad, HP_SEED);
	MMK_EXPECT_PART_HOLDS(test, hp->mm, addr + (bad + 1) * PAGE_SIZE,
			      bad + 1, nr - bad - 1, HP_SEED);
	hp_expect_out_of_use(test, page);
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, nr * PAGE_SIZE), 0);
	hp_expect_out_of_use(test, page);
}

/**
 * free_page_is_taken() - A page that is free is poisoned
 *
 * Nobody is told, and nobody gets it.
 *
 * Contract: HP-1
 */
static void free_page_is_taken(struct kunit *test)
{
	struct hp *hp = hp_enter(test);
	struct page *page = hp_free_page(test);

	KUNIT_ASSERT_EQ(test, hp_poison(test, hp, page), 0);
	hp_expect_out_of_use(test, page);
}

/**
 * page_in_the_swap_cache_is_lost() - A page that has a slot is poisoned
 *
 * The page is not in the ptes, and a fault on the swap entry finds that it is lost.
 * No other bytes come from the slot.
 *
 * Contract: HP-1
 */
static void page_in_the_swap_cache_is_lost(struct kunit *test)
{
	struct hp *hp = hp_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct folio *folio;

	mmk_swap_on_slow(test);
	mmk_fill(test, addr, 1, HP_SEED);
	folio = mmk_pte_folio(test, hp->mm, addr);
	mmk_folio_get(test, folio);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	folio_wait_writeback(folio);
	mmk_folio_put(test, folio);
	MMK_EXPECT_HOLDS(test, addr, 1, HP_SEED);
	/* Written to, so that the slot has old bytes. */
	folio_lock(folio);
	folio_mark_dirty(folio);
	folio_unlock(folio);
	lru_add_drain_all();
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
	KUNIT_ASSERT_EQ(test, hp_poison(test, hp, folio_page(folio, 0)), 0);
	KUNIT_EXPECT_FALSE(test, pte_present(mmk_pte(hp->mm, addr)));
	hp_expect_sigbus(test, hp->mm, addr);
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	hp_expect_out_of_use(test, folio_page(folio, 0));
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

static struct kunit_case memory_failure_poison_cases[] = {
	KUNIT_CASE_PARAM(poisoned_page_is_an_entry_everywhere,
			 lost_gen_params),
	KUNIT_CASE_PARAM(removal_of_the_memory_leaves_entries,
			 lost_gen_params),
	KUNIT_CASE(file_does_not_give_the_page_again),
	KUNIT_CASE_PARAM(entry_stays_what_it_is, then_gen_params),
	KUNIT_CASE_PARAM(only_the_poisoned_part_is_lost, part_gen_params),
	KUNIT_CASE(free_page_is_taken),
	KUNIT_CASE(page_in_the_swap_cache_is_lost),
	{}
};

static struct kunit_suite memory_failure_poison_suite = {
	.name = "memory_failure_poison",
	.init = mmk_case_init,
	.test_cases = memory_failure_poison_cases,
};

kunit_test_suite(memory_failure_poison_suite);
