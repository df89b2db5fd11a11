// SPDX-License-Identifier: GPL-2.0
/*
 * What a driver that can move huge pages in one piece is offered, and what it is not.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/param.h"
#include "../compat/pgmap.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "hdev.h"
#include "hpage.h"

/**
 * enum place - What there is in one of the two parts of a range
 * @HUGE_PAGE: a huge page
 * @HOLE: nothing
 * @ZERO: the huge zero page
 * @SMALL: small pages
 * @BUSY: a huge page that somebody has locked
 * @NR_PLACES: number of these
 */
enum place { HUGE_PAGE, HOLE, ZERO, SMALL, BUSY, NR_PLACES };

static const char * const place_names[] = {
	"huge page", "hole", "huge zero page", "small pages", "locked huge page",
};

/**
 * struct pair_way - A range of two huge pages, or what is in their place
 * @places: in its parts
 */
struct pair_way {
	enum place places[2];
};

static struct pair_way pair_way;

/* Everything beside everything */
MMK_GEN_PARAMS(pair)
{
	static unsigned int nr;

	nr = prev ? nr + 1 : 0;
	if (nr == NR_PLACES * NR_PLACES)
		return NULL;
	pair_way.places[0] = nr / NR_PLACES;
	pair_way.places[1] = nr % NR_PLACES;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s",
		 place_names[pair_way.places[0]], place_names[pair_way.places[1]]);
	return &pair_way;
}

/* Make it; the folio is the huge page, or NULL. */
static struct folio *place_make(struct kunit *test, struct mm_struct *mm,
				unsigned long addr, enum place place)
{
	struct folio *folio;

	if (place == HOLE)
		return NULL;
	if (place == ZERO) {
		KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, false), 0);
		KUNIT_ASSERT_TRUE(test, is_huge_zero_pmd(mmk_pmd(mm, addr)));
		return NULL;
	}
	mmk_huge_on(place != SMALL);
	mmk_fill(test, addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	mmk_huge_on(true);
	if (place == SMALL) {
		MMK_EXPECT_PMD(test, mm, addr, TABLE);
		return NULL;
	}
	MMK_EXPECT_PMD(test, mm, addr, PRESENT);
	folio = mmk_pmd_folio(test, mm, addr);
	if (place == BUSY)
		folio_lock(folio);
	return folio;
}

/* The first entry of a part that is not what it should be */
static unsigned int place_right(const unsigned long *src, enum place place,
				const struct folio *folio)
{
	unsigned int i;

	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		unsigned long wanted = 0;

		if (place == SMALL) {
			if ((src[i] & (MIGRATE_PFN_VALID | MIGRATE_PFN_MIGRATE |
				       MIGRATE_PFN_WRITE |
				       MIGRATE_PFN_COMPOUND)) !=
			    (MIGRATE_PFN_VALID | MIGRATE_PFN_MIGRATE |
			     MIGRATE_PFN_WRITE))
				break;
			continue;
		}
		if (!i && place == HUGE_PAGE)
			wanted = migrate_pfn(folio_pfn((struct folio *)folio)) |
				 MIGRATE_PFN_MIGRATE | MIGRATE_PFN_COMPOUND |
				 MIGRATE_PFN_WRITE;
		else if (!i && place != BUSY)
			wanted = MIGRATE_PFN_MIGRATE | MIGRATE_PFN_COMPOUND;
		if (src[i] != wanted)
			break;
	}
	return i;
}

/* Give the driver's page for what stands at entry @i, if it is on offer. */
static unsigned int place_give(struct mmk_vma *m, struct hdev *dev,
			       unsigned int i)
{
	struct page *from = migrate_pfn_to_page(m->src[i]);
	struct page *page;
	unsigned int j;

	if (!(m->src[i] & MIGRATE_PFN_MIGRATE) ||
	    !(m->src[i] & MIGRATE_PFN_COMPOUND))
		return 0;
	page = hdev_get(dev, PMD_ORDER);
	for (j = 0; j < MMK_HUGE_PAGES; j++) {
		if (from)
			copy_highpage(hdev_mem(dev, page + j), from + j);
		else
			clear_highpage(hdev_mem(dev, page + j));
	}
	m->dst[i] = migrate_pfn(page_to_pfn(page)) | MIGRATE_PFN_COMPOUND;
	return MMK_HUGE_PAGES;
}

/**
 * each_part_of_a_range_is_offered_alone() - Two huge pages, or what is in their place
 *
 * Each part has 512 entries of its own, in its place: a huge page, or a hole of that size, is
 * the first of them, small pages are all of them, and what somebody has locked is none. What
 * is offered whole moves whole, next to whatever there is. All bytes are as before.
 *
 * Contract: LF-8, LF-5
 */
