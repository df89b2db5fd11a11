// SPDX-License-Identifier: GPL-2.0
/*
 * Migration entries and soft bits: from the pte to the entry, back to a pte, and
 * what happens to the entry in between. Where the bits go is in
 * Documentation/admin-guide/mm/soft-dirty.rst and userfaultfd.rst.
 */
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/rmap.h"
#include "../compat/uffd.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "soft_bits.h"

KUNIT_ARRAY_PARAM_DESC(soft, sb_cases, description);

static void soft_unmap(struct kunit *test, struct soft *soft,
		       const struct soft_case *how)
{
	struct scene *s = &soft->s;

	sb_map(test, soft, how);
	s->hold = mmk_hold(test, s->src);
	try_to_migrate(s->src, 0);
	MMK_EXPECT_KIND(test, mmk_pte_kind(s->mm, s->addr), how->kind);
}

/* Ends the migration, done or failed, and returns what is mapped then. */
static struct folio *soft_restore(struct kunit *test, struct soft *soft,
				  bool move)
{
	struct scene *s = &soft->s;
	struct folio *folio = move ? mmk_hold_copy(test, s->hold) : s->src;

	remove_migration_ptes(s->src, folio, 0);
	mmk_hold_finish(test, s->hold, move);
	return folio;
}

static void migrate_once(struct kunit *test, const struct soft_case *how,
			 bool move)
{
	unsigned int of_child = how->bits & MMK_SOFT_DIRTY;
	struct soft soft;
	struct scene *s = &soft.s;
	struct folio *folio;

	soft_unmap(test, &soft, how);
	MMK_EXPECT_BITS(test, s->mm, s->addr, how->bits);
	if (s->child)
		MMK_EXPECT_BITS(test, s->child, s->addr, of_child);

	folio = soft_restore(test, &soft, move);
	sb_expect_mapped(test, s->mm, s->addr, folio, how->bits, how->write);
	if (s->child)
		sb_expect_mapped(test, s->child, s->addr, folio, of_child,
				 false);
}

/**
 * migration_carries_bits() - A migration that succeeds
 *
 * The entry has the bits of the pte, and the pte of the new page has them
 * again: no more, and no less. What was protected is not writable afterwards.
 *
 * Contract: WP-1, ME-3, ME-4
 */
static void migration_carries_bits(struct kunit *test)
{
	migrate_once(test, test->param_value, true);
}

/**
 * failed_migration_puts_bits_back() - A migration that fails
 *
 * As migration_carries_bits(), but the old page is mapped again.
 *
 * Contract: WP-1, ME-3, ME-4
 */
static void failed_migration_puts_bits_back(struct kunit *test)
{
	migrate_once(test, test->param_value, false);
}

/**
 * mprotect_keeps_bits_of_entry() - mprotect() while an entry is in place
 *
 * The VMA becomes read-only. The entry is not writable any more, and keeps its
 * bits; so does the pte after the migration.
 *
 * Contract: WP-1, ME-8
 */
static void mprotect_keeps_bits_of_entry(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct soft soft;
	struct folio *folio;

	soft_unmap(test, &soft, how);
	KUNIT_EXPECT_EQ(test, sys_mprotect(soft.s.addr, PAGE_SIZE, PROT_READ),
			0L);
	KUNIT_EXPECT_NE(test, (int)mmk_pte_kind(soft.s.mm, soft.s.addr),
			(int)MMK_PTE_MIGRATION_WRITE);
	MMK_EXPECT_BITS(test, soft.s.mm, soft.s.addr, how->bits);
	folio = soft_restore(test, &soft, true);
	sb_expect_mapped(test, soft.s.mm, soft.s.addr, folio, how->bits, false);
}

/**
 * entry_is_protected_and_unprotected() - UFFDIO_WRITEPROTECT of an entry
 *
 * The entry gets the bit, and loses it, while the page is under migration; its
 * soft-dirty bit stays. When the migration ends, the pte is as the last call
 * left the entry.
 *
 * Contract: WP-1, ME-8
 */
