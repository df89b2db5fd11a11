// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of entry, under walks of the rmap.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/rmap.h"
#include "../compat/swap.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "walk.h"

MMK_GEN_PARAMS(entry)
{
	return ew_next_entry(prev, desc);
}

static void run_rmap_restore(struct ew_walk *w)
{
	struct folio *folio = w->site->folio;

	ew_say(w, 0);
	if (!folio)
		return;
	if (w->site->hold) {
		ew_end_migration(w, w->site);
		return;
	}
	folio_lock(folio);
	remove_migration_ptes(folio, folio, 0);
	folio_unlock(folio);
}

static const struct ew_ops rmap_restore_ops = { .run = run_rmap_restore };

/*
 * A child keeps what there was at the address, alone: the rmap walk of its folio
 * comes to the mm of the case as well, and finds the entry there. A huge one is
 * in the place of a huge page, and so are many in one page table.
 */
static void early_other(struct ew_walk *w)
{
	bool huge = w->site->how->huge || w->nr > 1;
	u64 bytes = -1ULL;
	int ret;

	if (huge)
		KUNIT_ASSERT_EQ(w->test, 0,
				do_madvise(w->mm, w->start, w->end - w->start,
					   MADV_HUGEPAGE));
	mmk_huge_on(huge);
	ret = mmk_fault_in(w->mm, w->start, true);
	mmk_huge_on(false);
	KUNIT_ASSERT_EQ(w->test, ret, 0);
	/* A page of zeroes would not go out. */
	KUNIT_ASSERT_EQ(w->test, 0UL, copy_to_user((void __user *)w->start,
						   &bytes, sizeof(bytes)));
	w->other = mmk_fork(w->test);
	KUNIT_ASSERT_EQ(w->test, 0, do_madvise(w->mm, w->start,
					       w->end - w->start,
					       MADV_DONTNEED));
	if (huge) {
		w->folio = mmk_pmd_folio(w->test, w->other, w->start);
		mmk_pmd_set_flags(w->test, w->other, w->start, true, true);
	} else {
		w->folio = mmk_pte_folio(w->test, w->other, w->start);
		mmk_pte_set_flags(w->test, w->other, w->start, true, true);
	}
	KUNIT_ASSERT_EQ(w->test, folio_mapcount(w->folio), 1);
}

static void run_rmap_migrate(struct ew_walk *w)
{
	struct mmk_hold *hold = mmk_hold(w->test, w->folio);

	try_to_migrate(w->folio, 0);
	KUNIT_EXPECT_FALSE(w->test, folio_mapped(w->folio));
	remove_migration_ptes(w->folio, w->folio, 0);
	ew_say(w, folio_mapcount(w->folio) == 1 ? 0 : -EINVAL);
	mmk_hold_finish(w->test, hold, false);
}

static const struct ew_ops rmap_migrate_ops = {
	.early = early_other,
	.run = run_rmap_migrate,
	.table = true,
};

static void run_rmap_pageout(struct ew_walk *w)
{
	int ret = mmk_mm_madvise(w->other, w->start, w->end - w->start,
				 MADV_PAGEOUT);

	if (mmk_pte_kind(w->other, w->start) != MMK_PTE_SWAP)
		ret = -EINVAL;
	ew_say(w, ret);
}

static const struct ew_ops rmap_pageout_ops = {
	.early = early_other,
	.run = run_rmap_pageout,
	.swap = true,
	.table = true,
};

static void run_rmap_referenced(struct ew_walk *w)
{
	mmk_vma_flags_t flags;
	int referenced;

	folio_lock(w->folio);
	referenced = folio_referenced(w->folio, 1, NULL, &flags);
	folio_unlock(w->folio);
	ew_say(w, referenced == 1 ? 0 : -EINVAL);
}

static const struct ew_ops rmap_referenced_ops = {
	.early = early_other,
	.run = run_rmap_referenced,
	.table = true,
};

