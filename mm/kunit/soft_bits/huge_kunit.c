// SPDX-License-Identifier: GPL-2.0
/*
 * Soft bits of a huge page: one set in its pmd, and one in each pte when it is
 * split.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/rmap.h"
#include "../compat/uffd.h"
#include "../lib/bits.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/uffd.h"

#define SEED	0x5b

/**
 * struct huge_case - The bits of a pmd
 * @description: for the KTAP line
 * @bits: MMK_SOFT_DIRTY and MMK_UFFD
 * @dirty: the pmd is dirty
 */
struct huge_case {
	const char *description;
	unsigned int bits;
	bool dirty;
};

static const struct huge_case huge_cases[] = {
	{ "none", 0, false },
	{ "none, dirty", 0, true },
	{ "soft-dirty", MMK_SOFT_DIRTY, false },
	{ "soft-dirty, dirty", MMK_SOFT_DIRTY, true },
	{ "protected", MMK_UFFD, false },
	{ "protected, dirty", MMK_UFFD, true },
	{ "both", MMK_SOFT_DIRTY | MMK_UFFD, true },
};

KUNIT_ARRAY_PARAM_DESC(huge, huge_cases, description);

/**
 * struct soft_huge - A huge page with soft bits
 * @mm: current->mm
 * @uffd: watches it for writes
 * @addr: where
 * @folio: the page
 * @hold: its migration
 */
struct soft_huge {
	struct mm_struct *mm;
	struct mmk_uffd *uffd;
	unsigned long addr;
	struct folio *folio;
	struct mmk_hold *hold;
};

static void huge_map(struct kunit *test, struct soft_huge *h,
		     const struct huge_case *how)
{
	mmk_need_bits(test, how->bits);
	h->mm = mmk_mm_enter(test);
	h->addr = mmk_map_huge(test, h->mm, 1);
	mmk_fill(test, h->addr, MMK_HUGE_PAGES, SEED);
	h->folio = mmk_pmd_folio(test, h->mm, h->addr);
	h->uffd = mmk_uffd_open(test);
	mmk_uffd_watch(test, h->uffd, h->addr, MMK_HUGE_SIZE,
		       UFFDIO_REGISTER_MODE_WP);
	if (how->bits & MMK_UFFD)
		mmk_uffd_protect(test, h->uffd, h->addr, MMK_HUGE_SIZE, true);
	MMK_EXPECT_PMD(test, h->mm, h->addr, PRESENT);
	KUNIT_EXPECT_EQ(test, mmk_pmd_bits(h->mm, h->addr) & MMK_UFFD,
			how->bits & MMK_UFFD);
	mmk_pmd_set_flags(test, h->mm, h->addr, true, how->dirty);
	folio_clear_dirty(h->folio);
	mmk_pmd_set_bits(test, h->mm, h->addr, how->bits);
}

static void huge_unmap(struct kunit *test, struct soft_huge *h)
{
	h->hold = mmk_hold(test, h->folio);
	try_to_migrate(h->folio, 0);
}

static void expect_pmd_bits(struct kunit *test, struct soft_huge *h,
			    unsigned int bits)
{
	MMK_EXPECT_PMD_BITS(test, h->mm, h->addr, bits);
	if (bits & MMK_UFFD && pmd_trans_huge(mmk_pmd(h->mm, h->addr)))
		KUNIT_EXPECT_FALSE(test, pmd_write(mmk_pmd(h->mm, h->addr)));
}

/* All ptes, which are present or entries, have these bits. */
static void expect_all_bits(struct kunit *test, struct mm_struct *mm,
			    unsigned long addr, unsigned int bits)
{
	unsigned int i, is;

	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		is = mmk_bits(mm, addr + i * PAGE_SIZE);
		KUNIT_EXPECT_EQ_MSG(test, is, bits, "pte %u is %s, should be %s",
				    i, mmk_bits_name(is), mmk_bits_name(bits));
		if (is != bits)
			break;
	}
}

static void huge_migrate(struct kunit *test, bool move)
{
	const struct huge_case *how = test->param_value;
	struct soft_huge h;
	struct folio *to;

	huge_map(test, &h, how);
	huge_unmap(test, &h);
	MMK_EXPECT_KIND(test, mmk_pmd_kind(h.mm, h.addr),
			how->bits & MMK_UFFD ? MMK_PTE_MIGRATION_READ_EXCLUSIVE :
					       MMK_PTE_MIGRATION_WRITE);
	expect_pmd_bits(test, &h, how->bits);
	to = move ? mmk_hold_copy(test, h.hold) : h.folio;
	remove_migration_ptes(h.folio, to, 0);
	mmk_hold_finish(test, h.hold, move);
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
	expect_pmd_bits(test, &h, how->bits);
}

/**
 * huge_migration_carries_bits() - A migration that succeeds
 *
 * The entry in the pmd has the bits of the huge page, and so has the pmd of the
 * new page.
 *
 * Contract: WP-1, ME-3, ME-4
 */
