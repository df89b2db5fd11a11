// SPDX-License-Identifier: GPL-2.0
/*
 * Expectations about migration entries.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/rmap.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "entry.h"

void me_expect_kind(struct kunit *test, struct mm_struct *mm,
		    unsigned long addr, enum mmk_pte_kind want)
{
	enum mmk_pte_kind kind = mmk_pte_kind(mm, addr);

	KUNIT_EXPECT_EQ_MSG(test, (int)kind, (int)want,
			    "pte is %s, should be %s", mmk_pte_kind_name(kind),
			    mmk_pte_kind_name(want));
}

/* Expects a migration entry for the folio, with exactly these flags. */
void me_expect_entry(struct kunit *test, struct mm_struct *mm,
		     unsigned long addr, enum mmk_pte_kind kind,
		     struct folio *folio, bool young, bool dirty)
{
	pte_t pte = mmk_pte(mm, addr);
	softleaf_t entry;

	me_expect_kind(test, mm, addr, kind);
	if (!pte_is_migration(pte))
		return;
	entry = softleaf_from_pte(pte);
	KUNIT_EXPECT_PTR_EQ(test, softleaf_to_folio(entry), folio);
	KUNIT_EXPECT_EQ_MSG(test, (bool)softleaf_is_migration_young(entry),
			    entry_may_be(young), "young");
	KUNIT_EXPECT_EQ_MSG(test, (bool)softleaf_is_migration_dirty(entry),
			    entry_may_be(dirty), "dirty");
}

void me_expect_exclusive(struct kunit *test, struct folio *folio,
			 bool exclusive)
{
	KUNIT_EXPECT_EQ_MSG(test, exclusive,
			    (bool)PageAnonExclusive(folio_page(folio, 0)),
			    "PG_anon_exclusive");
}

const struct page_case me_writable_cases[] = {
	{ "anon, dirty, young", ANON_EXCLUSIVE,
	  .write = true, .dirty = true, .young = true,
	  .kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "anon, clean, old", ANON_EXCLUSIVE, .write = true,
	  .kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "tmpfs, dirty", SHMEM_SHARED, .write = true, .dirty = true,
	  .kind = MMK_PTE_MIGRATION_READ },
	{ "tmpfs, young", SHMEM_SHARED, .write = true, .young = true,
	  .kind = MMK_PTE_MIGRATION_READ },
};

/* Maps a huge page, and replaces its pmd by a migration entry. */
void me_scene_unmap_huge(struct kunit *test, struct scene *s,
			 struct mm_struct *mm)
{
	memset(s, 0, sizeof(*s));
	s->mm = mm;
	s->addr = mmk_map_huge(test, mm, 1);
	mmk_fill(test, s->addr, 8, SCENE_SEED);
	s->src = mmk_pmd_folio(test, mm, s->addr);
	s->hold = mmk_hold(test, s->src);
	try_to_migrate(s->src, 0);
	MMK_EXPECT_PMD(test, mm, s->addr, MIGRATION_WRITE);
}
