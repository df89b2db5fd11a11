// SPDX-License-Identifier: GPL-2.0
/*
 * UFFDIO_MOVE of huge pages, and of parts of large folios. The man page,
 * UFFDIO_MOVE(2const), says what to expect: they move as small pages do, even
 * if the mapping or the folio has to be split for it.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/mm.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "mover.h"

/* A huge page that holds SEED, and an aligned destination for two */
static struct mover *huge_create(struct kunit *test)
{
	struct mover *m = um_open(test, mmk_mm_enter(test));

	m->src = mmk_map_huge(test, m->mm, 1);
	m->dst = mmk_map_huge_hole(test, m->mm, 2);
	mmk_fill(test, m->src, MMK_HUGE_PAGES, SEED);
	um_register(test, m, m->dst, 2 * MMK_HUGE_SIZE);
	lru_add_drain_all();
	return m;
}

/* The same folio, but mapped by ptes */
static struct mover *large_create(struct kunit *test)
{
	struct mover *m = huge_create(test);

	KUNIT_ASSERT_EQ(test, sys_mprotect(m->src, PAGE_SIZE, PROT_READ), 0L);
	KUNIT_ASSERT_EQ(test, sys_mprotect(m->src, PAGE_SIZE,
					   PROT_READ | PROT_WRITE), 0L);
	MMK_EXPECT_PMD(test, m->mm, m->src, TABLE);
	KUNIT_ASSERT_EQ(test, folio_nr_pages(mmk_pte_folio(test, m->mm, m->src)),
			(long)MMK_HUGE_PAGES);
	return m;
}

static struct um_move *huge_move(struct kunit *test, struct mover *m,
				 unsigned int dst, unsigned int src,
				 unsigned int nr)
{
	const struct uffdio_move args = {
		.dst = m->dst + dst * PAGE_SIZE,
		.src = m->src + src * PAGE_SIZE,
		.len = nr * PAGE_SIZE,
	};
	struct um_move *move;

	/* At most, each page is tried by itself. */
	m->watch.limit = nr + UM_MANY_TRIES;
	move = um_start(test, m, &args);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	return move;
}

/**
 * struct whole_case - A huge page that moves in one piece
 * @description: for the KTAP line
 * @dirty: its pmd is dirty
 */
struct whole_case {
	const char *description;
	bool dirty;
};

static const struct whole_case whole_cases[] = {
	{ "dirty", true },
	{ "clean", false },
};

KUNIT_ARRAY_PARAM_DESC(whole, whole_cases, description);

/**
 * huge_page_moves_whole() - Both places are aligned
 *
 * The pmd in the new place maps the same folio, writable, and dirty if it was.
 * The folio is not split, and keeps its references, mappings and flags. The
 * reverse map finds it in the new place. Nothing is left in the old place. When
 * the pmd is split, the page table that was deposited for it is there.
 *
 * Contract: UM-1
 */
