// SPDX-License-Identifier: GPL-2.0
/*
 * Large folios of tmpfs that go to swap in one piece. ShmemHugePages and Shmem are
 * described in Documentation/filesystems/proc.rst.
 */
#include <kunit/test.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/count.h"
#include "../compat/huge.h"
#include "../compat/swap.h"
#include "../lib/disk.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/wait.h"
#include "large_swap.h"

/**
 * struct lsf - A large folio of tmpfs
 * @l: the folio, and its mapping
 * @swap: the area
 */
struct lsf {
	struct mmk_large l;
	struct mmk_swap *swap;
};

static const struct lsf_size {
	const char *description;
	unsigned int order;
} lsf_sizes[] = {
	{ "order 2", 2 },
	{ "huge page", MMK_MAX_ORDER },
};

KUNIT_ARRAY_PARAM_DESC(lsf, lsf_sizes, description);

static unsigned long swapped(struct lsf *f)
{
	return SHMEM_I(file_inode(f->l.file))->swapped;
}

static void lsf_map(struct kunit *test, struct lsf *f, unsigned int order)
{
	struct mm_struct *mm = mmk_mm_enter(test);

	f->swap = se_area_on(test, false);
	if (order == MMK_MAX_ORDER) {
		f->l = (struct mmk_large){ .mm = mm, .order = order,
					   .nr = MMK_HUGE_PAGES };
		f->l.addr = mmk_map_huge_file(test, mm);
		f->l.file = mmk_vma_at(mm, f->l.addr)->vm_file;
		mmk_fill(test, f->l.addr, f->l.nr, MMK_LARGE_SEED);
	} else {
		mmk_large_map_file(test, &f->l, mm, order);
	}
	lru_add_drain_all();
}

/* Swap the folio out: it is not in the page cache, and in swap in one piece. */
static void lsf_out(struct kunit *test, struct lsf *f)
{
	long out = mmk_mthp_stat(MTHP_STAT_SWPOUT);
	void *slot;

	KUNIT_ASSERT_EQ(test, mmk_pageout(f->l.addr, f->l.nr * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_mthp_stat(MTHP_STAT_SWPOUT), out + 1);
	KUNIT_ASSERT_EQ(test, swapped(f), (unsigned long)f->l.nr);
	KUNIT_EXPECT_EQ(test, f->l.file->f_mapping->nrpages, 0UL);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), (long)f->l.nr);
	slot = xa_load(&f->l.file->f_mapping->i_pages, f->l.nr - 1);
	KUNIT_EXPECT_TRUE(test, xa_is_value(slot));
	f->l.folio = NULL;
	mmk_scrub_free_pages();
}

static void lsf_expect_gone(struct kunit *test, struct lsf *f)
{
	KUNIT_EXPECT_EQ(test, swapped(f), 0UL);
	KUNIT_EXPECT_EQ(test, f->l.file->f_mapping->nrpages, 0UL);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

/**
 * file_goes_out_in_one_piece() - A large folio of tmpfs is swapped out, and read
 *
 * Shmem goes down by its pages and ShmemHugePages by a huge page, if it was one.
 * Each page has its bytes when it is read back, and the file is gone without a
 * trace when it has been truncated.
 *
 * Contract: TS-1
 */
static void file_goes_out_in_one_piece(struct kunit *test)
{
	const struct lsf_size *how = test->param_value;
	long pages, huge, cache;
	struct lsf f;

	lsf_map(test, &f, how->order);
	pages = mmk_node_page_state(NR_SHMEM);
	huge = mmk_node_page_state(NR_SHMEM_THPS);
	cache = mmk_node_page_state(NR_FILE_PAGES);
	lsf_out(test, &f);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_SHMEM), pages - f.l.nr);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_FILE_PAGES),
			cache - f.l.nr);
	/* The item counts pages. */
	KUNIT_EXPECT_EQ(test, huge - mmk_node_page_state(NR_SHMEM_THPS),
			how->order == MMK_MAX_ORDER ? (long)f.l.nr : 0);

	MMK_EXPECT_HOLDS(test, f.l.addr, f.l.nr, MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, swapped(&f), 0UL);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_SHMEM), pages);
	KUNIT_EXPECT_EQ(test, vfs_truncate(&f.l.file->f_path, 0), 0L);
	lsf_expect_gone(test, &f);
}

/**
 * neighbours_of_a_read_page_are_kept() - One page is in the swap cache alone
 *
 * Readahead has brought in the first page of a large folio that is in swap as a whole,
 * the one that the entry of all pages tells of. Reading the others through the file
 * gives their bytes.
 *
 * Contract: TS-1
 */
static void neighbours_of_a_read_page_are_kept(struct kunit *test)
{
	const struct lsf_size *how = test->param_value;
	struct folio *folio;
	softleaf_t entry;
	unsigned int i;
	struct lsf f;
	void *slot;

	lsf_map(test, &f, how->order);
	lsf_out(test, &f);
	se_make_slow();
	slot = xa_load(&f.l.file->f_mapping->i_pages, 0);
	KUNIT_ASSERT_TRUE(test, xa_is_value(slot));
	entry = radix_to_swp_entry(slot);
	folio = swap_cluster_readahead(entry, GFP_HIGHUSER_MOVABLE, mmk_policy(),
				       0);
	KUNIT_ASSERT_NOT_NULL(test, folio);
	folio_wait_locked(folio);
	folio_put(folio);

	for (i = 1; i < 3; i++)
		MMK_EXPECT_PART_HOLDS(test, f.l.mm, f.l.addr + i * PAGE_SIZE, i,
				      1, MMK_LARGE_SEED);
	MMK_EXPECT_HOLDS(test, f.l.addr, f.l.nr, MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, swapped(&f), 0UL);
	KUNIT_EXPECT_EQ(test, vfs_truncate(&f.l.file->f_path, 0), 0L);
	lsf_expect_gone(test, &f);
}

