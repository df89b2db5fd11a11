// SPDX-License-Identifier: GPL-2.0
/*
 * Huge pages in device-coherent memory: a pmd maps them, as it does huge pages of system
 * memory, but they belong to a driver.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../compat/mm.h"
#include "../compat/pgmap.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "hdev.h"
#include "hpage.h"

/**
 * struct coherent_way - How a huge page is mapped
 * @description: for the log
 * @kind: of the entry that its pmd becomes
 */
struct coherent_way {
	const char *description;
	enum mmk_pte_kind kind;
};

static const struct coherent_way coherent_ways[] = {
	{ "writable", MMK_PTE_MIGRATION_WRITE },
	{ "read-only, exclusive", MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "shared", MMK_PTE_MIGRATION_READ },
};

KUNIT_ARRAY_PARAM_DESC(coherent, coherent_ways, description);

/**
 * huge_page_moves_to_a_coherent_device() - In one piece
 *
 * The pmd maps the device folio as it mapped the old one: writable and exclusive exactly as
 * before, in each mm. The device folio has the references and mapcounts of the old one, is
 * not on the LRU, and holds the same bytes. It goes back to the driver when it is
 * unmapped, once and whole.
 *
 * Contract: LF-8, LF-11
 */
static void huge_page_moves_to_a_coherent_device(struct kunit *test)
{
	const struct coherent_way *w = test->param_value;
	bool write = w->kind == MMK_PTE_MIGRATION_WRITE;
	struct folio *folio;
	struct hpage h;

	hpage_init_of(test, &h, w->kind, MEMORY_DEVICE_COHERENT);
	folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, folio_is_device_coherent(folio));
	KUNIT_EXPECT_EQ(test, !!pmd_write(mmk_pmd(h.mm, h.addr)), write);
	if (h.child) {
		MMK_EXPECT_PMD(test, h.child, h.addr, PRESENT);
		KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, h.child, h.addr),
				    folio);
		KUNIT_EXPECT_FALSE(test, !!pmd_write(mmk_pmd(h.child, h.addr)));
	}
	KUNIT_EXPECT_EQ(test, folio_entire_mapcount(folio), h.child ? 2 : 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), h.child ? 2 : 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), h.child ? 2 : 1);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_lru(folio));
	KUNIT_EXPECT_EQ(test, PageAnonExclusive(folio_page(folio, 0)), !h.child);
	KUNIT_EXPECT_EQ(test, (unsigned long)folio->mapping, h.state.mapping);
	KUNIT_EXPECT_EQ(test, folio->index, h.state.index);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 0);
	mmk_expect_mm_same(test, "on the device", h.mm, &h.rss);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	if (h.child)
		MMK_EXPECT_MM_HOLDS(test, h.child, h.addr, MMK_HUGE_PAGES,
				    MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
	KUNIT_EXPECT_EQ(test, vm_munmap(h.addr, MMK_HUGE_SIZE), 0);
	if (h.child)
		mmk_mm_put(test, h.child);
	KUNIT_EXPECT_EQ(test, h.dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(h.dev), 0U);
}

/**
 * struct advice - What madvise() is asked for
 * @description: for the log
 * @advice: MADV_*
 * @first: first page
 * @nr: how many
 */
struct advice {
	const char *description;
	int advice;
	unsigned int first;
	unsigned int nr;
};

static const struct advice advices[] = {
	{ "cold, all of it", MADV_COLD, 0, MMK_HUGE_PAGES },
	{ "cold, first half", MADV_COLD, 0, MMK_HUGE_PAGES / 2 },
	{ "cold, one page", MADV_COLD, 7, 1 },
	{ "pageout, all of it", MADV_PAGEOUT, 0, MMK_HUGE_PAGES },
	{ "pageout, first half", MADV_PAGEOUT, 0, MMK_HUGE_PAGES / 2 },
	{ "pageout, one page", MADV_PAGEOUT, 7, 1 },
};

KUNIT_ARRAY_PARAM_DESC(advice, advices, description);

/**
 * reclaim_leaves_a_huge_coherent_page_alone() - MADV_COLD and MADV_PAGEOUT
 *
 * Both are about reclaim, and the memory of a device cannot be reclaimed. The pmd is as
 * before, young as it was; the folio keeps its order, its flags and its references.
 *
 * Contract: LF-9
 */
static void reclaim_leaves_a_huge_coherent_page_alone(struct kunit *test)
{
	const struct advice *a = test->param_value;
	struct mmk_folio_state state;
	unsigned long flags;
	struct folio *folio;
	struct hpage h;
	pmd_t pmd;

	hpage_init_of(test, &h, MMK_PTE_MIGRATION_WRITE,
		      MEMORY_DEVICE_COHERENT);
	folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	mmk_pmd_set_flags(test, h.mm, h.addr, true, true);
	folio_set_referenced(folio);
	folio_set_active(folio);
	pmd = mmk_pmd(h.mm, h.addr);
	flags = *mmk_page_flags(&folio->page);
	mmk_folio_snapshot(folio, &state);
	KUNIT_EXPECT_EQ(test, do_madvise(h.mm, h.addr + a->first * PAGE_SIZE,
					 a->nr * PAGE_SIZE, a->advice), 0);
	KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(h.mm, h.addr)), pmd_val(pmd));
	KUNIT_EXPECT_EQ(test, *mmk_page_flags(&folio->page), flags);
	KUNIT_EXPECT_EQ(test, folio_order(folio), (unsigned int)PMD_ORDER);
	mmk_expect_folio_same(test, "afterwards", folio, &state);
	mmk_expect_mm_same(test, "afterwards", h.mm, &h.rss);
	folio_clear_active(folio);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/**
 * struct select_way - What a driver asks migrate_vma_setup() for
 * @description: for the log
 * @flags: MIGRATE_VMA_SELECT_*
 * @own: pgmap_owner is that of the page
 * @gets: the huge page is what it asks for
 */
