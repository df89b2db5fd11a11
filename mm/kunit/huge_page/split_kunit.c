// SPDX-License-Identifier: GPL-2.0
/*
 * Huge pages under migration whose pmd is split.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "huge_page.h"

/* Ways to split a pmd, by what is done to its first page */
static void split_by_mprotect(struct kunit *test, struct huge *h)
{
	KUNIT_ASSERT_EQ(test, sys_mprotect(h->addr, PAGE_SIZE, PROT_READ), 0L);
}

static void split_by_munmap(struct kunit *test, struct huge *h)
{
	KUNIT_ASSERT_EQ(test, vm_munmap(h->addr, PAGE_SIZE), 0);
}

/**
 * struct split_case - A pmd that is split
 * @description: for the log
 * @split: how
 * @kind: of the entry before
 * @first: kind of the first pte afterwards
 * @young: accessed bit
 * @dirty: dirty bit
 * @late: split while the entry is there; if not, before the migration
 * @move: the migration succeeds
 */
struct split_case {
	const char *description;
	void (*split)(struct kunit *test, struct huge *h);
	enum mmk_pte_kind kind;
	enum mmk_pte_kind first;
	bool young;
	bool dirty;
	bool late;
	bool move;
};

static const struct split_case split_cases[] = {
	{ "mprotect, writable, young, dirty, moved", split_by_mprotect,
	  MMK_PTE_MIGRATION_WRITE, MMK_PTE_MIGRATION_READ_EXCLUSIVE, true,
	  true, true, true },
	{ "mprotect, writable, old, clean, put back", split_by_mprotect,
	  MMK_PTE_MIGRATION_WRITE, MMK_PTE_MIGRATION_READ_EXCLUSIVE, false,
	  false, true, false },
	{ "munmap, writable, young, clean, moved", split_by_munmap,
	  MMK_PTE_MIGRATION_WRITE, MMK_PTE_NONE, true, false, true, true },
	{ "munmap, writable, old, dirty, put back", split_by_munmap,
	  MMK_PTE_MIGRATION_WRITE, MMK_PTE_NONE, false, true, true, false },
	{ "munmap, shared, young, dirty, moved", split_by_munmap,
	  MMK_PTE_MIGRATION_READ, MMK_PTE_NONE, true, true, true, true },
	{ "munmap, readable exclusive, young, dirty, moved", split_by_munmap,
	  MMK_PTE_MIGRATION_READ_EXCLUSIVE, MMK_PTE_NONE, true, true, true,
	  true },
	{ "mprotect before, young, dirty, moved", split_by_mprotect,
	  MMK_PTE_MIGRATION_WRITE, MMK_PTE_MIGRATION_READ_EXCLUSIVE, true,
	  true, false, true },
	{ "munmap before, old, clean, moved", split_by_munmap,
	  MMK_PTE_MIGRATION_WRITE, MMK_PTE_NONE, false, false, false, true },
	{ "munmap before, young, dirty, put back", split_by_munmap,
	  MMK_PTE_MIGRATION_WRITE, MMK_PTE_NONE, true, true, false, false },
};

KUNIT_ARRAY_PARAM_DESC(split, split_cases, description);

/* Returns false at the first failure: the others would only fill the log. */
static bool expect_part_entry(struct kunit *test, const struct huge *h,
			      const struct split_case *c, unsigned int i)
{
	enum mmk_pte_kind wanted = i ? c->kind : c->first;
	pte_t pte = mmk_pte(h->mm, h->addr + i * PAGE_SIZE);
	enum mmk_pte_kind kind = mmk_pte_classify(pte);
	softleaf_t entry;

	MMK_EXPECT_KIND(test, kind, wanted);
	if (kind != wanted)
		return false;
	if (kind == MMK_PTE_NONE)
		return true;
	entry = softleaf_from_pte(pte);
	KUNIT_EXPECT_EQ(test, softleaf_to_pfn(entry), h->pfn + i);
	/* mprotect() of a present page makes it young on some architectures. */
	if (i || c->late) {
		KUNIT_EXPECT_EQ(test, softleaf_is_migration_young(entry),
				c->young);
		KUNIT_EXPECT_EQ(test, softleaf_is_migration_dirty(entry),
				c->dirty);
	}
	return softleaf_to_pfn(entry) == h->pfn + i;
}

