/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Expectations about migration entries
 */
#ifndef _MM_KUNIT_MIGRATION_ENTRY_ENTRY_H
#define _MM_KUNIT_MIGRATION_ENTRY_ENTRY_H

#include <kunit/test.h>

#include "../compat/leaf.h"
#include "../lib/pte.h"
#include "../lib/scene.h"

static inline bool pte_is_migration(pte_t pte)
{
	return !pte_none(pte) && !pte_present(pte) &&
	       softleaf_is_migration(softleaf_from_pte(pte));
}

void me_expect_kind(struct kunit *test, struct mm_struct *mm,
		    unsigned long addr, enum mmk_pte_kind want);
void me_expect_entry(struct kunit *test, struct mm_struct *mm,
		     unsigned long addr, enum mmk_pte_kind kind,
		     struct folio *folio, bool young, bool dirty);
void me_expect_exclusive(struct kunit *test, struct folio *folio,
			 bool exclusive);

#define ME_NR_WRITABLE_CASES	4

extern const struct page_case me_writable_cases[ME_NR_WRITABLE_CASES];

void me_scene_unmap_huge(struct kunit *test, struct scene *s,
			 struct mm_struct *mm);

#endif /* _MM_KUNIT_MIGRATION_ENTRY_ENTRY_H */
