// SPDX-License-Identifier: GPL-2.0
/*
 * Merged pages that are moved. "KSM pages can be migrated":
 * Documentation/admin-guide/mm/ksm.rst says of merge_across_nodes how, and
 * Documentation/mm/ksm.rst how those who map one are found.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/rmap.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "ksm.h"

static const struct nr_case {
	const char *description;
	unsigned int nr;
} nr_cases[] = {
	{ "2 address spaces", 2 },
	{ "3 address spaces", 3 },
};

KUNIT_ARRAY_PARAM_DESC(nr, nr_cases, description);

/**
 * merged_page_moves_everywhere() - migrate_pages() of a merged page
 *
 * All map the new page, read-only, which is a merged one, and the old one is free.
 * Who writes gets a copy, and the others keep their bytes.
 *
 * Contract: KS-1
 */
static void merged_page_moves_everywhere(struct kunit *test)
{
	const struct nr_case *how = test->param_value;
	struct folio *old, *now;
	struct km km;

	km_merge(test, &km, how->nr);
	km_expect_mapped(test, &km, km.folio);
	old = km.folio;
	KUNIT_EXPECT_EQ(test, mmk_migrate(test, old), 0);
	now = page_folio(mmk_pte_page(km.mms[0], km.addr));
	KUNIT_EXPECT_PTR_NE(test, now, old);
	km_expect_mapped(test, &km, now);
	KUNIT_EXPECT_EQ(test, folio_ref_count(now), (int)how->nr);

	KUNIT_EXPECT_EQ(test, mmk_mm_poke(km.mms[1], km.addr, 0), 0);
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_page(km.mms[1], km.addr),
			    folio_page(now, 0));
	MMK_EXPECT_HOLDS(test, km.addr, 1, KM_SEED);
	KUNIT_EXPECT_EQ(test, folio_mapcount(now), (int)how->nr - 1);
}

/**
 * page_in_use_stays_merged() - migrate_pages() of a merged page in use
 *
 * It stays, all map it as before, and it moves once it is no longer in use.
 *
 * Contract: KS-1
 */
static void page_in_use_stays_merged(struct kunit *test)
{
	const struct nr_case *how = test->param_value;
	struct km km;

	km_merge(test, &km, how->nr);
	mmk_folio_get(test, km.folio);
	KUNIT_EXPECT_EQ(test, mmk_migrate(test, km.folio), 1);
	km_expect_mapped(test, &km, km.folio);
	mmk_folio_put(test, km.folio);
	KUNIT_EXPECT_EQ(test, mmk_migrate(test, km.folio), 0);
	km_expect_mapped(test, &km, page_folio(mmk_pte_page(km.mms[0],
							    km.addr)));
}

/**
 * ksm_finds_the_moved_page() - Another page is merged with one that has been moved
 *
 * KSM knows the page where it is now: a page with the same bytes becomes that
 * page.
 *
 * Contract: KS-1
 */
static void ksm_finds_the_moved_page(struct kunit *test)
{
	struct folio *now;
	struct km km;

	km_merge(test, &km, 2);
	KUNIT_EXPECT_EQ(test, mmk_migrate(test, km.folio), 0);
	now = page_folio(mmk_pte_page(km.mms[0], km.addr));
	km_join(test, &km);
	KUNIT_EXPECT_TRUE(test, km_resume_until_merged(test, &km));
	km_expect_mapped(test, &km, now);
	/* And all of them are found again. */
	KUNIT_EXPECT_EQ(test, mmk_migrate(test, now), 0);
	km_expect_mapped(test, &km, page_folio(mmk_pte_page(km.mms[0],
							    km.addr)));
}

static const struct fork_case {
	const char *description;
	bool moved;
} fork_cases[] = {
	{ "moved", true },
	{ "put back", false },
};

KUNIT_ARRAY_PARAM_DESC(fork, fork_cases, description);

/**
 * child_of_the_migration_is_not_forgotten() - fork() while a merged page is moved
 *
 * The child has an entry like its parent, which has never been merged by KSM
 * itself. Both map the page when the migration is over.
 *
 * Contract: KS-1
 */
static void child_of_the_migration_is_not_forgotten(struct kunit *test)
{
	const struct fork_case *how = test->param_value;
	struct mmk_hold *hold;
	struct folio *now;
	struct km km;

	km_merge(test, &km, 2);
	hold = mmk_hold(test, km.folio);
	try_to_migrate(km.folio, 0);
	MMK_EXPECT_PTE(test, km.mms[0], km.addr, MIGRATION_READ);
	MMK_EXPECT_PTE(test, km.mms[1], km.addr, MIGRATION_READ);
	km.mms[km.nr++] = mmk_fork(test);
	MMK_EXPECT_PTE(test, km.mms[2], km.addr, MIGRATION_READ);
	now = how->moved ? mmk_hold_copy(test, hold) : km.folio;
	remove_migration_ptes(km.folio, now, 0);
	mmk_hold_finish(test, hold, how->moved);
	km_expect_mapped(test, &km, now);
}

/**
 * driver_gets_all_of_a_merged_page_or_nothing() - migrate_vma_setup()
 *
 * Either the page is refused, and mapped as before; or it is taken out of all
 * address spaces, and all of them have it when it has been put back. In either
 * case nobody loses a byte.
 *
 * Contract: KS-1
 */
static void driver_gets_all_of_a_merged_page_or_nothing(struct kunit *test)
{
	const struct nr_case *how = test->param_value;
	struct mmk_vma *m;
	unsigned int i;
	struct km km;

	km_merge(test, &km, how->nr);
	m = mmk_vma_alloc(test, km.mms[0], km.addr, 1,
			  MIGRATE_VMA_SELECT_SYSTEM, NULL);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	if (m->src[0] & MIGRATE_PFN_MIGRATE) {
		KUNIT_EXPECT_EQ(test, folio_mapcount(km.folio), 0);
		for (i = 0; i < km.nr; i++)
			MMK_EXPECT_PTE(test, km.mms[i], km.addr,
				       MIGRATION_READ);
	} else {
		KUNIT_EXPECT_EQ(test, m->src[0], 0UL);
		KUNIT_EXPECT_EQ(test, m->args.cpages, 0UL);
	}
	mmk_vma_finalize(m);
	km_expect_mapped(test, &km, km.folio);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(km.folio));
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(km.folio), (int)how->nr);
}

static struct kunit_case ksm_move_cases[] = {
	KUNIT_CASE_PARAM(merged_page_moves_everywhere, nr_gen_params),
	KUNIT_CASE_PARAM(page_in_use_stays_merged, nr_gen_params),
	KUNIT_CASE(ksm_finds_the_moved_page),
	KUNIT_CASE_PARAM(child_of_the_migration_is_not_forgotten,
			 fork_gen_params),
	KUNIT_CASE_PARAM(driver_gets_all_of_a_merged_page_or_nothing,
			 nr_gen_params),
	{}
};

static struct kunit_suite ksm_move_suite = {
	.name = "ksm_move",
	.init = mmk_case_init,
	.test_cases = ksm_move_cases,
};

kunit_test_suite(ksm_move_suite);
