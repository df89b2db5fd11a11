/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Huge pages
 */
#ifndef _MM_KUNIT_COMPAT_HUGE_H
#define _MM_KUNIT_COMPAT_HUGE_H

#include <linux/huge_mm.h>
#include <linux/mm.h>

/* Whether huge pages are made where madvise() says so, and their flags */
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static inline void mmk_huge_on(bool on)
{
	if (on)
		set_bit(TRANSPARENT_HUGEPAGE_REQ_MADV_FLAG,
			&transparent_hugepage_flags);
	else
		clear_bit(TRANSPARENT_HUGEPAGE_REQ_MADV_FLAG,
			  &transparent_hugepage_flags);
}

static inline void mmk_huge_zero_get(void)
{
	mm_get_huge_zero_folio(&init_mm);
}

static inline void mmk_huge_set_flags(struct mm_struct *mm, unsigned long addr,
				      pmd_t *pmdp, bool young, bool dirty)
{
	pmd_t pmd = young ? pmd_mkyoung(*pmdp) : pmd_mkold(*pmdp);

	set_pmd_at(mm, addr & PMD_MASK, pmdp,
		   dirty ? pmd_mkdirty(pmd) : pmd_mkclean(pmd));
}
#else
static inline void mmk_huge_on(bool on)
{
}

static inline void mmk_huge_zero_get(void)
{
}

static inline void mmk_huge_set_flags(struct mm_struct *mm, unsigned long addr,
				      pmd_t *pmdp, bool young, bool dirty)
{
}
#endif

#endif /* _MM_KUNIT_COMPAT_HUGE_H */