static void each_part_of_a_range_is_offered_alone(struct kunit *test)
{
	const struct pair_way *w = test->param_value;
	struct hdev *dev = hdev_create(test);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int i, moved = 0, cpages = 0;
	struct folio *folio[2];
	unsigned long addr;
	struct mmk_vma *m;

	addr = mmk_map_huge_hole(test, mm, 2);
	for (i = 0; i < 2; i++) {
		folio[i] = place_make(test, mm, addr + i * MMK_HUGE_SIZE,
				      w->places[i]);
		cpages += w->places[i] == SMALL ? MMK_HUGE_PAGES :
			  w->places[i] != BUSY;
	}
	m = mmk_vma_alloc(test, mm, addr, 2 * MMK_HUGE_PAGES,
			  MIGRATE_VMA_SELECT_SYSTEM |
			  MIGRATE_VMA_SELECT_COMPOUND, dev);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
	for (i = 0; i < 2; i++)
		if (w->places[i] == BUSY)
			folio_unlock(folio[i]);
	KUNIT_ASSERT_EQ(test, mmk_vma_overrun(m), 0U);
	KUNIT_EXPECT_EQ(test, m->args.npages, 2UL * MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, m->args.cpages, (unsigned long)cpages);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    place_right(m->src + i * MMK_HUGE_PAGES,
						w->places[i], folio[i]),
				    MMK_HUGE_PAGES,
				    "first entry of part %u that is not right", i);
	for (i = 0; i < 2; i++)
		moved += place_give(m, dev, i * MMK_HUGE_PAGES);
	mmk_vma_pages(m);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(dev), moved);
	for (i = 0; i < 2; i++) {
		unsigned long at = addr + i * MMK_HUGE_SIZE;
		enum place place = w->places[i];

		MMK_EXPECT_KIND(test, mmk_pmd_kind(mm, at),
				place == SMALL ? MMK_PTE_TABLE :
				place == BUSY ? MMK_PTE_PRESENT :
				MMK_PTE_DEVICE_PRIVATE_WRITE);
		if (place != HOLE && place != ZERO)
			MMK_EXPECT_HOLDS(test, at, MMK_HUGE_PAGES,
					 MMK_LARGE_SEED);
	}
	for (i = 0; i < 2; i++)
		if (w->places[i] == BUSY)
			KUNIT_EXPECT_EQ(test, folio_ref_count(folio[i]), 1);
}

/**
 * enum keeper - Why a huge page is not offered
 * @LOCKED: somebody has locked it
 * @HELD: it has an extra reference
 * @PINNED: it is pinned for DMA
 * @NR_KEEPERS: number of these
 */
enum keeper { LOCKED, HELD, PINNED, NR_KEEPERS };

/**
 * struct kept_way - A huge page that is not offered
 * @description: for the log
 * @keeper: why
 * @device: it is on the device, and not in memory
 */
struct kept_way {
	const char *description;
	enum keeper keeper;
	bool device;
};

static const struct kept_way kept_ways[] = {
	{ "locked", LOCKED, false },
	{ "held", HELD, false },
	{ "pinned", PINNED, false },
	{ "on the device, locked", LOCKED, true },
	{ "on the device, held", HELD, true },
};

KUNIT_ARRAY_PARAM_DESC(kept, kept_ways, description);

/**
 * huge_page_that_is_kept_is_not_offered() - Locked, held or pinned
 *
 * All 512 entries are 0, and none counts. The pmd, the references and the lock are as
 * before, and the page can be moved once it is let go.
 *
 * Contract: LF-8, LF-5
 */
static void huge_page_that_is_kept_is_not_offered(struct kunit *test)
{
	const struct kept_way *w = test->param_value;
	struct page *pinned = NULL;
	struct mmk_vma *m;
	struct hpage h;
	unsigned int i;
	pmd_t pmd;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	if (w->device)
		h.folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	if (w->keeper == PINNED)
		pinned = mmk_pin(test, h.addr + PAGE_SIZE, FOLL_WRITE);
	lru_add_drain_all();
	mmk_folio_snapshot(h.folio, &h.state);
	pmd = mmk_pmd(h.mm, h.addr);
	m = mmk_vma_alloc(test, h.mm, h.addr, MMK_HUGE_PAGES,
			  MIGRATE_VMA_SELECT_SYSTEM |
			  MIGRATE_VMA_SELECT_DEVICE_PRIVATE |
			  MIGRATE_VMA_SELECT_COMPOUND, h.dev);
	if (w->keeper == LOCKED)
		folio_lock(h.folio);
	if (w->keeper == HELD)
		folio_get(h.folio);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
	if (w->keeper == LOCKED) {
		KUNIT_EXPECT_TRUE(test, folio_test_locked(h.folio));
		folio_unlock(h.folio);
	}
	if (w->keeper == HELD)
		folio_put(h.folio);
	KUNIT_EXPECT_EQ(test, mmk_vma_overrun(m), 0U);
	KUNIT_EXPECT_EQ(test, m->args.npages, (unsigned long)MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 0UL);
	for (i = 0; i < MMK_HUGE_PAGES && !m->src[i] && !m->dst[i]; i++)
		;
	KUNIT_EXPECT_EQ_MSG(test, i, MMK_HUGE_PAGES,
			    "first entry that is on offer");
	mmk_vma_finalize(m);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(h.mm, h.addr)), pmd_val(pmd));
	h.state.dirty = folio_test_dirty(h.folio);
	mmk_expect_folio_same(test, "afterwards", h.folio, &h.state);
	mmk_expect_mm_same(test, "afterwards", h.mm, &h.rss);
	if (pinned)
		mmk_unpin(test, pinned);
	if (!w->device)
		hdev_move_in(test, h.mm, h.addr, h.dev);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/**
 * struct ask_way - What a driver asks for
 * @description: for the log
 * @flags: MIGRATE_VMA_SELECT_*
 * @own: pgmap_owner is that of the device
 * @device: the page is on the device
 * @gets: it is offered
 */
