// SPDX-License-Identifier: GPL-2.0
/*
 * Large folios that ptes map. During a migration each page has its own entry.
 * Afterwards each page is in its place.
 */
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>

#include "../../internal.h"
#include "../compat/param.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"

/**
 * enum whose - A large folio and its mappings
 * @ANON: anonymous, mapped by one mm
 * @ANON_FORKED: anonymous, and shared with a child
 * @ANON_MIXED: anonymous, and shared with a child but for the last quarter
 * @TMPFS: of tmpfs, mapped by two mms
 * @NR_WHOSE: number of them
 */
enum whose {
	ANON,
	ANON_FORKED,
	ANON_MIXED,
	TMPFS,
	NR_WHOSE,
};

static const char * const whose_names[] = { "anon", "forked anon",
					   "anon forked in part", "tmpfs" };

/**
 * struct way - A large folio and a migration
 * @order: of the folio
 * @whose: the folio and its mappings
 * @part: what of it is mapped
 * @move: the migration succeeds
 */
struct way {
	unsigned int order;
	enum whose whose;
	enum mmk_part part;
	bool move;
};

static struct way way;

static void way_name(char *desc, const char *what)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "order %u, %s, %s", way.order,
		 what, way.move ? "moved" : "put back");
}

/* Every order, of anonymous memory and of tmpfs, moved and put back */
MMK_GEN_PARAMS(whole)
{
	if (!prev) {
		way = (struct way){ .order = MMK_MIN_ORDER };
	} else if (!way.move) {
		way.move = true;
	} else {
		way.move = false;
		if (++way.whose == NR_WHOSE) {
			way.whose = ANON;
			way.order++;
		}
	}
	if (way.order > MMK_MAX_ORDER)
		return NULL;
	way_name(desc, whose_names[way.whose]);
	return &way;
}

/* Every order, and every way to map a part of it, moved and put back */
MMK_GEN_PARAMS(part)
{
	if (!prev) {
		way = (struct way){ .order = MMK_MIN_ORDER };
	} else if (!way.move) {
		way.move = true;
	} else {
		way.move = false;
		if (++way.part == MMK_NR_PARTS) {
			way.part = MMK_PART_WHOLE;
			way.order++;
		}
	}
	if (way.order > MMK_MAX_ORDER)
		return NULL;
	way_name(desc, mmk_part_name(way.part));
	return &way;
}

/* Migrate the folio of @l, which is the new one when this returns. */
static void there_and_back(struct kunit *test, struct mmk_large *l, bool move)
{
	struct mmk_large_state *before;
	struct mmk_hold *hold;
	struct folio *from = l->folio;

	mmk_large_vary(test, l);
	before = mmk_large_snapshot(test, l);
	hold = mmk_hold(test, l->folio);
	try_to_migrate(l->folio, 0);
	mmk_expect_large_entries(test, l, before);
	before->folio.dirty = folio_test_dirty(l->folio);

	if (move) {
		l->folio = mmk_hold_copy(test, hold);
		KUNIT_EXPECT_FALSE(test, mmk_large_queued(from));
		/* migrate_pages() queues the new folio. */
		before->queued = false;
		before->counters[MMK_LARGE_COUNTERS - 1] -= before->partial;
		before->partial = false;
	}
	remove_migration_ptes(from, l->folio, 0);
	mmk_hold_finish(test, hold, move);
	mmk_expect_large_same(test, "after it", l, before);
	MMK_EXPECT_FOLIO_HOLDS(test, l->folio, MMK_LARGE_SEED);
}

/**
 * each_page_has_an_entry_of_its_own() - All of a folio is mapped
 *
 * Neighbouring pages are mapped in different ways: read-only, old, clean. Each
 * pte becomes an entry for its page, of the right kind, and young or dirty as
 * the pte was. The folio is dirty if a pte was. Afterwards each pte is as
 * before, at the same index of the folio that is there now. References,
 * mapcounts, exclusive marks, RSS and the other counters are as before.
 *
 * Contract: LF-1
 */