static void huge_page_moves_whole(struct kunit *test)
{
	const struct whole_case *c = test->param_value;
	struct mover *m = huge_create(test);
	struct folio *folio = mmk_pmd_folio(test, m->mm, m->src);
	struct mmk_folio_state state;
	struct mmk_mm_state rss;
	struct um_move *move;
	pmd_t pmd;

	mmk_pmd_set_flags(test, m->mm, m->src, true, c->dirty);
	folio_clear_dirty(folio);
	mmk_folio_snapshot(folio, &state);
	mmk_mm_snapshot(m->mm, &rss);
	mmk_tlb_forget(m->mm);

	move = huge_move(test, m, 0, 0, MMK_HUGE_PAGES);
	UM_EXPECT_RESULT(test, move, 0, MMK_HUGE_SIZE);
	KUNIT_EXPECT_TRUE(test, mmk_tlb_flushed(m->mm, m->src,
						m->src + MMK_HUGE_SIZE));
	KUNIT_EXPECT_EQ(test, m->watch.tries, 1U);
	KUNIT_EXPECT_EQ(test, (int)m->watch.event, (int)MMU_NOTIFY_CLEAR);
	KUNIT_EXPECT_EQ(test, m->watch.start, m->src);
	KUNIT_EXPECT_EQ(test, m->watch.end, m->src + MMK_HUGE_SIZE);
	MMK_EXPECT_PMD(test, m->mm, m->src, NONE);
	MMK_EXPECT_PMD(test, m->mm, m->dst, PRESENT);
	pmd = mmk_pmd(m->mm, m->dst);
	KUNIT_ASSERT_TRUE(test, pmd_trans_huge(pmd));
	KUNIT_EXPECT_EQ(test, pmd_pfn(pmd), folio_pfn(folio));
	KUNIT_EXPECT_TRUE(test, pmd_write(pmd));
	if (c->dirty)
		KUNIT_EXPECT_TRUE(test, pmd_dirty(pmd));
	um_expect_rmap(test, m, folio, m->dst);
	state.mapping = (unsigned long)folio->mapping;
	state.index = folio->index;
	mmk_expect_folio_same(test, "moved", folio, &state);
	mmk_expect_mm_same(test, "moved", m->mm, &rss);
	MMK_EXPECT_MM_HOLDS(test, m->mm, m->dst, MMK_HUGE_PAGES, SEED);

	KUNIT_EXPECT_EQ(test, sys_mprotect(m->dst, PAGE_SIZE, PROT_READ), 0L);
	MMK_EXPECT_PMD(test, m->mm, m->dst, TABLE);
	MMK_EXPECT_MM_HOLDS(test, m->mm, m->dst, MMK_HUGE_PAGES, SEED);
}

/**
 * huge_zero_page_moves() - A huge page that has only been read
 *
 * The pmd in the new place maps the huge zero page, is not writable, and does
 * not count in RSS. The memory reads as zero. Nothing is left in the old place.
 *
 * Contract: UM-1
 */
static void huge_zero_page_moves(struct kunit *test)
{
	struct mover *m = um_open(test, mmk_mm_enter(test));
	struct mmk_mm_state rss;
	unsigned int i, wrong = 0;
	struct um_move *move;
	pmd_t before, pmd;
	u8 byte;

	m->src = mmk_map_huge_hole(test, m->mm, 1);
	m->dst = mmk_map_huge_hole(test, m->mm, 1);
	um_register(test, m, m->dst, MMK_HUGE_SIZE);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(m->mm, m->src, false), 0);
	before = mmk_pmd(m->mm, m->src);
	KUNIT_ASSERT_TRUE(test, is_huge_zero_pmd(before));
	mmk_mm_snapshot(m->mm, &rss);
	mmk_tlb_forget(m->mm);

	move = huge_move(test, m, 0, 0, MMK_HUGE_PAGES);
	UM_EXPECT_RESULT(test, move, 0, MMK_HUGE_SIZE);
	KUNIT_EXPECT_TRUE(test, mmk_tlb_flushed(m->mm, m->src,
						m->src + MMK_HUGE_SIZE));
	MMK_EXPECT_PMD(test, m->mm, m->src, NONE);
	MMK_EXPECT_PMD(test, m->mm, m->dst, PRESENT);
	pmd = mmk_pmd(m->mm, m->dst);
	KUNIT_ASSERT_EQ(test, pmd_pfn(pmd), pmd_pfn(before));
	KUNIT_EXPECT_TRUE(test, is_huge_zero_pmd(pmd));
	KUNIT_EXPECT_FALSE(test, pmd_write(pmd));
	mmk_expect_mm_same(test, "moved", m->mm, &rss);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		wrong += copy_from_user(&byte, (void __user *)m->dst +
					i * PAGE_SIZE + i, 1) || byte;
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(m->mm, m->dst, 1), 0);
	KUNIT_EXPECT_FALSE(test, is_huge_zero_pmd(mmk_pmd(m->mm, m->dst)));
}

/**
 * page_of_the_huge_zero_page_moves() - A part of a huge page that has only been read
 *
 * The mapping is split. The page reads as zero in its new place, and so do those
 * that stay. None of them counts in RSS.
 *
 * Contract: UM-1
 */
