// SPDX-License-Identifier: GPL-2.0
/*
 * Whoever takes a page, or the right to write to it, out of a page table flushes the TLB.
 * What is expected is in Documentation/core-api/cachetlb.rst: first the page table is
 * changed, then the TLB is flushed, and afterwards no CPU finds the old translation.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/mm.h"
#include "../lib/flush.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/uffd.h"

#define SEED		0x5b
#define NR_PAGES	4

/**
 * struct goes - Memory that is about to be taken out of a page table
 * @test: the case
 * @mm: current->mm
 * @addr: where
 * @len: bytes
 * @to: as much room
 * @uffd: watches @to, or NULL
 */
struct goes {
	struct kunit *test;
	struct mm_struct *mm;
	unsigned long addr;
	size_t len;
	unsigned long to;
	struct mmk_uffd *uffd;
};

/* Pages before the room that they move to, or behind it */
static void map_small(struct goes *g, bool up)
{
	g->len = NR_PAGES * PAGE_SIZE;
	if (up)
		g->to = mmk_map_anon(g->test, NR_PAGES);
	g->addr = mmk_map_anon(g->test, NR_PAGES);
	if (!up)
		g->to = mmk_map_anon(g->test, NR_PAGES);
	mmk_fill(g->test, g->addr, NR_PAGES, SEED);
	lru_add_drain_all();
}

static void make_small(struct goes *g)
{
	map_small(g, true);
}

static void make_small_down(struct goes *g)
{
	map_small(g, false);
}

/*
 * fork() flushes all that is mapped. The pages in the middle alone would not do: what a
 * helper of this architecture changes one by one counts as flushed as well.
 */
static void make_middle(struct goes *g)
{
	make_small(g);
	KUNIT_ASSERT_EQ(g->test, do_madvise(g->mm, g->addr, PAGE_SIZE,
					    MADV_DONTNEED), 0);
	KUNIT_ASSERT_EQ(g->test, do_madvise(g->mm, g->addr + g->len - PAGE_SIZE,
					    PAGE_SIZE, MADV_DONTNEED), 0);
}

static void make_huge(struct goes *g)
{
	g->len = MMK_HUGE_SIZE;
	g->addr = mmk_map_huge(g->test, g->mm, 1);
	mmk_fill(g->test, g->addr, MMK_HUGE_PAGES, SEED);
	MMK_EXPECT_PMD(g->test, g->mm, g->addr, PRESENT);
}

static void make_file(struct goes *g)
{
	struct file *file = mmk_shmem_file(g->test, NR_PAGES);

	g->len = NR_PAGES * PAGE_SIZE;
	g->addr = mmk_mmap(g->test, file, g->len, PROT_READ | PROT_WRITE,
			   MAP_SHARED);
	mmk_fill(g->test, g->addr, NR_PAGES, SEED);
	lru_add_drain_all();
}

static void make_freed(struct goes *g)
{
	make_small(g);
	KUNIT_ASSERT_EQ(g->test, do_madvise(g->mm, g->addr, g->len, MADV_FREE),
			0);
	lru_add_drain_all();
}

#ifdef UFFDIO_MOVE
static void watch_room(struct goes *g)
{
	g->uffd = mmk_uffd_open_with(g->test, UFFD_FEATURE_MOVE);
	mmk_uffd_register(g->test, g->uffd, g->to, g->len);
}

static void go_uffdio_move(struct goes *g)
{
	struct uffdio_move move = {
		.dst = g->to, .src = g->addr, .len = g->len,
	};

	KUNIT_EXPECT_EQ(g->test, mmk_uffd_ioctl(g->test, g->uffd, UFFDIO_MOVE,
						&move), 0L);
}
#else
static void watch_room(struct goes *g)
{
	kunit_skip(g->test, "this kernel has no UFFDIO_MOVE");
}

static void go_uffdio_move(struct goes *g)
{
}
#endif

static void make_small_watched(struct goes *g)
{
	make_small(g);
	watch_room(g);
}

static void go_mremap(struct goes *g)
{
	/* The old mapping stays: its munmap() would flush as well. */
	KUNIT_EXPECT_EQ(g->test, (unsigned long)
			sys_mremap(g->addr, g->len, g->len, MREMAP_MAYMOVE |
				   MREMAP_FIXED | MREMAP_DONTUNMAP, g->to),
			g->to);
	/* This architecture learns of new pages in the same way. */
	KUNIT_EXPECT_TRUE(g->test, mmk_tlb_flushed(g->mm, g->to,
						   g->to + g->len));
}

static void go_munmap(struct goes *g)
{
	KUNIT_EXPECT_EQ(g->test, vm_munmap(g->addr, g->len), 0);
}

static void go_dontneed(struct goes *g)
{
	KUNIT_EXPECT_EQ(g->test, do_madvise(g->mm, g->addr, g->len,
					    MADV_DONTNEED), 0);
}

static void go_remove(struct goes *g)
{
	KUNIT_EXPECT_EQ(g->test, do_madvise(g->mm, g->addr, g->len,
					    MADV_REMOVE), 0);
}

static void go_fork(struct goes *g)
{
	mmk_fork(g->test);
}