struct select_way {
	const char *description;
	unsigned long flags;
	bool own;
	bool gets;
};

static const struct select_way select_ways[] = {
	{ "system memory", MIGRATE_VMA_SELECT_SYSTEM, true, false },
	{ "system memory, whole", MIGRATE_VMA_SELECT_SYSTEM |
	  MIGRATE_VMA_SELECT_COMPOUND, true, false },
	{ "private memory, whole", MIGRATE_VMA_SELECT_DEVICE_PRIVATE |
	  MIGRATE_VMA_SELECT_COMPOUND, true, false },
	{ "coherent memory of another, whole",
	  MIGRATE_VMA_SELECT_DEVICE_COHERENT | MIGRATE_VMA_SELECT_COMPOUND,
	  false, false },
	{ "its coherent memory, whole", MIGRATE_VMA_SELECT_DEVICE_COHERENT |
	  MIGRATE_VMA_SELECT_COMPOUND, true, true },
};

KUNIT_ARRAY_PARAM_DESC(select, select_ways, description);

/* Move the huge page of @m to system memory. */
static void bring_back(struct kunit *test, struct mmk_vma *m,
		       struct folio *from)
{
	struct folio *to = folio_alloc(GFP_HIGHUSER_MOVABLE, PMD_ORDER);

	KUNIT_ASSERT_NOT_NULL(test, to);
	folio_lock(to);
	folio_copy(to, from);
	m->dst[0] = migrate_pfn(folio_pfn(to)) | MIGRATE_PFN_COMPOUND;
	mmk_vma_pages(m);
	KUNIT_EXPECT_TRUE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
}

/**
 * huge_coherent_page_is_selected_as_such() - By type and owner
 *
 * A driver gets a huge page of coherent memory if it asks for its own coherent memory, and
 * can move it to system memory in one piece. Whoever asks for system memory, private memory,
 * or that of another owner, gets nothing, and the page stays as it is.
 *
 * Contract: LF-8, MV-10
 */
static void huge_coherent_page_is_selected_as_such(struct kunit *test)
{
	const struct select_way *w = test->param_value;
	struct folio *folio;
	struct mmk_vma *m;
	struct hpage h;
	pmd_t pmd;

	hpage_init_of(test, &h, MMK_PTE_MIGRATION_WRITE,
		      MEMORY_DEVICE_COHERENT);
	folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	pmd = mmk_pmd(h.mm, h.addr);
	m = mmk_vma_alloc(test, h.mm, h.addr, MMK_HUGE_PAGES, w->flags,
			  w->own ? (void *)h.dev : (void *)test);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, (unsigned long)w->gets);
	KUNIT_EXPECT_EQ(test, m->src[0], !w->gets ? 0UL :
			migrate_pfn(folio_pfn(folio)) | MIGRATE_PFN_MIGRATE |
			MIGRATE_PFN_COMPOUND | MIGRATE_PFN_WRITE);
	if (w->gets && m->src[0])
		bring_back(test, m, folio);
	mmk_vma_finalize(m);
	lru_add_drain_all();
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
	if (w->gets) {
		KUNIT_EXPECT_EQ(test, hdev_nr_busy(h.dev), 0U);
		KUNIT_EXPECT_EQ(test, h.dev->nr_free[PMD_ORDER], 1U);
		h.folio = mmk_pmd_folio(test, h.mm, h.addr);
		h.state.dirty = folio_test_dirty(h.folio);
		mmk_expect_folio_same(test, "back", h.folio, &h.state);
	} else {
		KUNIT_EXPECT_EQ(test, pmd_val(mmk_pmd(h.mm, h.addr)),
				pmd_val(pmd));
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
		KUNIT_EXPECT_EQ(test, folio_order(folio),
				(unsigned int)PMD_ORDER);
	}
	mmk_expect_mm_same(test, "afterwards", h.mm, &h.rss);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

static struct kunit_case large_folio_coherent_cases[] = {
	KUNIT_CASE_PARAM(huge_page_moves_to_a_coherent_device,
			 coherent_gen_params),
	KUNIT_CASE_PARAM(reclaim_leaves_a_huge_coherent_page_alone,
			 advice_gen_params),
	KUNIT_CASE_PARAM(huge_coherent_page_is_selected_as_such,
			 select_gen_params),
	{}
};

static struct kunit_suite large_folio_coherent_suite = {
	.name = "large_folio_coherent",
	.init = mmk_case_init,
	.test_cases = large_folio_coherent_cases,
};

kunit_test_suite(large_folio_coherent_suite);