static void page_of_the_huge_zero_page_moves(struct kunit *test)
{
	const unsigned int page = 3;
	struct mover *m = um_open(test, mmk_mm_enter(test));
	struct mmk_mm_state rss;
	struct um_move *move;
	unsigned int i, wrong = 0;
	u8 byte;

	m->src = mmk_map_huge_hole(test, m->mm, 1);
	m->dst = mmk_map_huge_hole(test, m->mm, 1);
	um_forget(test, m, m->dst, MMK_HUGE_SIZE);
	um_register(test, m, m->dst, MMK_HUGE_SIZE);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(m->mm, m->src, false), 0);
	KUNIT_ASSERT_TRUE(test, is_huge_zero_pmd(mmk_pmd(m->mm, m->src)));
	mmk_mm_snapshot(m->mm, &rss);

	move = huge_move(test, m, page, page, 1);
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	MMK_EXPECT_PTE(test, m->mm, m->src + page * PAGE_SIZE, NONE);
	MMK_EXPECT_PTE(test, m->mm, m->dst + page * PAGE_SIZE, PRESENT);
	KUNIT_EXPECT_TRUE(test, is_zero_pfn(pte_pfn(mmk_pte(m->mm,
							    m->dst + page * PAGE_SIZE))));
	mmk_expect_mm_same(test, "moved", m->mm, &rss);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		if (i != page)
			wrong += copy_from_user(&byte, (void __user *)m->src +
						i * PAGE_SIZE + i, 1) || byte;
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	KUNIT_EXPECT_EQ(test, copy_from_user(&byte, (void __user *)m->dst +
					     page * PAGE_SIZE, 1), 0UL);
	KUNIT_EXPECT_EQ(test, byte, 0);
}

/**
 * struct part_case - A part of a large folio that moves
 * @description: for the KTAP line
 * @ptes: the folio is mapped by ptes already
 * @table: the destination has an empty page table
 * @src: its first page
 * @dst: where the first page goes
 * @nr: how many pages
 */
struct part_case {
	const char *description;
	bool ptes;
	bool table;
	unsigned int src;
	unsigned int dst;
	unsigned int nr;
};

static const struct part_case part_cases[] = {
	{ "first page of a huge page", false, false, 0, 0, 1 },
	{ "page of a huge page", false, false, 5, 5, 1 },
	{ "last page of a huge page", false, false, MMK_HUGE_PAGES - 1, 0, 1 },
	{ "huge page but for its last page", false, false, 0, 0,
	  MMK_HUGE_PAGES - 1 },
	{ "huge page but for its first page", false, false, 1, 1,
	  MMK_HUGE_PAGES - 1 },
	{ "huge page to where none may be", false, false, 0, 1, MMK_HUGE_PAGES },
	{ "huge page to an empty page table", false, true, 0, 0,
	  MMK_HUGE_PAGES },
	{ "large folio", true, false, 0, 0, MMK_HUGE_PAGES },
	{ "page of a large folio", true, false, 5, 0, 1 },
	{ "pages of a large folio", true, false, 5, 7, 11 },
	{ "large folio across page tables", true, false, 0, MMK_HUGE_PAGES / 2,
	  MMK_HUGE_PAGES },
};

KUNIT_ARRAY_PARAM_DESC(part, part_cases, description);

/**
 * part_of_large_folio_moves() - Page by page
 *
 * Each page of the part is in its new place: the same page, writable, dirty if
 * it was, exclusive, mapped once, and with its own index. All other pages are
 * where they were. RSS and all bytes are as before.
 *
 * Contract: UM-1
 */
