// SPDX-License-Identifier: GPL-2.0
/*
 * Protection that has to stay where a page, or the lack of one, is replaced on a way
 * that few tasks go: Documentation/admin-guide/mm/userfaultfd.rst, "Write Protect
 * Notifications".
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>

#include "../../internal.h"
#include "../compat/swap.h"
#include "../compat/uffd.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "soft_bits.h"

static const struct soft_case away_cases[] = {
	{ "none", ANON_EXCLUSIVE, 0, true, true },
	{ "soft-dirty", ANON_EXCLUSIVE, MMK_SOFT_DIRTY, true, true },
};

KUNIT_ARRAY_PARAM_DESC(away, away_cases, description);

/* A page that a device has to itself, and that is protected meanwhile */
static struct folio *protect_exclusive(struct kunit *test, struct soft *soft,
				       const struct soft_case *how)
{
	struct folio *folio;

	sb_map(test, soft, how);
	folio = mmk_make_exclusive(test, soft->s.mm, soft->s.addr);
	folio_unlock(folio);
	folio_put(folio);
	MMK_EXPECT_PTE(test, soft->s.mm, soft->s.addr, DEVICE_EXCLUSIVE);
	mmk_uffd_protect(test, soft->uffd, soft->s.addr, PAGE_SIZE, true);
	MMK_EXPECT_PTE(test, soft->s.mm, soft->s.addr, DEVICE_EXCLUSIVE);
	MMK_EXPECT_BITS(test, soft->s.mm, soft->s.addr, how->bits | MMK_UFFD);
	return folio;
}

/**
 * page_comes_back_from_a_device_protected() - Protected while a device has it
 *
 * The page that a reader takes back is protected, and soft-dirty as before.
 *
 * Contract: WP-1
 */
static void page_comes_back_from_a_device_protected(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct folio *folio;
	struct soft soft;

	mmk_need_bits(test, MMK_UFFD);
	folio = protect_exclusive(test, &soft, how);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(soft.s.mm, soft.s.addr, false), 0);
	sb_expect_mapped(test, soft.s.mm, soft.s.addr, folio,
			 how->bits | MMK_UFFD, false);
	MMK_EXPECT_HOLDS(test, soft.s.addr, 1, SCENE_SEED);
}

/**
 * page_of_a_device_goes_to_swap_protected() - Reclaimed while a device has it
 *
 * The swap entry has the bits of the entry that it replaces.
 *
 * Contract: WP-1
 */
static void page_of_a_device_goes_to_swap_protected(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct folio *folio;
	struct soft soft;
	bool added;

	mmk_need_bits(test, MMK_UFFD);
	folio = protect_exclusive(test, &soft, how);
	mmk_swap_on(test);
	lru_add_drain_all();
	mmk_folio_get(test, folio);
	folio_lock(folio);
	added = mmk_swap_cache_add(folio);
	if (added) {
		mmk_count_exclusive(test, soft.s.mm, soft.s.addr, folio);
		try_to_unmap(folio, 0);
	}
	folio_unlock(folio);
	mmk_folio_put(test, folio);
	KUNIT_ASSERT_TRUE(test, added);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, SWAP);
	MMK_EXPECT_BITS(test, soft.s.mm, soft.s.addr, how->bits | MMK_UFFD);
}

static const struct soft_case pin_cases[] = {
	{ "none", ANON_SHARED, 0 },
	{ "soft-dirty", ANON_SHARED, MMK_SOFT_DIRTY },
	{ "protected", ANON_SHARED, MMK_UFFD },
	{ "both", ANON_SHARED, MMK_SOFT_DIRTY | MMK_UFFD },
};

KUNIT_ARRAY_PARAM_DESC(pin, pin_cases, description);

/**
 * pinned_copy_has_the_bits() - A shared page is pinned for reading
 *
 * The task gets a copy, for that is what others will not change. Nobody has
 * written: the copy is protected and soft-dirty as the page was, and cannot be
 * written to. The other task keeps the page.
 *
 * Contract: WP-1
 */
static void pinned_copy_has_the_bits(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct page *page;
	struct soft soft;

	sb_map(test, &soft, how);
	page = mmk_pin(test, soft.s.addr, 0);
	KUNIT_EXPECT_PTR_NE(test, page, folio_page(soft.s.src, 0));
	sb_expect_mapped(test, soft.s.mm, soft.s.addr, page_folio(page),
			 how->bits, false);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(soft.s.child, soft.s.addr),
			    folio_page(soft.s.src, 0));
	MMK_EXPECT_HOLDS(test, soft.s.addr, 1, SCENE_SEED);
}