static void entry_is_protected_and_unprotected(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	unsigned int soft_dirty = how->bits & MMK_SOFT_DIRTY;
	struct soft soft;
	struct scene *s = &soft.s;
	struct folio *folio;

	soft_unmap(test, &soft, how);
	mmk_uffd_protect(test, soft.uffd, s->addr, PAGE_SIZE, true);
	MMK_EXPECT_BITS(test, s->mm, s->addr, soft_dirty | MMK_UFFD);
	KUNIT_EXPECT_NE(test, (int)mmk_pte_kind(s->mm, s->addr),
			(int)MMK_PTE_MIGRATION_WRITE);
	mmk_uffd_protect(test, soft.uffd, s->addr, PAGE_SIZE, false);
	MMK_EXPECT_BITS(test, s->mm, s->addr, soft_dirty);
	mmk_uffd_protect(test, soft.uffd, s->addr, PAGE_SIZE, true);
	folio = soft_restore(test, &soft, true);
	sb_expect_mapped(test, s->mm, s->addr, folio, soft_dirty | MMK_UFFD,
			 false);
}

/**
 * forked_page_is_not_protected() - fork() of a page that is there
 *
 * The child's pte is soft-dirty if the parent's is, and not protected. The parent's is as
 * before, but read-only.
 *
 * Contract: WP-1
 */
static void forked_page_is_not_protected(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct mm_struct *child;
	struct folio *folio;
	struct soft soft;

	if (!is_anon(how->backing))
		kunit_skip(test, "a child may fault it in");
	sb_map(test, &soft, how);
	folio = soft.s.src;
	child = mmk_fork(test);
	sb_expect_mapped(test, soft.s.mm, soft.s.addr, folio, how->bits, false);
	sb_expect_mapped(test, child, soft.s.addr, folio,
			 how->bits & MMK_SOFT_DIRTY, false);
}

/**
 * fork_copies_soft_dirty_alone() - fork() while an entry is in place
 *
 * The child's entry is soft-dirty if the parent's is. It is not protected, for
 * userfaultfd does not follow fork() unless it was asked to. The parent's entry
 * keeps its bits, and both ptes have them after the migration.
 *
 * Contract: WP-1, ME-6
 */
static void fork_copies_soft_dirty_alone(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	unsigned int of_child = how->bits & MMK_SOFT_DIRTY;
	bool shared = how->backing == SHMEM_SHARED;
	struct mm_struct *child;
	struct folio *folio;
	struct soft soft;

	soft_unmap(test, &soft, how);
	child = mmk_fork(test);
	MMK_EXPECT_BITS(test, soft.s.mm, soft.s.addr, how->bits);
	/* What a fault can find again is not copied, or may be. */
	if (mmk_pte_kind(child, soft.s.addr) != MMK_PTE_NONE &&
	    mmk_pte_kind(child, soft.s.addr) != MMK_PTE_NO_TABLE)
		MMK_EXPECT_BITS(test, child, soft.s.addr, of_child);
	else
		KUNIT_EXPECT_TRUE(test, how->backing == SHMEM_PRIVATE || shared);

	folio = soft_restore(test, &soft, true);
	sb_expect_mapped(test, soft.s.mm, soft.s.addr, folio, how->bits,
			 how->write && shared);
	if (is_anon(how->backing))
		sb_expect_mapped(test, child, soft.s.addr, folio, of_child,
				 false);
}

/**
 * moved_entry_is_soft_dirty_and_not_protected() - mremap() of an entry
 *
 * The new place is soft-dirty, as new memory is. It is not protected: without
 * UFFD_FEATURE_EVENT_REMAP, userfaultfd does not follow the mapping.
 *
 * Contract: WP-1, ME-13
 */