struct ask_way {
	const char *description;
	unsigned long flags;
	bool own;
	bool device;
	bool gets;
};

static const struct ask_way ask_ways[] = {
	{ "in memory, private", MIGRATE_VMA_SELECT_DEVICE_PRIVATE, true, false,
	  false },
	{ "in memory, coherent", MIGRATE_VMA_SELECT_DEVICE_COHERENT, true, false,
	  false },
	{ "in memory, system", MIGRATE_VMA_SELECT_SYSTEM, true, false, true },
	{ "on the device, system", MIGRATE_VMA_SELECT_SYSTEM, true, true, false },
	{ "on the device, coherent", MIGRATE_VMA_SELECT_DEVICE_COHERENT, true,
	  true, false },
	{ "on the device, private of another", MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
	  false, true, false },
	{ "on the device, private", MIGRATE_VMA_SELECT_DEVICE_PRIVATE, true, true,
	  true },
};

KUNIT_ARRAY_PARAM_DESC(ask, ask_ways, description);

/**
 * huge_page_is_selected_by_type_and_owner() - As flags and pgmap_owner say
 *
 * Contract: LF-8, MV-10
 */
static void huge_page_is_selected_by_type_and_owner(struct kunit *test)
{
	const struct ask_way *w = test->param_value;
	struct mmk_vma *m;
	struct hpage h;
	pmd_t pmd;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	if (w->device)
		h.folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	lru_add_drain_all();
	pmd = mmk_pmd(h.mm, h.addr);
	m = mmk_vma_alloc(test, h.mm, h.addr, MMK_HUGE_PAGES,
			  w->flags | MIGRATE_VMA_SELECT_COMPOUND,
			  w->own ? (void *)h.dev : (void *)test);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, (unsigned long)w->gets);
	KUNIT_EXPECT_EQ(test, m->src[0], !w->gets ? 0UL :
			migrate_pfn(folio_pfn(h.folio)) | MIGRATE_PFN_MIGRATE |
			MIGRATE_PFN_COMPOUND | MIGRATE_PFN_WRITE);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(h.mm, h.addr)), pmd_val(pmd));
	KUNIT_EXPECT_EQ(test, folio_order(h.folio), (unsigned int)PMD_ORDER);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/**
 * struct piece_way - A driver that gets a huge page in pieces only
 * @description: for the log
 * @flags: MIGRATE_VMA_SELECT_COMPOUND, or not
 * @first: first page that it asks for
 * @nr: how many
 * @device: the page is on the device
 */
struct piece_way {
	const char *description;
	unsigned long flags;
	unsigned int first;
	unsigned int nr;
	bool device;
};

static const struct piece_way piece_ways[] = {
	{ "whole, not compound", 0, 0, MMK_HUGE_PAGES, false },
	{ "first half", MIGRATE_VMA_SELECT_COMPOUND, 0, MMK_HUGE_PAGES / 2,
	  false },
	{ "second half", MIGRATE_VMA_SELECT_COMPOUND, MMK_HUGE_PAGES / 2,
	  MMK_HUGE_PAGES / 2, false },
	{ "one page", MIGRATE_VMA_SELECT_COMPOUND, 7, 1, false },
	{ "all but the first", MIGRATE_VMA_SELECT_COMPOUND, 1,
	  MMK_HUGE_PAGES - 1, false },
	{ "on the device, whole, not compound", 0, 0, MMK_HUGE_PAGES, true },
	{ "on the device, second half", MIGRATE_VMA_SELECT_COMPOUND,
	  MMK_HUGE_PAGES / 2, MMK_HUGE_PAGES / 2, true },
	{ "on the device, one page", MIGRATE_VMA_SELECT_COMPOUND, 7, 1, true },
};

