// SPDX-License-Identifier: GPL-2.0
/*
 * UFFDIO_MOVE of one page. The man page, UFFDIO_MOVE(2const), says what to
 * expect: an exclusive page that is not pinned moves as it is. Any other page
 * is refused, and everything is as before.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/leaf.h"
#include "../compat/mm.h"
#include "../compat/rmap.h"
#include "../compat/swap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "mover.h"

/* The page that is moved. Its neighbours have to stay. */
#define PAGE	3

static unsigned long src_of(struct mover *m)
{
	return m->src + PAGE * PAGE_SIZE;
}

static unsigned long dst_of(struct mover *m)
{
	return m->dst + PAGE * PAGE_SIZE;
}

static void expect_neighbours_stay(struct kunit *test, struct mover *m)
{
	MMK_EXPECT_PTE(test, m->mm, src_of(m) - PAGE_SIZE, PRESENT);
	MMK_EXPECT_PTE(test, m->mm, src_of(m) + PAGE_SIZE, PRESENT);
	MMK_EXPECT_PTE(test, m->mm, dst_of(m) - PAGE_SIZE, NONE);
	MMK_EXPECT_PTE(test, m->mm, dst_of(m) + PAGE_SIZE, NONE);
}

/* Swapped out, and read again: it stays in the swap cache. */
static void swap_in_again(struct kunit *test, struct mover *m)
{
	mmk_swap_on_watched(test, true);
	KUNIT_ASSERT_EQ(test, mmk_pageout(src_of(m), PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, m->mm, src_of(m), SWAP);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(m->mm, src_of(m), false), 0);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(mmk_pte_folio(test, m->mm,
								   src_of(m))));
}

/**
 * struct present_case - A page that is mapped, and moves
 * @description: what is special about it
 * @swapcache: it has been swapped out and in again
 * @young: the pte is young
 * @dirty: the pte is dirty
 */
struct present_case {
	const char *description;
	bool swapcache;
	bool young;
	bool dirty;
};

static const struct present_case present_cases[] = {
	{ "young, dirty", false, true, true },
	{ "young, clean", false, true, false },
	{ "old, dirty", false, false, true },
	{ "old, clean", false, false, false },
	{ "in the swap cache, dirty", true, true, true },
	{ "in the swap cache, clean", true, true, false },
};

KUNIT_ARRAY_PARAM_DESC(present, present_cases, description);

/**
 * exclusive_page_moves() - A page that is not shared
 *
 * The call returns 0, and the move field has the number of bytes moved. The
 * same page is mapped in the new place, writable, and dirty if it was. No folio
 * flag, reference, mapcount or RSS has changed. The reverse map finds the page
 * in the new place. Nothing is left in the old place, nor in the TLB. The page
 * was tried once, and MMU notifiers were told of it alone.
 *
 * Contract: UM-1
 */
static void exclusive_page_moves(struct kunit *test)
{
	const struct present_case *c = test->param_value;
	struct mover *m = um_create(test);
	struct mmk_page_state before;
	struct mmk_mm_state rss;
	struct um_move *move;

	if (c->swapcache)
		swap_in_again(test, m);
	mmk_pte_set_flags(test, m->mm, src_of(m), c->young, c->dirty);
	folio_clear_dirty(mmk_pte_folio(test, m->mm, src_of(m)));
	mmk_page_snapshot(test, &before, m->mm, src_of(m));
	KUNIT_ASSERT_TRUE(test, before.state.anon_exclusive);
	mmk_mm_snapshot(m->mm, &rss);
	mmk_tlb_forget(m->mm);

	move = um_move(test, m, PAGE, 1, 0);
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	KUNIT_EXPECT_TRUE(test, mmk_tlb_flushed(m->mm, src_of(m),
						src_of(m) + PAGE_SIZE));
	um_expect_page_moved(test, m, &before, dst_of(m));
	mmk_expect_mm_same(test, "moved", m->mm, &rss);
	expect_neighbours_stay(test, m);
	KUNIT_EXPECT_EQ(test, m->watch.tries, 1U);
	KUNIT_EXPECT_EQ(test, (int)m->watch.event, (int)MMU_NOTIFY_CLEAR);
	KUNIT_EXPECT_EQ(test, m->watch.start, src_of(m));
	KUNIT_EXPECT_EQ(test, m->watch.end, src_of(m) + PAGE_SIZE);
	MMK_EXPECT_PART_HOLDS(test, m->mm, dst_of(m), PAGE, 1, SEED);
	/* What was there is gone, and not only out of sight. */
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(m->mm, src_of(m), 0), 0);
	MMK_EXPECT_PART_HOLDS(test, m->mm, dst_of(m), PAGE, 1, SEED);
}