static void moved_entry_is_soft_dirty_and_not_protected(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct soft soft;
	struct folio *folio;
	unsigned long to;

	mmk_need_bits(test, MMK_SOFT_DIRTY);
	soft_unmap(test, &soft, how);
	to = mmk_map_anon(test, 1);
	KUNIT_ASSERT_EQ(test, (unsigned long)
			sys_mremap(soft.s.addr, PAGE_SIZE, PAGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	MMK_EXPECT_KIND(test, mmk_pte_kind(soft.s.mm, to), how->kind);
	MMK_EXPECT_BITS(test, soft.s.mm, to, MMK_SOFT_DIRTY);
	folio = soft_restore(test, &soft, true);
	/* A shared mapping that nobody watches is writable at once. */
	sb_expect_mapped(test, soft.s.mm, to, folio, MMK_SOFT_DIRTY,
			 how->kind == MMK_PTE_MIGRATION_WRITE ||
			 how->backing == SHMEM_SHARED);
}

/**
 * zapped_entry_leaves_marker_of_file() - MADV_DONTNEED of an entry
 *
 * Of a protected page of a file that is under migration, a marker is left: the
 * page can be mapped again, and has to be protected then. Nothing is left of
 * private memory, nor of a page that was not protected.
 *
 * Contract: WP-1, ME-9
 */
static void zapped_entry_leaves_marker_of_file(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	bool marker = !is_anon(how->backing) && how->bits & MMK_UFFD;
	struct soft soft;

	soft_unmap(test, &soft, how);
	KUNIT_EXPECT_EQ(test, do_madvise(soft.s.mm, soft.s.addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	MMK_EXPECT_KIND(test, mmk_pte_kind(soft.s.mm, soft.s.addr),
			marker ? MMK_PTE_MARKER : MMK_PTE_NONE);
	soft_restore(test, &soft, true);
	MMK_EXPECT_KIND(test, mmk_pte_kind(soft.s.mm, soft.s.addr),
			marker ? MMK_PTE_MARKER : MMK_PTE_NONE);
	if (!marker)
		return;
	KUNIT_EXPECT_EQ(test, mmk_fault_in(soft.s.mm, soft.s.addr, false), 0);
	KUNIT_EXPECT_TRUE(test, mmk_bits(soft.s.mm, soft.s.addr) & MMK_UFFD);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(soft.s.mm, soft.s.addr)));
}

static const struct soft_case zero_cases[] = {
	{ "none", ANON_EXCLUSIVE, 0, false, true },
	{ "soft-dirty", ANON_EXCLUSIVE, MMK_SOFT_DIRTY, true, true },
	{ "protected", ANON_EXCLUSIVE, MMK_UFFD, false, false },
	{ "both", ANON_EXCLUSIVE, MMK_SOFT_DIRTY | MMK_UFFD, true, false },
};

KUNIT_ARRAY_PARAM_DESC(zero, zero_cases, description);

static void clear_page_at(struct mm_struct *mm, unsigned long addr)
{
	struct page *page = mmk_pte_page(mm, addr);

	clear_highpage(page);
}

/**
 * zero_page_has_the_bits_of_the_page_it_replaces() - TTU_USE_SHARED_ZEROPAGE
 *
 * A page of zeroes is replaced by the shared zero page when its folio has been
 * split. The pte has the bits of the entry, and is read-only.
 *
 * Contract: WP-1, ME-4
 */
static void zero_page_has_the_bits_of_the_page_it_replaces(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct soft soft;
	struct scene *s = &soft.s;
	pte_t pte;

	sb_map(test, &soft, how);
	clear_page_at(s->mm, s->addr);
	s->hold = mmk_hold(test, s->src);
	try_to_migrate(s->src, 0);
	remove_migration_ptes(s->src, s->src, TTU_USE_SHARED_ZEROPAGE);
	mmk_hold_finish(test, s->hold, false);
	pte = mmk_pte(s->mm, s->addr);
	MMK_EXPECT_PTE(test, s->mm, s->addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, is_zero_pfn(pte_pfn(pte)));
	MMK_EXPECT_THESE_BITS(test, mmk_bits_of_pte(pte), how->bits);
	KUNIT_EXPECT_FALSE(test, pte_write(pte));
}

static struct kunit_case soft_bits_entry_cases[] = {
	KUNIT_CASE_PARAM(migration_carries_bits, soft_gen_params),
	KUNIT_CASE_PARAM(failed_migration_puts_bits_back, soft_gen_params),
	KUNIT_CASE_PARAM(mprotect_keeps_bits_of_entry, soft_gen_params),
	KUNIT_CASE_PARAM(entry_is_protected_and_unprotected, soft_gen_params),
	KUNIT_CASE_PARAM(forked_page_is_not_protected, soft_gen_params),
	KUNIT_CASE_PARAM(fork_copies_soft_dirty_alone, soft_gen_params),
	KUNIT_CASE_PARAM(moved_entry_is_soft_dirty_and_not_protected,
			 soft_gen_params),
	KUNIT_CASE_PARAM(zapped_entry_leaves_marker_of_file, soft_gen_params),
	KUNIT_CASE_PARAM(zero_page_has_the_bits_of_the_page_it_replaces,
			 zero_gen_params),
	{}
};

static struct kunit_suite soft_bits_entry_suite = {
	.name = "soft_bits_entry",
	.init = mmk_case_init,
	.test_cases = soft_bits_entry_cases,
};

kunit_test_suite(soft_bits_entry_suite);
