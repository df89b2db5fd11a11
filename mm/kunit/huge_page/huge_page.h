/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A huge page, what was known of it, and its migration
 */
#ifndef _MM_KUNIT_HUGE_PAGE_HUGE_PAGE_H
#define _MM_KUNIT_HUGE_PAGE_HUGE_PAGE_H

#include <kunit/test.h>

#include "../lib/migrate.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"

#define SEED	0x3c

/**
 * struct huge - A huge page and what was known of it
 * @mm: whose
 * @child: forked from it, if it is shared
 * @addr: where
 * @folio: the page
 * @pfn: pfn of its first page
 * @cache: references that the page cache has on it
 * @state: of its folio
 * @rss: of @mm
 * @hold: the migration's hold on it
 */
struct huge {
	struct mm_struct *mm;
	struct mm_struct *child;
	unsigned long addr;
	struct folio *folio;
	unsigned long pfn;
	int cache;
	struct mmk_folio_state state;
	struct mmk_mm_state rss;
	struct mmk_hold *hold;
};

void hp_huge_note(struct kunit *test, struct huge *h);
void hp_huge_init(struct kunit *test, struct huge *h,
		  enum mmk_pte_kind kind);
void hp_huge_unmap(struct kunit *test, struct huge *h,
		   enum mmk_pte_kind kind);
struct folio *hp_huge_end(struct kunit *test, struct huge *h, bool move);

#endif /* _MM_KUNIT_HUGE_PAGE_HUGE_PAGE_H */