static void part_of_large_folio_moves(struct kunit *test)
{
	const struct part_case *c = test->param_value;
	struct mover *m = c->ptes ? large_create(test) : huge_create(test);
	unsigned long src = m->src + c->src * PAGE_SIZE;
	unsigned long dst = m->dst + c->dst * PAGE_SIZE;
	unsigned int i, after = c->src + c->nr;
	unsigned long pfn = page_to_pfn(c->ptes ?
					mmk_pte_page(m->mm, m->src) :
					mmk_pmd_page(m->mm, m->src));
	struct mmk_mm_state rss;
	struct um_move *move;
	struct folio *folio;
	pte_t pte;

	if (c->table) {
		mmk_uffd_zero(test, m->uffd, m->dst);
		KUNIT_ASSERT_EQ(test, do_madvise(m->mm, m->dst, PAGE_SIZE,
						 MADV_DONTNEED), 0);
		MMK_EXPECT_PMD(test, m->mm, m->dst, TABLE);
	}
	mmk_mm_snapshot(m->mm, &rss);
	move = huge_move(test, m, c->dst, c->src, c->nr);
	UM_EXPECT_RESULT(test, move, 0, c->nr * PAGE_SIZE);
	mmk_expect_mm_same(test, "moved", m->mm, &rss);
	lru_add_drain_all();
	for (i = 0; i < c->nr; i++) {
		unsigned long addr = dst + i * PAGE_SIZE;

		MMK_EXPECT_PTE(test, m->mm, src + i * PAGE_SIZE, NONE);
		MMK_EXPECT_PTE(test, m->mm, addr, PRESENT);
		pte = mmk_pte(m->mm, addr);
		if (!pte_present(pte))
			break;
		KUNIT_EXPECT_EQ(test, pte_pfn(pte), pfn + c->src + i);
		KUNIT_EXPECT_TRUE(test, pte_write(pte) && pte_dirty(pte));
		folio = page_folio(pte_page(pte));
		KUNIT_EXPECT_EQ(test, folio_nr_pages(folio), 1L);
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
		KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 1);
		KUNIT_EXPECT_TRUE(test, PageAnonExclusive(pte_page(pte)));
		KUNIT_EXPECT_EQ(test, folio->index, addr >> PAGE_SHIFT);
		KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	}
	um_expect_rmap(test, m, mmk_pte_folio(test, m->mm, dst), dst);
	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		if (i >= c->src && i < after)
			continue;
		MMK_EXPECT_PTE(test, m->mm, m->src + i * PAGE_SIZE, PRESENT);
		KUNIT_EXPECT_EQ(test, pte_pfn(mmk_pte(m->mm, m->src +
						      i * PAGE_SIZE)), pfn + i);
	}
	MMK_EXPECT_PART_HOLDS(test, m->mm, dst, c->src, c->nr, SEED);
	if (c->src)
		MMK_EXPECT_PART_HOLDS(test, m->mm, m->src, 0, c->src, SEED);
	if (after < MMK_HUGE_PAGES)
		MMK_EXPECT_PART_HOLDS(test, m->mm, m->src + after * PAGE_SIZE,
				      after, MMK_HUGE_PAGES - after, SEED);
}

static void make_pinned(struct kunit *test, struct mover *m)
{
	mmk_pin(test, m->src + 9 * PAGE_SIZE, FOLL_WRITE);
}

static void make_referenced(struct kunit *test, struct mover *m)
{
	mmk_folio_get(test, page_folio(mmk_pte_page(m->mm, m->src)));
}

static void make_shared(struct kunit *test, struct mover *m)
{
	mmk_fork(test);
}

static void make_dst_taken(struct kunit *test, struct mover *m)
{
	mmk_uffd_zero(test, m->uffd, m->dst);
}

/* The first page of the destination is there already. */
static void make_dst_huge(struct kunit *test, struct mover *m)
{
	struct uffdio_register reg = {
		.range = { .start = m->dst, .len = MMK_HUGE_SIZE },
	};

	KUNIT_ASSERT_EQ(test, mmk_uffd_ioctl(test, m->uffd, UFFDIO_UNREGISTER,
					     &reg.range), 0L);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(m->mm, m->dst, true), 0);
	MMK_EXPECT_PMD(test, m->mm, m->dst, PRESENT);
	um_register(test, m, m->dst, MMK_HUGE_SIZE);
}

/**
 * struct stays_case - A large folio that is not moved
 * @description: why it stays
 * @ptes: it is mapped by ptes
 * @make: prepares the folio
 * @nr: how many pages to move, from the first
 * @error: the error of the man page
 */
struct stays_case {
	const char *description;
	bool ptes;
	void (*make)(struct kunit *test, struct mover *m);
	unsigned int nr;
	long error;
};

