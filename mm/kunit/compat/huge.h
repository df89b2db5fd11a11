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

/* Anonymous memory of one order below that of a pmd, or of none, where advised */
static inline void mmk_anon_order_on(unsigned int order)
{
	WRITE_ONCE(huge_anon_orders_madvise, order ? BIT(order) : 0);
}

/* How many folios are counted under @item, of all orders */
static inline long mmk_mthp_stat(enum mthp_stat_item item)
{
	unsigned int order;
	long nr = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		for (order = 0; order <= PMD_ORDER; order++)
			nr += per_cpu(mthp_stats, cpu).stats[order][item];
	return nr;
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
#define MTHP_STAT_NR_ANON			0
#define MTHP_STAT_NR_ANON_PARTIALLY_MAPPED	0

static inline void mmk_huge_on(bool on)
{
}

static inline void mmk_anon_order_on(unsigned int order)
{
}

static inline long mmk_mthp_stat(int item)
{
	return 0;
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