/* As reclaim does it: with a slot in a swap area, and the folio locked */
static void run_rmap_reclaim(struct ew_walk *w)
{
	struct folio *folio = w->site->folio;
	LIST_HEAD(folios);

	ew_say(w, 0);
	/* What is on no list of the LRU is nothing that could be reclaimed. */
	if (!folio || folio_is_zone_device(folio))
		return;
	if (w->site->hold) {
		try_to_unmap(folio, 0);
		return;
	}
	if (w->site->how->huge) {
		KUNIT_ASSERT_TRUE(w->test, folio_isolate_lru(folio));
		list_add(&folio->lru, &folios);
		reclaim_pages(&folios);
		return;
	}
	folio_get(folio);
	folio_lock(folio);
	if (!folio_test_swapcache(folio)) {
		KUNIT_ASSERT_TRUE(w->test, mmk_swap_cache_add(folio));
		folio_mark_dirty(folio);
	}
	if (w->site->entry == EW_EXCLUSIVE)
		mmk_count_exclusive(w->test, w->mm, w->start, folio);
	try_to_unmap(folio, 0);
	if (folio_mapped(folio))
		ew_say(w, -EBUSY);
	folio_unlock(folio);
	folio_put(folio);
}

static const struct ew_ops rmap_reclaim_ops = {
	.run = run_rmap_reclaim,
	.swap = true,
};

/**
 * rmap_restore_meets_each_entry() - remove_migration_ptes() of the entry's own folio
 *
 * The row "remove_migration_ptes".
 *
 * Contract: EW-1
 */
static void rmap_restore_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_RMAP_RESTORE, &rmap_restore_ops);
}

/**
 * rmap_migrate_meets_each_entry() - try_to_migrate() of another folio
 *
 * The row "migration of another folio", which is unmapped and restored where
 * it is mapped.
 *
 * Contract: EW-1
 */
static void rmap_migrate_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_RMAP_MIGRATE, &rmap_migrate_ops);
}

/**
 * rmap_migrate_tells_neighbours_apart() - try_to_migrate() of another folio
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void rmap_migrate_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_RMAP_MIGRATE, &rmap_migrate_ops);
}

/**
 * rmap_pageout_meets_each_entry() - Reclaim of another folio
 *
 * The row "reclaim of another folio", which goes out.
 *
 * Contract: EW-1
 */
static void rmap_pageout_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_RMAP_PAGEOUT, &rmap_pageout_ops);
}

/**
 * rmap_pageout_tells_neighbours_apart() - Reclaim of another folio
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void rmap_pageout_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_RMAP_PAGEOUT, &rmap_pageout_ops);
}

/**
 * rmap_referenced_meets_each_entry() - folio_referenced() of another folio
 *
 * The row "folio_referenced of another", which counts one reference.
 *
 * Contract: EW-1
 */
static void rmap_referenced_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_RMAP_REFERENCED, &rmap_referenced_ops);
}

/**
 * rmap_referenced_tells_neighbours_apart() - folio_referenced() of another folio
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void rmap_referenced_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_RMAP_REFERENCED, &rmap_referenced_ops);
}

/**
 * rmap_reclaim_meets_each_entry() - Reclaim of the entry's own folio
 *
 * The row "reclaim": what is unmapped has a slot, and comes back with its bytes.
 *
 * Contract: EW-1
 */
static void rmap_reclaim_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_RMAP_RECLAIM, &rmap_reclaim_ops);
}

static struct kunit_case walker_rmap_cases[] = {
	KUNIT_CASE_PARAM(rmap_restore_meets_each_entry, entry_gen_params),
	KUNIT_CASE_PARAM(rmap_migrate_meets_each_entry, entry_gen_params),
	KUNIT_CASE(rmap_migrate_tells_neighbours_apart),
	KUNIT_CASE_PARAM(rmap_pageout_meets_each_entry, entry_gen_params),
	KUNIT_CASE(rmap_pageout_tells_neighbours_apart),
	KUNIT_CASE_PARAM(rmap_referenced_meets_each_entry, entry_gen_params),
	KUNIT_CASE(rmap_referenced_tells_neighbours_apart),
	KUNIT_CASE_PARAM(rmap_reclaim_meets_each_entry, entry_gen_params),
	{}
};

static struct kunit_suite walker_rmap_suite = {
	.name = "walker_rmap",
	.init = mmk_case_init,
	.test_cases = walker_rmap_cases,
};

kunit_test_suite(walker_rmap_suite);