static void each_page_has_an_entry_of_its_own(struct kunit *test)
{
	const struct way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_large l;

	if (w->whose == TMPFS)
		mmk_large_map_file(test, &l, mm, w->order);
	else
		mmk_large_map(test, &l, mm, w->order);
	if (w->whose == ANON_MIXED)
		mmk_large_fork_part(test, &l);
	else if (w->whose != ANON)
		mmk_large_fork(test, &l);
	there_and_back(test, &l, w->move);
}

/**
 * entries_stand_where_pages_were_mapped() - A part of an anonymous folio
 *
 * There are entries where the folio is mapped, and nowhere else. What a child
 * has copied on write is another page, and stays. A folio that is queued for a
 * split stays queued.
 *
 * Contract: LF-2, LF-1
 */
static void entries_stand_where_pages_were_mapped(struct kunit *test)
{
	const struct way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_large l;

	mmk_large_map(test, &l, mm, w->order);
	mmk_large_leave(test, &l, w->part);
	there_and_back(test, &l, w->move);
}

/**
 * entries_stand_where_tmpfs_pages_were_mapped() - The same for a file
 *
 * Pages that are not mapped stay in the page cache. No folio is queued for a
 * split.
 *
 * Contract: LF-2, LF-1
 */
static void entries_stand_where_tmpfs_pages_were_mapped(struct kunit *test)
{
	const struct way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_large l;

	/* A file is not copied on write. */
	if (w->part == MMK_PART_COPIED)
		return;
	mmk_large_map_file(test, &l, mm, w->order);
	mmk_large_leave(test, &l, w->part);
	there_and_back(test, &l, w->move);
}

/**
 * clean_device_page_stays_clean() - Its entry has no dirty bit
 *
 * A device page is clean, and is mapped by device-private entries, of one mm or of two.
 * They become migration entries. Nobody has written to the page, and it stays clean, as
 * does the system page that it is moved to.
 *
 * Contract: MV-11
 */
static void clean_device_page_stays_clean(struct kunit *test)
{
	bool forked = *(const bool *)test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1), src, dst;
	struct page *page, *to;

	mmk_fill(test, addr, 1, MMK_LARGE_SEED);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	if (forked)
		mmk_fork(test);
	folio_clear_dirty(page_folio(page));
	KUNIT_ASSERT_EQ(test, migrate_device_range(&src, page_to_pfn(page), 1),
			0);
	KUNIT_ASSERT_TRUE(test, src & MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_FALSE(test, folio_test_dirty(page_folio(page)));
	to = alloc_page(GFP_HIGHUSER_MOVABLE);
	KUNIT_ASSERT_NOT_NULL(test, to);
	lock_page(to);
	copy_highpage(to, mmk_dev_backing(page));
	dst = migrate_pfn(page_to_pfn(to));
	migrate_device_pages(&src, &dst, 1);
	KUNIT_EXPECT_TRUE(test, src & MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_FALSE(test, folio_test_dirty(page_folio(to)));
	migrate_device_finalize(&src, &dst, 1);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	MMK_EXPECT_HOLDS(test, addr, 1, MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
}

static const bool forks[] = { false, true };

static void fork_name(const bool *forked, char *desc)
{
	strscpy(desc, *forked ? "two mms" : "one mm", KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fork, forks, fork_name);

static struct kunit_case large_folio_entry_cases[] = {
	KUNIT_CASE_PARAM(each_page_has_an_entry_of_its_own, whole_gen_params),
	KUNIT_CASE_PARAM(entries_stand_where_pages_were_mapped,
			 part_gen_params),
	KUNIT_CASE_PARAM(entries_stand_where_tmpfs_pages_were_mapped,
			 part_gen_params),
	KUNIT_CASE_PARAM(clean_device_page_stays_clean, fork_gen_params),
	{}
};

static struct kunit_suite large_folio_entry_suite = {
	.name = "large_folio_entry",
	.init = mmk_case_init,
	.test_cases = large_folio_entry_cases,
};

kunit_test_suite(large_folio_entry_suite);