/**
 * page_moves_within_vma() - Source and destination in the same VMA
 *
 * Contract: UM-1
 */
static void page_moves_within_vma(struct kunit *test)
{
	struct mover *m = um_create(test);
	struct mmk_page_state before;
	struct uffdio_move args = {
		.dst = m->src + (UM_PAGES - 1) * PAGE_SIZE,
		.src = src_of(m),
		.len = PAGE_SIZE,
	};
	struct um_move *move;

	KUNIT_ASSERT_EQ(test, do_madvise(m->mm, args.dst, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	um_register(test, m, m->src, UM_PAGES * PAGE_SIZE);
	mmk_page_snapshot(test, &before, m->mm, args.src);
	move = um_start(test, m, &args);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	um_expect_page_moved(test, m, &before, args.dst);
	MMK_EXPECT_PART_HOLDS(test, m->mm, args.dst, PAGE, 1, SEED);
}

/**
 * zero_page_moves() - A page that has only been read
 *
 * The new place maps the zero page, not writable and not counted in RSS.
 * Nothing is left in the old place.
 *
 * Contract: UM-1
 */
static void zero_page_moves(struct kunit *test)
{
	struct mover *m = um_create(test);
	struct mmk_mm_state rss;
	struct um_move *move;
	u8 *buf = kunit_kmalloc(test, PAGE_SIZE, GFP_KERNEL);
	pte_t pte;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_ASSERT_EQ(test, do_madvise(m->mm, src_of(m), PAGE_SIZE,
					 MADV_DONTNEED), 0);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(m->mm, src_of(m), false), 0);
	KUNIT_ASSERT_TRUE(test, is_zero_pfn(pte_pfn(mmk_pte(m->mm, src_of(m)))));
	mmk_mm_snapshot(m->mm, &rss);
	mmk_tlb_forget(m->mm);

	move = um_move(test, m, PAGE, 1, 0);
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	KUNIT_EXPECT_TRUE(test, mmk_tlb_flushed(m->mm, src_of(m),
						src_of(m) + PAGE_SIZE));
	MMK_EXPECT_PTE(test, m->mm, src_of(m), NONE);
	pte = mmk_pte(m->mm, dst_of(m));
	KUNIT_EXPECT_TRUE(test, pte_present(pte) && is_zero_pfn(pte_pfn(pte)));
	KUNIT_EXPECT_FALSE(test, pte_write(pte));
	mmk_expect_mm_same(test, "moved", m->mm, &rss);
	KUNIT_EXPECT_EQ(test, copy_from_user(buf, (void __user *)dst_of(m),
					     PAGE_SIZE), 0UL);
	KUNIT_EXPECT_NULL(test, memchr_inv(buf, 0, PAGE_SIZE));
	/* A write makes it a page of its own. */
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(m->mm, dst_of(m), 1), 0);
	KUNIT_EXPECT_FALSE(test, is_zero_pfn(pte_pfn(mmk_pte(m->mm,
							     dst_of(m)))));
}

/**
 * struct swapped_case - A page that has been swapped out
 * @description: what is special about it
 * @cached: its folio is in the swap cache
 * @dirty: the folio is dirty
 */
struct swapped_case {
	const char *description;
	bool cached;
	bool dirty;
};

static const struct swapped_case swapped_cases[] = {
	{ "not in the cache" },
	{ "in the cache, clean", true, false },
	{ "in the cache, dirty", true, true },
};

KUNIT_ARRAY_PARAM_DESC(swapped, swapped_cases, description);

/**
 * swapped_page_moves() - A page that is not in memory, or in the swap cache
 *
 * The swap entry is in the new place, still exclusive, and its slot is used
 * once. A folio in the swap cache belongs to the new VMA, has the index of the
 * new address, and keeps its dirty flag and references. A write there maps the
 * page with its bytes, without a copy.
 *
 * Contract: UM-1
 */
