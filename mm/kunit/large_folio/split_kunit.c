// SPDX-License-Identifier: GPL-2.0
/*
 * Large folios of files that are split, and reach behind the end of the file.
 */
#include <kunit/test.h>
#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../compat/huge.h"
#include "../compat/param.h"
#include "../lib/guard.h"
#include "../lib/large.h"
#include "../lib/mm.h"

/**
 * struct eof_way - A folio of a file, and the pieces that it is split to
 * @order: of the folio
 * @piece: of the pieces
 */
struct eof_way {
	unsigned int order;
	unsigned int piece;
};

static struct eof_way eof_way;

/* Order 1 is not in use by all kernels. */
MMK_GEN_PARAMS(eof)
{
	if (!prev) {
		eof_way = (struct eof_way){ .order = 3, .piece = 0 };
	} else {
		eof_way.piece += eof_way.piece ? 1 : 2;
		if (eof_way.piece >= eof_way.order) {
			eof_way.order += 3;
			eof_way.piece = 0;
		}
	}
	if (eof_way.order > MMK_MAX_ORDER)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %u to %u", eof_way.order,
		 eof_way.piece);
	return &eof_way;
}

static const struct file_operations eof_fops = { };

static void eof_file_release(void *file)
{
	fput(file);
}

/* A file in the page cache that no filesystem writes back, with one folio */
static struct address_space *eof_file(struct kunit *test, unsigned int order,
				      struct folio **folio)
{
	struct file *file = anon_inode_create_getfile("[mmk-eof]", &eof_fops,
						      NULL, O_RDWR, NULL);
	struct address_space *mapping;

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, eof_file_release,
							file), 0);
	mapping = file_inode(file)->i_mapping;
	mapping_set_large_folios(mapping);
	i_size_write(mapping->host, PAGE_SIZE << order);
	*folio = folio_alloc(GFP_KERNEL, order);
	KUNIT_ASSERT_NOT_NULL(test, *folio);
	if (filemap_add_folio(mapping, *folio, 0, GFP_KERNEL)) {
		folio_put(*folio);
		KUNIT_FAIL_AND_ABORT(test, "not in the page cache");
	}
	folio_mark_uptodate(*folio);
	folio_unlock(*folio);
	lru_add_drain_all();
	KUNIT_ASSERT_EQ(test, folio_ref_count(*folio), 1 + (1 << order));
	return mapping;
}

/* The first page that is not what it should be: before the end, or free */
static unsigned int eof_pages_right(struct address_space *mapping,
				    unsigned long pfn, const struct eof_way *w,
				    unsigned int end)
{
	unsigned int i, nr = 1U << w->order;

	for (i = 0; i < nr; i++) {
		struct folio *folio = xa_load(&mapping->i_pages, i);
		struct page *page = pfn_to_page(pfn + i);

		if (i >= end) {
			if (folio || page_ref_count(compound_head(page)))
				break;
			continue;
		}
		if (folio != page_folio(page) ||
		    folio_order(folio) != w->piece ||
		    folio_ref_count(folio) != 1 << w->piece ||
		    folio_test_locked(folio))
			break;
	}
	return i;
}

/**
 * pieces_behind_the_end_of_a_file_are_freed() - A split drops them
 *
 * A folio reaches behind the end of its file, which is in its middle. When it is split, the
 * pieces behind the end leave the page cache, with all of the references that it had on
 * them, and are free. Those before the end are in their slots, with a reference for each
 * page. NR_FILE_PAGES counts what is left.
 *
 * Contract: LF-7
 */
static void pieces_behind_the_end_of_a_file_are_freed(struct kunit *test)
{
	const struct eof_way *w = test->param_value;
	unsigned int nr = 1U << w->order, end = nr / 2;
	struct address_space *mapping;
	struct folio *folio;
	unsigned long pfn;
	long pages;
	int ret;

	mapping = eof_file(test, w->order, &folio);
	pfn = folio_pfn(folio);
	pages = mmk_node_page_state(NR_FILE_PAGES);
	i_size_write(mapping->host, end * PAGE_SIZE);
	folio_lock(folio);
	ret = split_huge_page_to_list_to_order(&folio->page, NULL, w->piece);
	folio_unlock(folio);
	folio_put(folio);
	KUNIT_ASSERT_EQ(test, ret, 0);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ_MSG(test, eof_pages_right(mapping, pfn, w, end), nr,
			    "first page that is not right");
	KUNIT_EXPECT_EQ(test, mapping->nrpages, (unsigned long)end);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_FILE_PAGES),
			pages - (long)(nr - end));
	truncate_inode_pages(mapping, 0);
	KUNIT_EXPECT_EQ(test, mapping->nrpages, 0UL);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_FILE_PAGES),
			pages - (long)nr);
}

