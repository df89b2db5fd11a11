/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flags of pages and address spaces, what PAGEMAP_SCAN says, and the TLB
 */
#ifndef _MM_KUNIT_COMPAT_MM_H
#define _MM_KUNIT_COMPAT_MM_H

#include <linux/fs.h>
#include <linux/mm.h>

/* The flags of a page: a number, or a structure around it */
static inline unsigned long *mmk_page_flags(struct page *page)
{
	BUILD_BUG_ON(sizeof(page->flags) != sizeof(unsigned long));
	return (unsigned long *)&page->flags;
}

#ifndef NUM_MM_FLAG_BITS
#define mm_flags_set(flag, mm)		set_bit(flag, &(mm)->flags)
#define mm_flags_clear(flag, mm)	clear_bit(flag, &(mm)->flags)
#define mm_flags_test(flag, mm)		test_bit(flag, &(mm)->flags)
#endif

/*
 * User-Mode Linux notes the range that has to be flushed, and flushes it before
 * it returns to user space, which the mm of a case never does.
 */
static inline void mmk_tlb_forget(struct mm_struct *mm)
{
	mm->context.sync_tlb_range_from = 0;
	mm->context.sync_tlb_range_to = 0;
}

static inline bool mmk_tlb_flushed(struct mm_struct *mm, unsigned long start,
				   unsigned long end)
{
	return mm->context.sync_tlb_range_to >= end &&
	       mm->context.sync_tlb_range_from <= start;
}

/* What PAGEMAP_SCAN cannot say in older kernels */
#ifndef PAGE_IS_GUARD
#define PAGE_IS_GUARD			0
#endif

#endif /* _MM_KUNIT_COMPAT_MM_H */
