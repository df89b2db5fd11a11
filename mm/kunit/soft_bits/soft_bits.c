// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of each kind, with each set of bits.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>

#include "../../internal.h"
#include "../compat/uffd.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "soft_bits.h"

/*
 * What is protected is not writable. A dirty page need not be soft-dirty: it
 * has been written to before the bits were cleared.
 */
const struct soft_case sb_cases[] = {
	{ "anon, none", ANON_EXCLUSIVE, 0, false, true,
	  MMK_PTE_MIGRATION_WRITE },
	{ "anon, none, dirty", ANON_EXCLUSIVE, 0, true, true,
	  MMK_PTE_MIGRATION_WRITE },
	{ "anon, soft-dirty", ANON_EXCLUSIVE, MMK_SOFT_DIRTY, false, true,
	  MMK_PTE_MIGRATION_WRITE },
	{ "anon, protected", ANON_EXCLUSIVE, MMK_UFFD, false, false,
	  MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "anon, protected, dirty", ANON_EXCLUSIVE, MMK_UFFD, true, false,
	  MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "anon, both", ANON_EXCLUSIVE, MMK_SOFT_DIRTY | MMK_UFFD, true, false,
	  MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "anon, shared, soft-dirty", ANON_SHARED, MMK_SOFT_DIRTY, false, false,
	  MMK_PTE_MIGRATION_READ },
	{ "anon, shared, protected", ANON_SHARED, MMK_UFFD, false, false,
	  MMK_PTE_MIGRATION_READ },
	{ "anon, shared, both", ANON_SHARED, MMK_SOFT_DIRTY | MMK_UFFD, false,
	  false, MMK_PTE_MIGRATION_READ },
	{ "tmpfs, none, dirty", SHMEM_SHARED, 0, true, true,
	  MMK_PTE_MIGRATION_WRITE },
	{ "tmpfs, soft-dirty", SHMEM_SHARED, MMK_SOFT_DIRTY, true, true,
	  MMK_PTE_MIGRATION_WRITE },
	{ "tmpfs, protected", SHMEM_SHARED, MMK_UFFD, false, false,
	  MMK_PTE_MIGRATION_READ },
	{ "tmpfs, both", SHMEM_SHARED, MMK_SOFT_DIRTY | MMK_UFFD, true, false,
	  MMK_PTE_MIGRATION_READ },
	{ "tmpfs, private, soft-dirty", SHMEM_PRIVATE, MMK_SOFT_DIRTY, false,
	  false, MMK_PTE_MIGRATION_READ },
	{ "tmpfs, private, both", SHMEM_PRIVATE, MMK_SOFT_DIRTY | MMK_UFFD,
	  false, false, MMK_PTE_MIGRATION_READ },
};

/**
 * sb_map() - Map a page as described, and watch it for writes
 * @test: the case; skipped if there are no such bits
 * @soft: filled in
 * @how: what to map
 *
 * A child that shares the page is not watched, and its pte is soft-dirty if
 * that of the parent is.
 */
void sb_map(struct kunit *test, struct soft *soft, const struct soft_case *how)
{
	const struct page_case page = {
		.backing = how->backing,
		.write = how->backing == ANON_EXCLUSIVE ||
			 how->backing == SHMEM_SHARED,
		.young = true,
		.dirty = how->dirty,
	};
	struct mm_struct *mm;

	mmk_need_bits(test, how->bits);
	mm = mmk_mm_enter(test);
	mmk_scene_map(test, &soft->s, mm, &page);
	soft->uffd = mmk_uffd_open(test);
	mmk_uffd_watch(test, soft->uffd, soft->s.addr, PAGE_SIZE,
		       UFFDIO_REGISTER_MODE_WP);
	if (how->bits & MMK_UFFD)
		mmk_uffd_protect(test, soft->uffd, soft->s.addr, PAGE_SIZE,
				 true);
	KUNIT_ASSERT_EQ(test, mmk_bits(mm, soft->s.addr) & MMK_UFFD,
			how->bits & MMK_UFFD);
	mmk_set_bits(test, mm, soft->s.addr, how->bits);
	if (soft->s.child)
		mmk_set_bits(test, soft->s.child, soft->s.addr,
			     how->bits & MMK_SOFT_DIRTY);
	KUNIT_ASSERT_EQ(test, !!pte_write(mmk_pte(mm, soft->s.addr)),
			page.write && !(how->bits & MMK_UFFD));
}

/**
 * sb_expect_mapped() - Expect a present pte with these bits
 * @test: the case
 * @mm: address space
 * @addr: user address
 * @folio: that it has to map
 * @bits: that it has to have
 * @write: whether it has to be writable
 */
void sb_expect_mapped(struct kunit *test, struct mm_struct *mm,
		      unsigned long addr, struct folio *folio,
		      unsigned int bits, bool write)
{
	pte_t pte = mmk_pte(mm, addr);

	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	if (!pte_present(pte))
		return;
	KUNIT_EXPECT_PTR_EQ(test, pte_page(pte), folio_page(folio, 0));
	MMK_EXPECT_THESE_BITS(test, mmk_bits_of_pte(pte), bits);
	KUNIT_EXPECT_EQ_MSG(test, !!pte_write(pte), write, "writable");
}