static void go_unmap(struct goes *g)
{
	unsigned int i;

	for (i = 0; i < NR_PAGES; i++) {
		struct folio *folio = mmk_pte_folio(g->test, g->mm, g->addr +
						    i * PAGE_SIZE);

		KUNIT_ASSERT_TRUE(g->test, folio_isolate_lru(folio));
		folio_lock(folio);
		try_to_unmap(folio, 0);
		folio_unlock(folio);
		folio_putback_lru(folio);
		MMK_EXPECT_PTE(g->test, g->mm, g->addr + i * PAGE_SIZE, NONE);
	}
}

/**
 * struct go_case - A way out of a page table
 * @description: for the KTAP line
 * @make: maps memory
 * @go: takes it, or the right to write to it, away
 */
struct go_case {
	const char *description;
	void (*make)(struct goes *g);
	void (*go)(struct goes *g);
};

static const struct go_case go_cases[] = {
	{ "mremap(), to above", make_small, go_mremap },
	{ "mremap(), to below", make_small_down, go_mremap },
	{ "munmap()", make_small, go_munmap },
	{ "munmap() of a huge page", make_huge, go_munmap },
	{ "munmap() of a file", make_file, go_munmap },
	{ "MADV_DONTNEED", make_small, go_dontneed },
	{ "MADV_DONTNEED of a huge page", make_huge, go_dontneed },
	{ "MADV_REMOVE", make_file, go_remove },
	{ "fork()", make_middle, go_fork },
	{ "reclaim of a file", make_file, go_unmap },
	{ "reclaim after MADV_FREE", make_freed, go_unmap },
	{ "UFFDIO_MOVE", make_small_watched, go_uffdio_move },
};

KUNIT_ARRAY_PARAM_DESC(go, go_cases, description);

/**
 * page_that_goes_is_flushed() - No CPU can use what is not in the page table any more
 *
 * Pages are taken out of a page table, or can only be read from now on, since a child has
 * them as well. When the call returns, the TLB has been flushed for all of them, from the
 * first to the last.
 *
 * Contract: EW-1
 */
static void page_that_goes_is_flushed(struct kunit *test)
{
	const struct go_case *c = test->param_value;
	struct goes g = { .test = test, .mm = mmk_mm_enter(test) };

	c->make(&g);
	mmk_tlb_forget(g.mm);
	KUNIT_EXPECT_FALSE(test, mmk_tlb_flushed(g.mm, g.addr, g.addr + g.len));
	c->go(&g);
	KUNIT_EXPECT_TRUE(test, mmk_tlb_flushed(g.mm, g.addr, g.addr + g.len));
}

/**
 * struct lock_case - Where pages are moved to
 * @description: for the KTAP line
 * @far: to another page table
 * @hole: one of the pages is not there
 */
struct lock_case {
	const char *description;
	bool far;
	bool hole;
};

static const struct lock_case lock_cases[] = {
	{ "same page table", false, false },
	{ "same page table, with a hole", false, true },
	{ "another page table", true, false },
	{ "another page table, with a hole", true, true },
};

KUNIT_ARRAY_PARAM_DESC(lock, lock_cases, description);

/**
 * moved_page_is_flushed_before_the_lock_is_dropped() - mremap(), and whoever comes next
 *
 * Whoever takes the page table lock and finds the old ptes gone may write the page back,
 * or free it: no CPU can be allowed to write to it by then.
 *
 * Contract: EW-1, ME-13
 */
static void moved_page_is_flushed_before_the_lock_is_dropped(struct kunit *test)
{
	const struct lock_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge_hole(test, mm, 2);
	const size_t len = NR_PAGES * PAGE_SIZE;
	unsigned long to = addr + (c->far ? MMK_HUGE_SIZE : 2 * len);
	struct mmk_flush_watch *w;

	KUNIT_ASSERT_EQ(test, do_madvise(mm, addr, 2 * MMK_HUGE_SIZE,
					 MADV_NOHUGEPAGE), 0);
	mmk_fill(test, addr, NR_PAGES, SEED);
	if (c->hole)
		KUNIT_ASSERT_EQ(test, do_madvise(mm, addr + PAGE_SIZE, PAGE_SIZE,
						 MADV_DONTNEED), 0);
	w = mmk_flush_watch(test, mm, addr, MMK_PTE_NONE, addr, len);
	KUNIT_EXPECT_EQ(test, (unsigned long)
			sys_mremap(addr, len, len, MREMAP_MAYMOVE |
				   MREMAP_FIXED | MREMAP_DONTUNMAP, to), to);
	mmk_flush_unwatch(test, w);
	KUNIT_EXPECT_GT(test, w->nr_dropped, 0U);
	KUNIT_EXPECT_EQ(test, w->nr_early, 0U);
	if (!c->hole)
		MMK_EXPECT_HOLDS(test, to, NR_PAGES, SEED);
}

static struct kunit_case page_table_flush_cases[] = {
	KUNIT_CASE_PARAM(page_that_goes_is_flushed, go_gen_params),
	KUNIT_CASE_PARAM(moved_page_is_flushed_before_the_lock_is_dropped,
			 lock_gen_params),
	{}
};

static struct kunit_suite page_table_flush_suite = {
	.name = "page_table_flush",
	.init = mmk_case_init,
	.test_cases = page_table_flush_cases,
};

kunit_test_suite(page_table_flush_suite);