static void swapped_page_moves(struct kunit *test)
{
	const struct swapped_case *c = test->param_value;
	struct mover *m = um_create(test);
	struct folio *folio = mmk_pte_folio(test, m->mm, src_of(m));
	struct mmk_folio_state state;
	struct mmk_mm_state rss;
	struct vm_area_struct *vma;
	struct um_move *move;
	softleaf_t entry;
	pte_t pte;

	mmk_swap_on_watched(test, true);
	if (c->cached)
		mmk_folio_get(test, folio);
	KUNIT_ASSERT_EQ(test, mmk_pageout(src_of(m), PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, m->mm, src_of(m), SWAP);
	entry = softleaf_from_pte(mmk_pte(m->mm, src_of(m)));
	if (c->cached) {
		KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
		/* Somebody has a reference: it has not been written. */
		KUNIT_ASSERT_TRUE(test, folio_test_dirty(folio));
		if (!c->dirty)
			folio_clear_dirty(folio);
		mmk_folio_snapshot(folio, &state);
	}
	mmk_mm_snapshot(m->mm, &rss);

	move = um_move(test, m, PAGE, 1, 0);
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, m->watch.tries, 1U);
	MMK_EXPECT_PTE(test, m->mm, src_of(m), NONE);
	MMK_EXPECT_PTE(test, m->mm, dst_of(m), SWAP);
	pte = mmk_pte(m->mm, dst_of(m));
	KUNIT_EXPECT_EQ(test, softleaf_from_pte(pte).val, entry.val);
	KUNIT_EXPECT_TRUE(test, pte_swp_exclusive(pte));
	KUNIT_EXPECT_EQ(test, mmk_swap_count(entry), 1);
	mmk_expect_mm_same(test, "moved", m->mm, &rss);
	expect_neighbours_stay(test, m);
	if (c->cached) {
		vma = mmk_vma_at(m->mm, dst_of(m));
		state.mapping = (unsigned long)vma->anon_vma |
				FOLIO_MAPPING_ANON;
		state.index = dst_of(m) >> PAGE_SHIFT;
		mmk_expect_folio_same(test, "moved", folio, &state);
	}
	/* Newer kernels leave it there although it has been written. */
	folio = mmk_swap_cache_get(entry);
	if (!IS_ERR_OR_NULL(folio)) {
		um_expect_anon(test, m, folio, dst_of(m));
		folio_put(folio);
	}

	KUNIT_EXPECT_EQ(test, mmk_fault_in(m->mm, dst_of(m), true), 0);
	MMK_EXPECT_PTE(test, m->mm, dst_of(m), PRESENT);
	KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(m->mm, dst_of(m))));
	MMK_EXPECT_PART_HOLDS(test, m->mm, dst_of(m), PAGE, 1, SEED);
	um_expect_rmap(test, m, mmk_pte_folio(test, m->mm, dst_of(m)),
		       dst_of(m));
}

/**
 * hole_counts_as_moved() - UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES
 *
 * A page that is not there counts as moved. Both places are empty afterwards.
 *
 * Contract: UM-1
 */
static void hole_counts_as_moved(struct kunit *test)
{
	struct mover *m = um_create(test);
	struct mmk_mm_state rss;
	struct um_move *move;

	KUNIT_ASSERT_EQ(test, do_madvise(m->mm, src_of(m), PAGE_SIZE,
					 MADV_DONTNEED), 0);
	mmk_mm_snapshot(m->mm, &rss);
	move = um_move(test, m, PAGE, 1, UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES);
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	MMK_EXPECT_PTE(test, m->mm, src_of(m), NONE);
	MMK_EXPECT_PTE(test, m->mm, dst_of(m), NONE);
	mmk_expect_mm_same(test, "hole", m->mm, &rss);
	expect_neighbours_stay(test, m);
}

static void make_shared(struct kunit *test, struct mover *m,
			struct mmk_dev *dev)
{
	mmk_fork(test);
}

static void make_shared_before(struct kunit *test, struct mover *m,
			       struct mmk_dev *dev)
{
	struct mm_struct *child = mmk_fork(test);

	/* Only this mm maps it now, but the page is not marked exclusive. */
	mmk_mm_put(test, child);
}

static void make_pinned(struct kunit *test, struct mover *m,
			struct mmk_dev *dev)
{
	mmk_pin(test, src_of(m), FOLL_WRITE);
}

static void make_hole(struct kunit *test, struct mover *m, struct mmk_dev *dev)
{
	KUNIT_ASSERT_EQ(test, do_madvise(m->mm, src_of(m), PAGE_SIZE,
					 MADV_DONTNEED), 0);
}