static bool expect_part_mapped(struct kunit *test, const struct huge *h,
			       const struct split_case *c, struct folio *to,
			       unsigned int i)
{
	pte_t pte = mmk_pte(h->mm, h->addr + i * PAGE_SIZE);
	bool write = i && c->kind == MMK_PTE_MIGRATION_WRITE;

	if (!i && c->first == MMK_PTE_NONE) {
		KUNIT_EXPECT_TRUE(test, pte_none(pte));
		return pte_none(pte);
	}
	if (!pte_present(pte)) {
		MMK_EXPECT_KIND(test, mmk_pte_classify(pte), MMK_PTE_PRESENT);
		return false;
	}
	KUNIT_EXPECT_EQ(test, pte_pfn(pte), folio_pfn(to) + i);
	KUNIT_EXPECT_EQ(test, !!pte_write(pte), write);
	KUNIT_EXPECT_EQ(test, PageAnonExclusive(folio_page(to, i)), !h->child);
	if (i || c->late) {
		KUNIT_EXPECT_EQ(test, !!pte_young(pte), c->young);
		KUNIT_EXPECT_EQ(test, !!pte_dirty(pte), c->dirty);
	}
	return pte_pfn(pte) == folio_pfn(to) + i && !!pte_write(pte) == write;
}

/**
 * pmd_split_keeps_folio_whole() - Split before or during a migration
 *
 * mprotect() or munmap() splits the pmd of a huge page that is about to be
 * moved, or is under migration already. In the page table that replaces the pmd
 * there is an entry for each page: with its own pfn, and of the kind, young and
 * dirty that the pmd had. The folio stays whole, and each of its pages is
 * mapped where it was.
 *
 * Contract: ME-4, ME-8, ME-9
 */
static void pmd_split_keeps_folio_whole(struct kunit *test)
{
	const struct split_case *c = test->param_value;
	unsigned int i, first = c->first == MMK_PTE_NONE;
	unsigned int nr = MMK_HUGE_PAGES - first;
	struct folio *to;
	struct huge h;

	hp_huge_init(test, &h, c->kind);
	if (c->kind == MMK_PTE_MIGRATION_WRITE)
		mmk_fill(test, h.addr, MMK_HUGE_PAGES, SEED);
	mmk_pmd_set_flags(test, h.mm, h.addr, c->young, c->dirty);
	folio_clear_dirty(h.folio);
	if (c->late) {
		hp_huge_unmap(test, &h, c->kind);
		c->split(test, &h);
	} else {
		c->split(test, &h);
		MMK_EXPECT_PMD(test, h.mm, h.addr, TABLE);
		KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), nr);
		h.hold = mmk_hold(test, h.folio);
		try_to_migrate(h.folio, 0);
	}
	MMK_EXPECT_PMD(test, h.mm, h.addr, TABLE);
	KUNIT_EXPECT_FALSE(test, folio_mapped(h.folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 1);
	KUNIT_EXPECT_EQ(test, folio_test_dirty(h.folio), c->dirty);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_ANONPAGES),
			(unsigned long)nr);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		if (!expect_part_entry(test, &h, c, i))
			break;

	to = hp_huge_end(test, &h, c->move);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		if (!expect_part_mapped(test, &h, c, to, i))
			break;
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_mapcount(to), nr + (h.child ? 1 : 0));
	KUNIT_EXPECT_EQ(test, folio_ref_count(to), nr + (h.child ? 1 : 0));
	KUNIT_EXPECT_TRUE(test, folio_test_lru(to));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_ANONPAGES),
			(unsigned long)nr);
	MMK_EXPECT_FOLIO_HOLDS(test, to, SEED);
	if (h.child)
		MMK_EXPECT_MM_HOLDS(test, h.child, h.addr, MMK_HUGE_PAGES, SEED);
	else if (!first)
		MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, SEED);
}

static struct kunit_case huge_page_split_cases[] = {
	KUNIT_CASE_PARAM(pmd_split_keeps_folio_whole, split_gen_params),
	{}
};

static struct kunit_suite huge_page_split_suite = {
	.name = "huge_page_split",
	.init = mmk_case_init,
	.test_cases = huge_page_split_cases,
};

kunit_test_suite(huge_page_split_suite);