static const struct stays_case stays_cases[] = {
	{ "huge page, pinned", false, make_pinned, MMK_HUGE_PAGES, -EBUSY },
	{ "huge page, shared", false, make_shared, MMK_HUGE_PAGES, -EBUSY },
	{ "page of a shared huge page", false, make_shared, 1, -EBUSY },
	{ "page of a pinned huge page", false, make_pinned, 1, -EBUSY },
	{ "huge page, one page taken", false, make_dst_taken, MMK_HUGE_PAGES,
	  -EEXIST },
	{ "huge page, another there", false, make_dst_huge, MMK_HUGE_PAGES,
	  -EEXIST },
	{ "page, a huge page there", true, make_dst_huge, 1, -EEXIST },
	{ "large folio, pinned", true, make_pinned, MMK_HUGE_PAGES, -EBUSY },
	{ "page of a pinned large folio", true, make_pinned, 1, -EBUSY },
	{ "page of a large folio in use", true, make_referenced, 1, -EBUSY },
	{ "large folio, shared", true, make_shared, MMK_HUGE_PAGES, -EBUSY },
};

KUNIT_ARRAY_PARAM_DESC(stays, stays_cases, description);

/**
 * large_folio_in_use_stays() - -EBUSY, -EEXIST
 *
 * The call returns the error of the man page, and does not try for ever: the
 * reference that is in the way may never go. The folio is not split, not
 * locked, and keeps its references. All of its pages are mapped where they
 * were.
 *
 * Contract: UM-1, UM-2
 */
static void large_folio_in_use_stays(struct kunit *test)
{
	const struct stays_case *c = test->param_value;
	struct mover *m = c->ptes ? large_create(test) : huge_create(test);
	unsigned long pfn = page_to_pfn(c->ptes ?
					mmk_pte_page(m->mm, m->src) :
					mmk_pmd_page(m->mm, m->src));
	struct folio *folio = page_folio(pfn_to_page(pfn));
	enum mmk_pte_kind dst;
	struct mmk_mm_state rss;
	struct um_move *move;
	unsigned int i;

	c->make(test, m);
	dst = mmk_pmd_kind(m->mm, m->dst);
	mmk_mm_snapshot(m->mm, &rss);
	move = huge_move(test, m, 0, 0, c->nr);
	UM_EXPECT_RESULT(test, move, c->error, c->error);
	KUNIT_EXPECT_LE(test, m->watch.tries, 2U);
	mmk_expect_mm_same(test, "refused", m->mm, &rss);
	if (c->make != make_dst_taken) {
		KUNIT_EXPECT_EQ(test, folio_nr_pages(folio),
				(long)MMK_HUGE_PAGES);
		KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	}
	if (dst == MMK_PTE_PRESENT)
		MMK_EXPECT_PMD(test, m->mm, m->dst, PRESENT);
	else if (mmk_pmd_kind(m->mm, m->dst) == MMK_PTE_TABLE)
		MMK_EXPECT_PTE(test, m->mm, m->dst + PAGE_SIZE, NONE);
	else
		MMK_EXPECT_PMD(test, m->mm, m->dst, NONE);
	if (mmk_pmd_kind(m->mm, m->src) == MMK_PTE_PRESENT) {
		KUNIT_EXPECT_EQ(test, pmd_pfn(mmk_pmd(m->mm, m->src)), pfn);
	} else {
		for (i = 0; i < MMK_HUGE_PAGES; i++)
			KUNIT_EXPECT_EQ(test,
					pte_pfn(mmk_pte(m->mm, m->src +
							i * PAGE_SIZE)),
					pfn + i);
	}
	MMK_EXPECT_MM_HOLDS(test, m->mm, m->src, MMK_HUGE_PAGES, SEED);
}

/* Else the first case that reads a huge page would seem to leak it. */
static int huge_zero_prepare(struct kunit_suite *suite)
{
	mmk_huge_zero_get();
	return 0;
}

static struct kunit_case uffd_move_huge_cases[] = {
	KUNIT_CASE_PARAM(huge_page_moves_whole, whole_gen_params),
	KUNIT_CASE(huge_zero_page_moves),
	KUNIT_CASE(page_of_the_huge_zero_page_moves),
	KUNIT_CASE_PARAM(part_of_large_folio_moves, part_gen_params),
	KUNIT_CASE_PARAM(large_folio_in_use_stays, stays_gen_params),
	{}
};

static struct kunit_suite uffd_move_huge_suite = {
	.name = "uffd_move_huge",
	.suite_init = huge_zero_prepare,
	.init = mmk_case_init,
	.test_cases = uffd_move_huge_cases,
};

kunit_test_suite(uffd_move_huge_suite);
