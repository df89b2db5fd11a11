// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_pages() with pages of hugetlb: what it moves, and what it leaves as it
 * was. Reservations are told of in Documentation/mm/hugetlbfs_reserv.rst.
 */
#include <kunit/test.h>
#include <linux/hugetlb.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/hugetlb.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "hugetlb.h"

/**
 * struct move_case - A page, and who else has it
 * @description: for the KTAP line
 * @shared: it is mapped shared
 * @child: a child shares it
 * @options: of the mount
 * @mode: of migrate_pages()
 */
struct move_case {
	const char *description;
	bool shared;
	bool child;
	const char *options;
	enum migrate_mode mode;
};

static const struct move_case move_cases[] = {
	{ "private", false, false, "", MIGRATE_SYNC },
	{ "private, asynchronously", false, false, "", MIGRATE_ASYNC },
	{ "private, with a child", false, true, "", MIGRATE_SYNC },
	{ "shared", true, false, "", MIGRATE_SYNC },
	{ "shared, with a child", true, true, "", MIGRATE_SYNC },
	{ "shared, few pages", true, false, "size=8M,min_size=4M",
	  MIGRATE_SYNC },
};

KUNIT_ARRAY_PARAM_DESC(move, move_cases, description);

/*
 * Returns what migrate_pages() returns for the page. @succeeded is the number of pages,
 * as it is for other large folios.
 */
static int move(struct kunit *test, struct ht *ht, enum migrate_mode mode,
		unsigned int *succeeded)
{
	struct migration_target_control target = {
		.nid = NUMA_NO_NODE,
		.gfp_mask = GFP_USER | __GFP_MOVABLE,
		.reason = MR_SYSCALL,
	};
	LIST_HEAD(list);
	int ret;

	KUNIT_ASSERT_TRUE(test, folio_isolate_hugetlb(ht->folio, &list));
	ret = migrate_pages(&list, alloc_migration_target, NULL,
			    (unsigned long)&target, mode, MR_SYSCALL,
			    succeeded);
	KUNIT_EXPECT_EQ(test, list_empty(&list), !ret);
	if (!list_empty(&list))
		putback_movable_pages(&list);
	return ret;
}

static unsigned long flags_of(struct folio *folio)
{
	unsigned long flags = 0;

	flags |= folio_test_hugetlb_migratable(folio) ? BIT(0) : 0;
	flags |= folio_test_hugetlb_temporary(folio) ? BIT(1) : 0;
	flags |= folio_test_hugetlb_restore_reserve(folio) ? BIT(2) : 0;
	flags |= folio_test_hugetlb_freed(folio) ? BIT(3) : 0;
	flags |= folio_test_uptodate(folio) ? BIT(4) : 0;
	return flags;
}

/**
 * page_moves_with_all_it_has() - A page is moved
 *
 * Return value, bytes, mappings, subpool, flags and the counters of the pool are
 * what they have to be: nothing changes but where the page is. Afterwards its
 * owner can give it back, and all is as if there had been no page.
 *
 * Contract: HT-1
 */