KUNIT_ARRAY_PARAM_DESC(piece, piece_ways, description);

/**
 * part_of_huge_page_is_offered_in_pieces() - Or all of it, if COMPOUND is not asked for
 *
 * The huge page is split. Each page of the range is an entry of its own, with its own pfn and
 * without COMPOUND; the others stay where they are, each in a folio of its own. The driver of
 * a device page is told of each piece, and of the end.
 *
 * Contract: LF-8, LF-5, LF-11
 */
static void part_of_huge_page_is_offered_in_pieces(struct kunit *test)
{
	const struct piece_way *w = test->param_value;
	struct mmk_vma *m;
	unsigned long pfn;
	struct hpage h;
	unsigned int i;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	if (w->device)
		h.folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	lru_add_drain_all();
	pfn = folio_pfn(h.folio);
	m = mmk_vma_alloc(test, h.mm, h.addr + w->first * PAGE_SIZE, w->nr,
			  w->flags | MIGRATE_VMA_SELECT_SYSTEM |
			  MIGRATE_VMA_SELECT_DEVICE_PRIVATE, h.dev);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, mmk_vma_overrun(m), 0U);
	KUNIT_EXPECT_EQ(test, m->args.npages, (unsigned long)w->nr);
	KUNIT_EXPECT_EQ(test, m->args.cpages, (unsigned long)w->nr);
	for (i = 0; i < w->nr; i++)
		if (m->src[i] != (migrate_pfn(pfn + w->first + i) |
				  MIGRATE_PFN_MIGRATE | MIGRATE_PFN_WRITE))
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, w->nr, "first entry that is not right");
	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		struct folio *folio = page_folio(pfn_to_page(pfn + i));
		bool got = i >= w->first && i < w->first + w->nr;

		if (folio_test_large(folio) ||
		    folio_test_locked(folio) != got ||
		    folio_mapcount(folio) != !got ||
		    folio_ref_count(folio) != 1)
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, MMK_HUGE_PAGES,
			    "first piece that is not right");
	KUNIT_EXPECT_EQ(test, h.dev->nr_split, w->device ? MMK_HUGE_PAGES - 1 :
			0U);
	KUNIT_EXPECT_EQ(test, h.dev->nr_split_ends, (unsigned int)w->device);
	mmk_vma_finalize(m);
	MMK_EXPECT_PMD(test, h.mm, h.addr, TABLE);
	mmk_expect_mm_same(test, "declined", h.mm, &h.rss);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/**
 * huge_page_for_a_small_one_is_refused() - A destination of the wrong size
 *
 * Nothing moves, and the huge page goes back to the driver.
 *
 * Contract: LF-8
 */
static void huge_page_for_a_small_one_is_refused(struct kunit *test)
{
	struct hdev *dev = hdev_create(test);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *folio;
	unsigned long addr;
	struct mmk_vma *m;

	addr = mmk_map_huge_hole(test, mm, 1);
	place_make(test, mm, addr, SMALL);
	folio = mmk_pte_folio(test, mm, addr);
	lru_add_drain_all();
	m = hdev_take(test, mm, addr, dev);
	KUNIT_ASSERT_EQ(test, m->args.cpages, (unsigned long)MMK_HUGE_PAGES);
	m->dst[0] = migrate_pfn(page_to_pfn(hdev_get(dev, PMD_ORDER))) |
		    MIGRATE_PFN_COMPOUND;
	mmk_vma_pages(m);
	KUNIT_EXPECT_FALSE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(dev), 0U);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, addr), folio);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	MMK_EXPECT_HOLDS(test, addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/* The huge zero page would count as leaked by the case that reads first. */
static int collect_prepare(struct kunit_suite *suite)
{
	mmk_huge_zero_get();
	return 0;
}

static struct kunit_case large_folio_collect_cases[] = {
	KUNIT_CASE_PARAM(each_part_of_a_range_is_offered_alone, pair_gen_params),
	KUNIT_CASE_PARAM(huge_page_that_is_kept_is_not_offered, kept_gen_params),
	KUNIT_CASE_PARAM(huge_page_is_selected_by_type_and_owner,
			 ask_gen_params),
	KUNIT_CASE_PARAM(part_of_huge_page_is_offered_in_pieces,
			 piece_gen_params),
	KUNIT_CASE(huge_page_for_a_small_one_is_refused),
	{}
};

static struct kunit_suite large_folio_collect_suite = {
	.name = "large_folio_collect",
	.suite_init = collect_prepare,
	.init = mmk_case_init,
	.test_cases = large_folio_collect_cases,
};

kunit_test_suite(large_folio_collect_suite);
