// SPDX-License-Identifier: GPL-2.0
/*
 * The bits of an entry that follow writes. A case may set them by hand, in the
 * place of a write, of /proc/PID/clear_refs and of UFFDIO_WRITEPROTECT.
 */
#include <kunit/test.h>
#include <linux/mm.h>

#include "../../internal.h"
#include "../compat/uffd.h"
#include "bits.h"
#include "huge.h"
#include "pte.h"

/**
 * mmk_bits_name() - A set of bits, for messages
 * @bits: the set
 *
 * Return: its name.
 */
const char *mmk_bits_name(unsigned int bits)
{
	static const char * const names[MMK_NR_BITS] = {
		"neither soft-dirty nor protected",
		"soft-dirty and not protected",
		"protected and not soft-dirty",
		"soft-dirty and protected",
	};

	return names[bits & (MMK_NR_BITS - 1)];
}

/**
 * mmk_need_bits() - Skip a case unless the kernel has these bits
 * @test: the case
 * @bits: the set
 */
void mmk_need_bits(struct kunit *test, unsigned int bits)
{
	unsigned int missing = bits & ~MMK_HAS_BITS;

	if (missing & MMK_SOFT_DIRTY)
		kunit_skip(test, "needs CONFIG_MEM_SOFT_DIRTY");
	if (missing & MMK_UFFD)
		kunit_skip(test, "needs CONFIG_HAVE_ARCH_USERFAULTFD_WP");
}

/**
 * mmk_bits_of_pte() - The bits of a pte, present or not
 * @pte: the pte
 *
 * Return: the set; empty if the pte is none.
 */
unsigned int mmk_bits_of_pte(pte_t pte)
{
	if (pte_none(pte))
		return 0;
	if (pte_present(pte))
		return (pte_soft_dirty(pte) ? MMK_SOFT_DIRTY : 0) |
		       (pte_uffd(pte) ? MMK_UFFD : 0);
	return (pte_swp_soft_dirty(pte) ? MMK_SOFT_DIRTY : 0) |
	       (pte_swp_uffd(pte) ? MMK_UFFD : 0);
}

/**
 * mmk_bits_of_pmd() - The bits of a pmd, of a huge page or of an entry
 * @pmd: the pmd
 *
 * Return: the set; empty if the pmd is none.
 */
unsigned int mmk_bits_of_pmd(pmd_t pmd)
{
	if (pmd_none(pmd))
		return 0;
	if (pmd_present(pmd))
		return (pmd_soft_dirty(pmd) ? MMK_SOFT_DIRTY : 0) |
		       (pmd_uffd(pmd) ? MMK_UFFD : 0);
	return (pmd_swp_soft_dirty(pmd) ? MMK_SOFT_DIRTY : 0) |
	       (pmd_swp_uffd(pmd) ? MMK_UFFD : 0);
}

/**
 * mmk_bits() - The bits of the pte at an address
 * @mm: address space
 * @addr: user address
 *
 * Return: the set; empty if there is no pte.
 */
unsigned int mmk_bits(struct mm_struct *mm, unsigned long addr)
{
	return mmk_bits_of_pte(mmk_pte(mm, addr));
}

/**
 * mmk_pmd_bits() - The bits of the pmd at an address
 * @mm: address space
 * @addr: user address
 *
 * Return: the set; empty if there is no pmd.
 */
unsigned int mmk_pmd_bits(struct mm_struct *mm, unsigned long addr)
{
	return mmk_bits_of_pmd(mmk_pmd(mm, addr));
}

static pte_t pte_with_bits(pte_t pte, unsigned int bits)
{
	if (pte_none(pte))
		return pte;
	if (!pte_present(pte)) {
		pte = pte_swp_clear_uffd(pte_swp_clear_soft_dirty(pte));
		if (bits & MMK_SOFT_DIRTY)
			pte = pte_swp_mksoft_dirty(pte);
		return bits & MMK_UFFD ? pte_swp_mkuffd(pte) : pte;
	}
	pte = pte_clear_uffd(pte_clear_soft_dirty(pte));
	if (bits & MMK_SOFT_DIRTY)
		pte = pte_mksoft_dirty(pte);
	return bits & MMK_UFFD ? pte_mkuffd(pte) : pte;
}

static pmd_t pmd_with_bits(pmd_t pmd, unsigned int bits)
{
	if (!pmd_present(pmd)) {
		pmd = pmd_swp_clear_uffd(pmd_swp_clear_soft_dirty(pmd));
		if (bits & MMK_SOFT_DIRTY)
			pmd = pmd_swp_mksoft_dirty(pmd);
		return bits & MMK_UFFD ? pmd_swp_mkuffd(pmd) : pmd;
	}
	pmd = pmd_clear_uffd(pmd_clear_soft_dirty(pmd));
	if (bits & MMK_SOFT_DIRTY)
		pmd = pmd_mksoft_dirty(pmd);
	return bits & MMK_UFFD ? pmd_mkuffd(pmd) : pmd;
}

/**
 * mmk_set_bits() - Give a pte these bits, and no other of them
 * @test: the case
 * @mm: address space
 * @addr: user address of a pte that is not none
 * @bits: the set
 *
 * A pte that userfaultfd protects is not writable any more. The kind of an
 * entry that is not present stays.
 */
void mmk_set_bits(struct kunit *test, struct mm_struct *mm, unsigned long addr,
		  unsigned int bits)
{
	pte_t pte = mmk_pte(mm, addr);

	KUNIT_ASSERT_FALSE(test, pte_none(pte));
	mmap_read_lock(mm);
	flush_tlb_page(vma_lookup(mm, addr), addr);
	KUNIT_EXPECT_TRUE(test, mmk_pte_store(mm, addr,
					      pte_with_bits(pte, bits)));
	mmap_read_unlock(mm);
	KUNIT_ASSERT_EQ(test, mmk_bits(mm, addr), bits);
}

/**
 * mmk_pmd_set_bits() - Give a pmd these bits, and no other of them
 * @test: the case
 * @mm: address space
 * @addr: user address of a huge page, or of an entry in its place
 * @bits: the set
 */
void mmk_pmd_set_bits(struct kunit *test, struct mm_struct *mm,
		      unsigned long addr, unsigned int bits)
{
	pmd_t *pmdp = mm_find_pmd(mm, addr);
	spinlock_t *ptl;

	KUNIT_ASSERT_NOT_NULL(test, pmdp);
	ptl = pmd_lock(mm, pmdp);
	set_pmd_at(mm, addr & PMD_MASK, pmdp, pmd_with_bits(*pmdp, bits));
	spin_unlock(ptl);
	KUNIT_ASSERT_EQ(test, mmk_pmd_bits(mm, addr), bits);
}
