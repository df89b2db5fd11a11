/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Huge pages, and pmds
 */
#ifndef _MM_KUNIT_LIB_HUGE_H
#define _MM_KUNIT_LIB_HUGE_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/types.h>

#include "pte.h"

/* What one pmd maps */
#define MMK_HUGE_SIZE	PMD_SIZE
#define MMK_HUGE_PAGES	((unsigned int)(PMD_SIZE / PAGE_SIZE))

/**
 * struct mmk_pmd_way - A pmd that maps a huge page, and a migration of the page
 * @kind: of the entry that the pmd has to become
 * @young: accessed bit
 * @dirty: dirty bit
 * @move: the migration succeeds
 */
struct mmk_pmd_way {
	enum mmk_pte_kind kind;
	bool young;
	bool dirty;
	bool move;
};

bool mmk_next_pmd_way(struct mmk_pmd_way *way, bool first, char *desc);
struct mm_struct *mmk_huge_prepare(struct kunit *test, unsigned long addr,
				   enum mmk_pte_kind kind, u8 seed);
void mmk_expect_huge_resident(struct kunit *test, unsigned long addr,
			      unsigned long vec);
unsigned long mmk_map_huge(struct kunit *test, struct mm_struct *mm,
			   unsigned int nr);
unsigned long mmk_map_huge_hole(struct kunit *test, struct mm_struct *mm,
				unsigned int nr);
unsigned long mmk_map_huge_file(struct kunit *test, struct mm_struct *mm);
pmd_t mmk_pmd(struct mm_struct *mm, unsigned long addr);
enum mmk_pte_kind mmk_pmd_kind(struct mm_struct *mm, unsigned long addr);
struct page *mmk_pmd_page(struct mm_struct *mm, unsigned long addr);
struct folio *mmk_pmd_folio(struct kunit *test, struct mm_struct *mm,
			    unsigned long addr);
void mmk_pmd_set_flags(struct kunit *test, struct mm_struct *mm,
		       unsigned long addr, bool young, bool dirty);

/* As MMK_EXPECT_PTE(), for a pmd */
#define MMK_EXPECT_PMD(test, mm, addr, kind)				\
	MMK_EXPECT_KIND(test, mmk_pmd_kind(mm, addr), MMK_PTE_##kind)

#endif /* _MM_KUNIT_LIB_HUGE_H */
