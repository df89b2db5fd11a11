/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bits of an entry that follow writes: soft-dirty, and that of userfaultfd
 */
#ifndef _MM_KUNIT_LIB_BITS_H
#define _MM_KUNIT_LIB_BITS_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/types.h>

/* A set of bits */
#define MMK_SOFT_DIRTY	0x1U
#define MMK_UFFD	0x2U
#define MMK_NR_BITS	4U

/* Those that this kernel has */
#define MMK_HAS_BITS							\
	((IS_ENABLED(CONFIG_MEM_SOFT_DIRTY) ? MMK_SOFT_DIRTY : 0) |	\
	 (IS_ENABLED(CONFIG_HAVE_ARCH_USERFAULTFD_WP) ? MMK_UFFD : 0))

const char *mmk_bits_name(unsigned int bits);
void mmk_need_bits(struct kunit *test, unsigned int bits);
unsigned int mmk_bits_of_pte(pte_t pte);
unsigned int mmk_bits_of_pmd(pmd_t pmd);
unsigned int mmk_bits(struct mm_struct *mm, unsigned long addr);
unsigned int mmk_pmd_bits(struct mm_struct *mm, unsigned long addr);
void mmk_set_bits(struct kunit *test, struct mm_struct *mm, unsigned long addr,
		  unsigned int bits);
void mmk_pmd_set_bits(struct kunit *test, struct mm_struct *mm,
		      unsigned long addr, unsigned int bits);

/**
 * MMK_EXPECT_BITS() - Expect the entry at an address to have exactly these bits
 * @test: the case
 * @mm: address space
 * @addr: user address; for MMK_EXPECT_PMD_BITS(), of a pmd that is no table
 * @want: a set of bits
 */
#define MMK_EXPECT_BITS(test, mm, addr, want)				\
	MMK_EXPECT_THESE_BITS(test, mmk_bits(mm, addr), want)
#define MMK_EXPECT_PMD_BITS(test, mm, addr, want)			\
	MMK_EXPECT_THESE_BITS(test, mmk_pmd_bits(mm, addr), want)

#define MMK_EXPECT_THESE_BITS(test, is, want)				\
do {									\
	unsigned int __is = (is), __want = (want);			\
									\
	KUNIT_EXPECT_EQ_MSG(test, __is, __want,				\
			    "entry is %s, should be %s",		\
			    mmk_bits_name(__is), mmk_bits_name(__want)); \
} while (0)

#endif /* _MM_KUNIT_LIB_BITS_H */