static void make_swapped_shared(struct kunit *test, struct mover *m,
				struct mmk_dev *dev)
{
	mmk_swap_on_watched(test, true);
	KUNIT_ASSERT_EQ(test, mmk_pageout(src_of(m), PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, m->mm, src_of(m), SWAP);
	mmk_fork(test);
}

static void make_cached_shared(struct kunit *test, struct mover *m,
			       struct mmk_dev *dev)
{
	mmk_folio_get(test, mmk_pte_folio(test, m->mm, src_of(m)));
	make_swapped_shared(test, m, dev);
}

static void make_device_private(struct kunit *test, struct mover *m,
				struct mmk_dev *dev)
{
	mmk_migrate_to_dev(test, m->mm, src_of(m), dev);
	MMK_EXPECT_PTE(test, m->mm, src_of(m), DEVICE_PRIVATE_WRITE);
}

static void make_dst_present(struct kunit *test, struct mover *m,
			     struct mmk_dev *dev)
{
	mmk_uffd_zero(test, m->uffd, dst_of(m));
	MMK_EXPECT_PTE(test, m->mm, dst_of(m), PRESENT);
}

static void make_dst_swapped(struct kunit *test, struct mover *m,
			     struct mmk_dev *dev)
{
	struct uffdio_copy copy = {
		.dst = dst_of(m),
		.src = src_of(m),
		.len = PAGE_SIZE,
	};

	KUNIT_ASSERT_EQ(test, mmk_uffd_ioctl(test, m->uffd, UFFDIO_COPY, &copy),
			0L);
	mmk_swap_on(test);
	KUNIT_ASSERT_EQ(test, mmk_pageout(dst_of(m), PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, m->mm, dst_of(m), SWAP);
}

/**
 * struct refused_case - A page that is not moved
 * @description: why not
 * @make: prepares the page
 * @error: the error of the man page, or 0 if it has none
 */
struct refused_case {
	const char *description;
	void (*make)(struct kunit *test, struct mover *m, struct mmk_dev *dev);
	long error;
};

static const struct refused_case refused_cases[] = {
	{ "shared with a child", make_shared, -EBUSY },
	{ "shared with a child that has exited", make_shared_before, -EBUSY },
	{ "pinned", make_pinned, -EBUSY },
	{ "hole", make_hole, -ENOENT },
	{ "swapped out, shared", make_swapped_shared, -EBUSY },
	{ "in the swap cache, shared", make_cached_shared, -EBUSY },
	{ "device-private", make_device_private, 0 },
	{ "destination mapped", make_dst_present, -EEXIST },
	{ "destination swapped out", make_dst_swapped, -EEXIST },
};

KUNIT_ARRAY_PARAM_DESC(refused, refused_cases, description);

/**
 * refused_page_stays() - It is shared, pinned, or not there
 *
 * The return value and the move field have the error of the man page. Both
 * ptes, the folio, its references and RSS are as before. Where the man page has
 * no error, as for a page of a device, the error is not -EAGAIN: to try again
 * would not help.
 *
 * Contract: UM-1
 */
static void refused_page_stays(struct kunit *test)
{
	const struct refused_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mover *m = um_create(test);
	struct mmk_page_state before = {};
	struct mmk_mm_state rss;
	pte_t src, dst;
	struct um_move *move;
	bool page;

	c->make(test, m, dev);
	page = mmk_pte_page(m->mm, src_of(m));
	if (page)
		mmk_page_snapshot(test, &before, m->mm, src_of(m));
	src = mmk_pte(m->mm, src_of(m));
	dst = mmk_pte(m->mm, dst_of(m));
	mmk_mm_snapshot(m->mm, &rss);

	move = um_move(test, m, PAGE, 1, 0);
	KUNIT_EXPECT_LT(test, move->ret, 0L);
	KUNIT_EXPECT_NE(test, move->ret, -EAGAIN);
	KUNIT_EXPECT_EQ(test, move->moved, (s64)move->ret);
	if (c->error)
		KUNIT_EXPECT_EQ(test, move->ret, c->error);
	KUNIT_EXPECT_LE(test, m->watch.tries, 1U);
	if (page)
		mmk_expect_page_same(test, "refused", &before);
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(m->mm, src_of(m)), src));
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(m->mm, dst_of(m)), dst));
	mmk_expect_mm_same(test, "refused", m->mm, &rss);
	if (c->error == -ENOENT)
		return;
	MMK_EXPECT_PART_HOLDS(test, m->mm, src_of(m), PAGE, 1, SEED);
}

static struct kunit_case uffd_move_page_cases[] = {
	KUNIT_CASE_PARAM(exclusive_page_moves, present_gen_params),
	KUNIT_CASE(page_moves_within_vma),
	KUNIT_CASE(zero_page_moves),
	KUNIT_CASE_PARAM(swapped_page_moves, swapped_gen_params),
	KUNIT_CASE(hole_counts_as_moved),
	KUNIT_CASE_PARAM(refused_page_stays, refused_gen_params),
	{}
};

static struct kunit_suite uffd_move_page_suite = {
	.name = "uffd_move_page",
	.init = mmk_case_init,
	.test_cases = uffd_move_page_cases,
};

kunit_test_suite(uffd_move_page_suite);