/**
 * removed_file_leaves_no_slot() - Truncation of all that is in swap
 *
 * All of its slots are free, and the file counts no page as swapped.
 *
 * Contract: TS-1
 */
static void removed_file_leaves_no_slot(struct kunit *test)
{
	const struct lsf_size *how = test->param_value;
	struct lsf f;

	lsf_map(test, &f, how->order);
	lsf_out(test, &f);
	KUNIT_ASSERT_EQ(test, vfs_truncate(&f.l.file->f_path, 0), 0L);
	lsf_expect_gone(test, &f);
}

/**
 * part_of_the_file_goes() - A hole is punched in what is in swap
 *
 * Just the slots of the pages that go are free, the file counts the others as
 * swapped, and they have their bytes when they are read.
 *
 * Contract: TS-1
 */
static void part_of_the_file_goes(struct kunit *test)
{
	const struct lsf_size *how = test->param_value;
	unsigned long there;
	unsigned int hole;
	struct lsf f;

	lsf_map(test, &f, how->order);
	lsf_out(test, &f);
	hole = f.l.nr / 4;
	KUNIT_ASSERT_EQ(test, vfs_fallocate(f.l.file, FALLOC_FL_PUNCH_HOLE |
					    FALLOC_FL_KEEP_SIZE,
					    hole * PAGE_SIZE, hole * PAGE_SIZE),
			0);
	/* Pages at the two ends may have been read, alone or with others. */
	there = f.l.file->f_mapping->nrpages;
	KUNIT_EXPECT_EQ(test, swapped(&f) + there,
			(unsigned long)(f.l.nr - hole));
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), (long)swapped(&f));

	MMK_EXPECT_HOLDS(test, f.l.addr, hole, MMK_LARGE_SEED);
	MMK_EXPECT_PART_HOLDS(test, f.l.mm, f.l.addr + 2 * hole * PAGE_SIZE,
			      2 * hole, f.l.nr - 2 * hole, MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, vfs_truncate(&f.l.file->f_path, 0), 0L);
	lsf_expect_gone(test, &f);
}

/**
 * truncation_within_an_entry_ends() - ftruncate() to the middle of what is in swap
 *
 * It comes back; what is behind the new end is gone, slots and all, and what is
 * ahead of it has its bytes.
 *
 * Contract: TS-1
 */
static void truncation_within_an_entry_ends(struct kunit *test)
{
	const struct lsf_size *how = test->param_value;
	unsigned int rest;
	struct lsf f;

	lsf_map(test, &f, how->order);
	lsf_out(test, &f);
	rest = f.l.nr - f.l.nr / 4;
	KUNIT_ASSERT_EQ(test, vfs_truncate(&f.l.file->f_path, rest * PAGE_SIZE),
			0L);
	KUNIT_EXPECT_EQ(test, swapped(&f) + f.l.file->f_mapping->nrpages,
			(unsigned long)rest);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), (long)swapped(&f));
	MMK_EXPECT_HOLDS(test, f.l.addr, rest, MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, vfs_truncate(&f.l.file->f_path, 0), 0L);
	lsf_expect_gone(test, &f);
}

/**
 * swapoff_brings_the_file_back() - swapoff
 *
 * Each page is in the page cache again, with its bytes.
 *
 * Contract: TS-1
 */
static void swapoff_brings_the_file_back(struct kunit *test)
{
	const struct lsf_size *how = test->param_value;
	struct lsf f;

	lsf_map(test, &f, how->order);
	lsf_out(test, &f);
	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, f.swap));
	KUNIT_EXPECT_EQ(test, swapped(&f), 0UL);
	KUNIT_EXPECT_EQ(test, f.l.file->f_mapping->nrpages,
			(unsigned long)f.l.nr);
	MMK_EXPECT_HOLDS(test, f.l.addr, f.l.nr, MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, vfs_truncate(&f.l.file->f_path, 0), 0L);
	lsf_expect_gone(test, &f);
}

static struct kunit_case large_swap_tmpfs_cases[] = {
	KUNIT_CASE_PARAM(file_goes_out_in_one_piece, lsf_gen_params),
	KUNIT_CASE_PARAM(neighbours_of_a_read_page_are_kept, lsf_gen_params),
	KUNIT_CASE_PARAM(removed_file_leaves_no_slot, lsf_gen_params),
	KUNIT_CASE_PARAM(part_of_the_file_goes, lsf_gen_params),
	KUNIT_CASE_PARAM(truncation_within_an_entry_ends, lsf_gen_params),
	KUNIT_CASE_PARAM(swapoff_brings_the_file_back, lsf_gen_params),
	{}
};

static struct kunit_suite large_swap_tmpfs_suite = {
	.name = "large_swap_tmpfs",
	.init = mmk_case_init,
	.test_cases = large_swap_tmpfs_cases,
};

kunit_test_suite(large_swap_tmpfs_suite);
