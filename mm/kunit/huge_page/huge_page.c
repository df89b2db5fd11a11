// SPDX-License-Identifier: GPL-2.0
/*
 * A huge page, what was known of it, and its migration.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/rmap.h>

#include "../../internal.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "huge_page.h"

/* Notes the page, and the state that the migration has to conserve. */
void hp_huge_note(struct kunit *test, struct huge *h)
{
	MMK_EXPECT_PMD(test, h->mm, h->addr, PRESENT);
	h->folio = mmk_pmd_folio(test, h->mm, h->addr);
	h->pfn = folio_pfn(h->folio);
	KUNIT_ASSERT_EQ(test, folio_nr_pages(h->folio), MMK_HUGE_PAGES);
	mmk_folio_snapshot(h->folio, &h->state);
	mmk_mm_snapshot(h->mm, &h->rss);
	KUNIT_ASSERT_EQ(test, h->state.mapcount, h->child ? 2 : 1);
	KUNIT_ASSERT_EQ(test, h->state.refcount,
			h->cache + h->state.mapcount);
	h->hold = NULL;
}

/* A huge page that try_to_migrate() has to replace by an entry of a kind */
void hp_huge_init(struct kunit *test, struct huge *h,
		  enum mmk_pte_kind kind)
{
	h->mm = mmk_mm_enter(test);
	h->cache = 0;
	h->addr = mmk_map_huge(test, h->mm, 1);
	h->child = mmk_huge_prepare(test, h->addr, kind, SEED);
	hp_huge_note(test, h);
	KUNIT_ASSERT_EQ(test, h->rss.anon, MMK_HUGE_PAGES);
	KUNIT_ASSERT_EQ(test, h->state.anon_exclusive, !h->child);
}

/* Begins a migration: there is an entry in the pmd then. */
void hp_huge_unmap(struct kunit *test, struct huge *h,
		   enum mmk_pte_kind kind)
{
	h->hold = mmk_hold(test, h->folio);
	try_to_migrate(h->folio, 0);
	MMK_EXPECT_KIND(test, mmk_pmd_kind(h->mm, h->addr), kind);
	KUNIT_ASSERT_FALSE(test, folio_mapped(h->folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(h->folio), h->cache + 1);
	mmk_expect_mm_same(test, "with an entry", h->mm, &h->rss);
}

/* Ends the migration, with a new folio or with the old one; returns that. */
struct folio *hp_huge_end(struct kunit *test, struct huge *h, bool move)
{
	struct folio *to = move ? mmk_hold_copy(test, h->hold) : h->folio;

	remove_migration_ptes(h->folio, to, 0);
	if (move)
		KUNIT_EXPECT_EQ(test, folio_ref_count(h->folio), 1);
	mmk_hold_finish(test, h->hold, move);
	return to;
}