static void huge_migration_carries_bits(struct kunit *test)
{
	huge_migrate(test, true);
}

/**
 * failed_huge_migration_puts_bits_back() - A migration that fails
 *
 * As huge_migration_carries_bits(), but the old page is mapped again.
 *
 * Contract: WP-1, ME-3, ME-4
 */
static void failed_huge_migration_puts_bits_back(struct kunit *test)
{
	huge_migrate(test, false);
}

/**
 * split_gives_each_pte_the_bits() - A huge mapping is split
 *
 * Each pte has the bits of the pmd.
 *
 * Contract: WP-1
 */
static void split_gives_each_pte_the_bits(struct kunit *test)
{
	const struct huge_case *how = test->param_value;
	struct soft_huge h;

	huge_map(test, &h, how);
	mmk_split_pmd(h.mm, h.addr);
	MMK_EXPECT_PMD(test, h.mm, h.addr, TABLE);
	expect_all_bits(test, h.mm, h.addr, how->bits);
	MMK_EXPECT_PTE(test, h.mm, h.addr, PRESENT);
	KUNIT_EXPECT_EQ(test, !!pte_write(mmk_pte(h.mm, h.addr)),
			!(how->bits & MMK_UFFD));
}

/**
 * split_gives_each_entry_the_bits() - The mapping is split during a migration
 *
 * The entry in the pmd is replaced by one for each page, and each has its bits.
 * After the migration all ptes have them.
 *
 * Contract: WP-1
 */
static void split_gives_each_entry_the_bits(struct kunit *test)
{
	const struct huge_case *how = test->param_value;
	struct soft_huge h;

	huge_map(test, &h, how);
	huge_unmap(test, &h);
	mmk_split_pmd(h.mm, h.addr);
	MMK_EXPECT_PMD(test, h.mm, h.addr, TABLE);
	expect_all_bits(test, h.mm, h.addr, how->bits);
	remove_migration_ptes(h.folio, h.folio, 0);
	mmk_hold_finish(test, h.hold, false);
	MMK_EXPECT_PTE(test, h.mm, h.addr, PRESENT);
	expect_all_bits(test, h.mm, h.addr, how->bits);
}

/**
 * huge_entry_keeps_bits_in_mprotect() - mprotect() and UFFDIO_WRITEPROTECT
 *
 * A read-only VMA makes the entry in a pmd readable, and leaves its bits alone.
 * UFFDIO_WRITEPROTECT sets and clears its own bit there.
 *
 * Contract: WP-1, ME-8
 */
static void huge_entry_keeps_bits_in_mprotect(struct kunit *test)
{
	const struct huge_case *how = test->param_value;
	unsigned int soft_dirty = how->bits & MMK_SOFT_DIRTY;
	struct soft_huge h;

	huge_map(test, &h, how);
	huge_unmap(test, &h);
	KUNIT_EXPECT_EQ(test, sys_mprotect(h.addr, MMK_HUGE_SIZE, PROT_READ),
			0L);
	MMK_EXPECT_PMD(test, h.mm, h.addr, MIGRATION_READ_EXCLUSIVE);
	expect_pmd_bits(test, &h, how->bits);
	mmk_uffd_protect(test, h.uffd, h.addr, MMK_HUGE_SIZE, true);
	expect_pmd_bits(test, &h, soft_dirty | MMK_UFFD);
	mmk_uffd_protect(test, h.uffd, h.addr, MMK_HUGE_SIZE, false);
	expect_pmd_bits(test, &h, soft_dirty);
	remove_migration_ptes(h.folio, h.folio, 0);
	mmk_hold_finish(test, h.hold, false);
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
}

/**
 * forked_huge_page_is_not_protected() - fork() of a huge page that is there
 *
 * The child's pmd is soft-dirty if the parent's is. userfaultfd does not follow fork() unless
 * it was asked to: the child's is not protected, and the parent's is as before.
 *
 * Contract: WP-1
 */
static void forked_huge_page_is_not_protected(struct kunit *test)
{
	const struct huge_case *how = test->param_value;
	struct mm_struct *child;
	struct soft_huge h;

	huge_map(test, &h, how);
	child = mmk_fork(test);
	MMK_EXPECT_PMD(test, child, h.addr, PRESENT);
	MMK_EXPECT_PMD_BITS(test, child, h.addr, how->bits & MMK_SOFT_DIRTY);
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
	expect_pmd_bits(test, &h, how->bits);
}

/**
 * fork_copies_soft_dirty_of_huge_entry() - fork() during the migration
 *
 * The child's entry is soft-dirty if the parent's is, and not protected.
 *
 * Contract: WP-1, ME-6
 */