/**
 * folio_that_left_its_file_is_not_split() - Truncated while it was waited for
 *
 * A folio has left the page cache by the time that its lock is there: -EBUSY, as the comment
 * of split_huge_page_to_list_to_order() has it for a truncation. The folio is whole, locked,
 * and has the one reference of the caller.
 *
 * Contract: LF-7
 */
static void folio_that_left_its_file_is_not_split(struct kunit *test)
{
	const struct eof_way *w = test->param_value;
	struct address_space *mapping;
	struct folio *folio;

	mapping = eof_file(test, w->order, &folio);
	folio_lock(folio);
	filemap_remove_folio(folio);
	KUNIT_ASSERT_EQ(test, mapping->nrpages, 0UL);
	KUNIT_ASSERT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_EQ(test, split_huge_page_to_list_to_order(&folio->page,
							       NULL, w->piece),
			-EBUSY);
	KUNIT_EXPECT_TRUE(test, folio_test_locked(folio));
	KUNIT_EXPECT_EQ(test, folio_order(folio), w->order);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	folio_unlock(folio);
	folio_put(folio);
}

/* Every order of tmpfs */
MMK_GEN_PARAMS(tmpfs)
{
	if (!prev)
		eof_way = (struct eof_way){ .order = MMK_MIN_ORDER };
	else
		eof_way.order++;
	if (eof_way.order > MMK_MAX_ORDER)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %u", eof_way.order);
	return &eof_way;
}

/**
 * tmpfs_folio_behind_the_end_is_split() - Truncated while its folio was held
 *
 * A folio that somebody holds cannot be split when the file is truncated in its middle. A
 * migration without large memory splits it later. The pages behind the end are free, and no
 * longer accounted: not in the page cache, not to the inode. The pages before it move, and
 * hold their bytes.
 *
 * Contract: LF-7, LF-3
 */
static void tmpfs_folio_behind_the_end_is_split(struct kunit *test)
{
	const struct eof_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct shmem_inode_info *info;
	struct address_space *mapping;
	unsigned int i, end;
	unsigned long pfn;
	struct mmk_large l;
	LIST_HEAD(pieces);
	struct folio *from;
	long pages, shmem;
	int ret;

	mmk_large_map_file(test, &l, mm, w->order);
	end = l.nr / 2;
	mapping = l.file->f_mapping;
	info = SHMEM_I(mapping->host);
	from = l.folio;
	pfn = folio_pfn(from);
	pages = mmk_node_page_state(NR_FILE_PAGES);
	shmem = mmk_node_page_state(NR_SHMEM);
	KUNIT_ASSERT_EQ(test, vm_munmap(l.addr, PAGE_SIZE << w->order), 0);
	folio_get(from);
	/* Held, so that it stays whole. */
	folio_get(from);
	KUNIT_ASSERT_EQ(test, vfs_truncate(&l.file->f_path, end * PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, folio_order(from), w->order);
	folio_put(from);
	folio_lock(from);
	ret = split_folio(from);
	folio_unlock(from);
	folio_put(from);
	KUNIT_ASSERT_EQ(test, ret, 0);
	lru_add_drain_all();
	for (i = 0; i < l.nr; i++) {
		int refs = i < end ? 1 : 0;

		if (page_ref_count(pfn_to_page(pfn + i)) != refs ||
		    !!xa_load(&mapping->i_pages, i) != refs)
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, l.nr, "first page that is not right");
	KUNIT_EXPECT_EQ(test, mapping->nrpages, (unsigned long)end);
	KUNIT_EXPECT_EQ(test, info->alloced, (unsigned long)end);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_FILE_PAGES),
			pages - (long)(l.nr - end));
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_SHMEM),
			shmem - (long)(l.nr - end));
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_SHMEM_THPS), 0L);
}

static struct kunit_case large_folio_split_cases[] = {
	KUNIT_CASE_PARAM(pieces_behind_the_end_of_a_file_are_freed,
			 eof_gen_params),
	KUNIT_CASE_PARAM(folio_that_left_its_file_is_not_split, eof_gen_params),
	KUNIT_CASE_PARAM(tmpfs_folio_behind_the_end_is_split, tmpfs_gen_params),
	{}
};

static struct kunit_suite large_folio_split_suite = {
	.name = "large_folio_split",
	.init = mmk_case_init,
	.test_cases = large_folio_split_cases,
};

kunit_test_suite(large_folio_split_suite);