static void page_moves_with_all_it_has(struct kunit *test)
{
	const struct move_case *how = test->param_value;
	struct hugepage_subpool *spool;
	struct ht_pool before, after;
	struct mm_struct *child = NULL;
	unsigned int succeeded = 0;
	unsigned long flags, index;
	struct folio *old, *now;
	int mapped, refs;
	struct ht ht;

	ht_map(test, &ht, 1, how->shared, how->options);
	if (how->child) {
		child = mmk_fork(test);
		KUNIT_ASSERT_EQ(test, mmk_fault_in(child, ht.addr, false), 0);
	}
	old = ht.folio;
	ht_pool(&ht, &before);
	flags = flags_of(old);
	spool = hugetlb_folio_subpool(old);
	index = old->index;
	mapped = folio_mapcount(old);
	refs = folio_ref_count(old);

	KUNIT_EXPECT_EQ(test, move(test, &ht, how->mode, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, MMK_HUGE_PAGES);
	KUNIT_ASSERT_TRUE(test, pte_present(ht_pte(ht.mm, ht.addr)));
	now = page_folio(pte_page(ht_pte(ht.mm, ht.addr)));
	KUNIT_EXPECT_PTR_NE(test, now, old);
	ht_expect_mapped(test, ht.mm, ht.addr, now, how->shared || !child);
	if (child)
		ht_expect_mapped(test, child, ht.addr, now, how->shared);
	KUNIT_EXPECT_EQ(test, folio_mapcount(now), mapped);
	KUNIT_EXPECT_EQ(test, folio_ref_count(now), refs);
	KUNIT_EXPECT_EQ(test, now->index, index);
	KUNIT_EXPECT_EQ(test, flags_of(now), flags);
	KUNIT_EXPECT_PTR_EQ(test, hugetlb_folio_subpool(now), spool);
	KUNIT_EXPECT_EQ(test, ht_usage(ht.mm), 1L);
	MMK_EXPECT_HOLDS(test, ht.addr, MMK_HUGE_PAGES, HT_SEED);
	ht_expect_pool(test, "once it is moved", &ht, &before);
	/* The old one is no longer a page of hugetlb. */
	KUNIT_EXPECT_FALSE(test, folio_test_hugetlb(old));

	if (child)
		mmk_mm_put(test, child);
	KUNIT_EXPECT_EQ(test, vm_munmap(ht.addr, HPAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vfs_truncate(&ht.file->f_path, 0), 0L);
	ht_pool(&ht, &after);
	KUNIT_EXPECT_EQ(test, after.nr - after.free, 0UL);
	KUNIT_EXPECT_EQ(test, after.reserved, after.held);
	KUNIT_EXPECT_EQ(test, after.used, 0L);
}

/**
 * page_in_use_stays() - A page that somebody has pinned
 *
 * migrate_pages() counts it as not moved; it is mapped as before, can be isolated
 * again, and moves once it is unpinned.
 *
 * Contract: HT-1
 */
static void page_in_use_stays(struct kunit *test)
{
	const struct move_case *how = test->param_value;
	struct ht_pool before;
	unsigned int succeeded = 0;
	unsigned long flags;
	struct page *page;
	struct folio *old;
	struct ht ht;
	int refs;

	if (how->child)
		kunit_skip(test, "a child gets a copy of a pinned page");
	ht_map(test, &ht, 1, how->shared, how->options);
	page = mmk_pin(test, ht.addr, FOLL_WRITE);
	old = ht.folio;
	ht_pool(&ht, &before);
	flags = flags_of(old);
	refs = folio_ref_count(old);

	KUNIT_EXPECT_EQ(test, move(test, &ht, how->mode, &succeeded), 1);
	KUNIT_EXPECT_EQ(test, succeeded, 0);
	ht_expect_mapped(test, ht.mm, ht.addr, old, true);
	KUNIT_EXPECT_EQ(test, folio_ref_count(old), refs);
	KUNIT_EXPECT_EQ(test, folio_mapcount(old), 1);
	KUNIT_EXPECT_EQ(test, flags_of(old), flags);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(old));
	ht_expect_pool(test, "while it is pinned", &ht, &before);
	MMK_EXPECT_HOLDS(test, ht.addr, MMK_HUGE_PAGES, HT_SEED);

	mmk_unpin(test, page);
	KUNIT_EXPECT_EQ(test, move(test, &ht, how->mode, &succeeded), 0);
	KUNIT_EXPECT_EQ(test, succeeded, MMK_HUGE_PAGES);
	ht_expect_pool(test, "afterwards", &ht, &before);
	MMK_EXPECT_HOLDS(test, ht.addr, MMK_HUGE_PAGES, HT_SEED);
}

/**
 * isolated_page_is_nobody_elses() - A page is isolated twice
 *
 * The second isolation fails, as the first one has it; after it was put back, it
 * can be isolated again.
 *
 * Contract: HT-1
 */
static void isolated_page_is_nobody_elses(struct kunit *test)
{
	LIST_HEAD(list);
	LIST_HEAD(other);
	struct ht ht;
	int refs, i;

	ht_map(test, &ht, 1, false, "");
	refs = folio_ref_count(ht.folio);
	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_TRUE(test, folio_isolate_hugetlb(ht.folio, &list));
		KUNIT_EXPECT_EQ(test, folio_ref_count(ht.folio), refs + 1);
		KUNIT_EXPECT_FALSE(test, folio_isolate_hugetlb(ht.folio,
							       &other));
		KUNIT_EXPECT_TRUE(test, list_empty(&other));
		putback_movable_pages(&list);
		KUNIT_EXPECT_TRUE(test, list_empty(&list));
		KUNIT_EXPECT_EQ(test, folio_ref_count(ht.folio), refs);
	}
}

/**
 * migrate_vma_refuses_hugetlb() - migrate_vma_setup() in such a VMA
 *
 * It is -EINVAL, as kernel-doc says, and nothing is touched.
 *
 * Contract: HT-1
 */
static void migrate_vma_refuses_hugetlb(struct kunit *test)
{
	struct mmk_vma *m;
	struct ht ht;
	int refs;

	ht_map(test, &ht, 1, false, "");
	refs = folio_ref_count(ht.folio);
	m = mmk_vma_alloc(test, ht.mm, ht.addr, 4, MIGRATE_VMA_SELECT_SYSTEM,
			  NULL);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), -EINVAL);
	ht_expect_mapped(test, ht.mm, ht.addr, ht.folio, true);
	KUNIT_EXPECT_EQ(test, folio_ref_count(ht.folio), refs);
}

static struct kunit_case hugetlb_migrate_cases[] = {
	KUNIT_CASE_PARAM(page_moves_with_all_it_has, move_gen_params),
	KUNIT_CASE_PARAM(page_in_use_stays, move_gen_params),
	KUNIT_CASE(isolated_page_is_nobody_elses),
	KUNIT_CASE(migrate_vma_refuses_hugetlb),
	{}
};

static struct kunit_suite hugetlb_migrate_suite = {
	.name = "hugetlb_migrate",
	.init = mmk_case_init,
	.test_cases = hugetlb_migrate_cases,
};

kunit_test_suite(hugetlb_migrate_suite);