/**
 * split_of_huge_zero_page_keeps_protection() - A part of it gets a mapping of its own
 *
 * Each of the ptes maps the zero page, and is protected.
 *
 * Contract: WP-1
 */
static void split_of_huge_zero_page_keeps_protection(struct kunit *test)
{
	unsigned int i, other = 0, writable = 0, unprotected = 0;
	struct mmk_uffd *uffd;
	struct mm_struct *mm;
	unsigned long addr;

	mmk_need_bits(test, MMK_UFFD);
	mm = mmk_mm_enter(test);
	addr = mmk_map_huge_hole(test, mm, 1);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, false), 0);
	MMK_EXPECT_PMD(test, mm, addr, PRESENT);
	uffd = mmk_uffd_open(test);
	mmk_uffd_watch(test, uffd, addr, MMK_HUGE_SIZE, UFFDIO_REGISTER_MODE_WP);
	mmk_uffd_protect(test, uffd, addr, MMK_HUGE_SIZE, true);
	KUNIT_ASSERT_TRUE(test, mmk_pmd_bits(mm, addr) & MMK_UFFD);

	mmk_split_pmd(mm, addr);
	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		pte_t pte = mmk_pte(mm, addr + i * PAGE_SIZE);

		other += !pte_present(pte) || !is_zero_pfn(pte_pfn(pte));
		writable += !!pte_write(pte);
		unprotected += !(mmk_bits_of_pte(pte) & MMK_UFFD);
	}
	KUNIT_EXPECT_EQ_MSG(test, other, 0, "ptes without the zero page");
	KUNIT_EXPECT_EQ_MSG(test, writable, 0, "ptes that are writable");
	KUNIT_EXPECT_EQ_MSG(test, unprotected, 0, "ptes that are not protected");
}

static const struct copy_case {
	const char *description;
	bool file;
	bool protect;
} copy_cases[] = {
	{ "anon", false, false },
	{ "anon, protected", false, true },
	{ "tmpfs", true, false },
	{ "tmpfs, protected", true, true },
};

KUNIT_ARRAY_PARAM_DESC(copy, copy_cases, description);

/**
 * copied_page_is_protected_if_asked() - UFFDIO_COPY, with UFFDIO_COPY_MODE_WP or not
 *
 * With it, the page is protected from the beginning, and cannot be written to.
 *
 * Contract: WP-1
 */
static void copied_page_is_protected_if_asked(struct kunit *test)
{
	const struct copy_case *how = test->param_value;
	struct uffdio_copy copy = {
		.len = PAGE_SIZE,
		.mode = how->protect ? UFFDIO_COPY_MODE_WP : 0,
	};
	struct mmk_uffd *uffd;
	struct mm_struct *mm;

	mmk_need_bits(test, MMK_UFFD);
	mm = mmk_mm_enter(test);
	uffd = mmk_uffd_open(test);
	copy.dst = how->file ? mmk_mmap(test, mmk_shmem_file(test, 1), PAGE_SIZE,
					PROT_READ | PROT_WRITE, MAP_SHARED) :
			       mmk_map_anon(test, 1);
	mmk_uffd_watch(test, uffd, copy.dst, PAGE_SIZE,
		       UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_WP);
	copy.src = mmk_map_anon(test, 1);
	mmk_fill(test, copy.src, 1, SCENE_SEED);
	KUNIT_ASSERT_EQ(test, mmk_uffd_ioctl(test, uffd, UFFDIO_COPY, &copy), 0L);
	MMK_EXPECT_PTE(test, mm, copy.dst, PRESENT);
	KUNIT_EXPECT_EQ(test, mmk_bits(mm, copy.dst) & MMK_UFFD,
			how->protect ? MMK_UFFD : 0U);
	if (how->protect)
		KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, copy.dst)));
	MMK_EXPECT_HOLDS(test, copy.dst, 1, SCENE_SEED);
}

static struct kunit_case soft_bits_kept_cases[] = {
	KUNIT_CASE_PARAM(page_comes_back_from_a_device_protected,
			 away_gen_params),
	KUNIT_CASE_PARAM(page_of_a_device_goes_to_swap_protected,
			 away_gen_params),
	KUNIT_CASE_PARAM(pinned_copy_has_the_bits, pin_gen_params),
	KUNIT_CASE(split_of_huge_zero_page_keeps_protection),
	KUNIT_CASE_PARAM(copied_page_is_protected_if_asked, copy_gen_params),
	{}
};

static struct kunit_suite soft_bits_kept_suite = {
	.name = "soft_bits_kept",
	.init = mmk_case_init,
	.test_cases = soft_bits_kept_cases,
};

kunit_test_suite(soft_bits_kept_suite);