static void fork_copies_soft_dirty_of_huge_entry(struct kunit *test)
{
	const struct huge_case *how = test->param_value;
	struct mm_struct *child;
	struct soft_huge h;

	huge_map(test, &h, how);
	huge_unmap(test, &h);
	child = mmk_fork(test);
	MMK_EXPECT_PMD(test, child, h.addr, MIGRATION_READ);
	MMK_EXPECT_PMD_BITS(test, child, h.addr, how->bits & MMK_SOFT_DIRTY);
	MMK_EXPECT_PMD(test, h.mm, h.addr, MIGRATION_READ);
	expect_pmd_bits(test, &h, how->bits);
	remove_migration_ptes(h.folio, h.folio, 0);
	mmk_hold_finish(test, h.hold, false);
	MMK_EXPECT_PMD_BITS(test, child, h.addr, how->bits & MMK_SOFT_DIRTY);
	expect_pmd_bits(test, &h, how->bits);
}

static void huge_move(struct kunit *test, bool entry)
{
	const struct huge_case *how = test->param_value;
	struct soft_huge h;
	unsigned long to;

	mmk_need_bits(test, MMK_SOFT_DIRTY);
	huge_map(test, &h, how);
	if (entry)
		huge_unmap(test, &h);
	/* There is room behind the huge page. */
	to = h.addr + MMK_HUGE_SIZE;
	KUNIT_ASSERT_EQ(test, (unsigned long)
			sys_mremap(h.addr, MMK_HUGE_SIZE, MMK_HUGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	h.addr = to;
	expect_pmd_bits(test, &h, MMK_SOFT_DIRTY);
	if (!entry)
		return;
	remove_migration_ptes(h.folio, h.folio, 0);
	mmk_hold_finish(test, h.hold, false);
	MMK_EXPECT_PMD(test, h.mm, to, PRESENT);
	expect_pmd_bits(test, &h, MMK_SOFT_DIRTY);
}

/**
 * moved_huge_page_is_soft_dirty_and_not_protected() - mremap()
 *
 * As for a small page: the new place is soft-dirty, and userfaultfd does not
 * follow.
 *
 * Contract: WP-1
 */
static void moved_huge_page_is_soft_dirty_and_not_protected(struct kunit *test)
{
	huge_move(test, false);
}

/**
 * moved_huge_entry_is_soft_dirty_and_not_protected() - mremap() of an entry
 *
 * As moved_huge_page_is_soft_dirty_and_not_protected(), while the page is under
 * migration.
 *
 * Contract: WP-1, ME-13
 */
static void moved_huge_entry_is_soft_dirty_and_not_protected(struct kunit *test)
{
	huge_move(test, true);
}

/**
 * part_of_a_huge_page_is_protected() - UFFDIO_WRITEPROTECT of one page of it
 *
 * The other pages are as before: not protected, and writable.
 *
 * Contract: WP-1
 */
static void part_of_a_huge_page_is_protected(struct kunit *test)
{
	static const struct huge_case none = { "none", 0, true };
	const unsigned int page = 3;
	unsigned int i, wrong = 0;
	struct soft_huge h;

	mmk_need_bits(test, MMK_UFFD);
	huge_map(test, &h, &none);
	mmk_uffd_protect(test, h.uffd, h.addr + page * PAGE_SIZE, PAGE_SIZE,
			 true);
	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		unsigned long addr = h.addr + i * PAGE_SIZE;

		wrong += !!(mmk_bits(h.mm, addr) & MMK_UFFD) != (i == page) ||
			 !!pte_write(mmk_pte(h.mm, addr)) != (i != page);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, SEED);
}

static struct kunit_case soft_bits_huge_cases[] = {
	KUNIT_CASE(part_of_a_huge_page_is_protected),
	KUNIT_CASE_PARAM(huge_migration_carries_bits, huge_gen_params),
	KUNIT_CASE_PARAM(failed_huge_migration_puts_bits_back, huge_gen_params),
	KUNIT_CASE_PARAM(split_gives_each_pte_the_bits, huge_gen_params),
	KUNIT_CASE_PARAM(split_gives_each_entry_the_bits, huge_gen_params),
	KUNIT_CASE_PARAM(huge_entry_keeps_bits_in_mprotect, huge_gen_params),
	KUNIT_CASE_PARAM(forked_huge_page_is_not_protected, huge_gen_params),
	KUNIT_CASE_PARAM(fork_copies_soft_dirty_of_huge_entry, huge_gen_params),
	KUNIT_CASE_PARAM(moved_huge_page_is_soft_dirty_and_not_protected,
			 huge_gen_params),
	KUNIT_CASE_PARAM(moved_huge_entry_is_soft_dirty_and_not_protected,
			 huge_gen_params),
	{}
};

static struct kunit_suite soft_bits_huge_suite = {
	.name = "soft_bits_huge",
	.init = mmk_case_init,
	.test_cases = soft_bits_huge_cases,
};

kunit_test_suite(soft_bits_huge_suite);
