// SPDX-License-Identifier: GPL-2.0
/*
 * The entries of a page of hugetlb that is being moved. They follow the rules of
 * any other page: Documentation/mm/page_migration.rst. What an address space
 * has of hugetlb is HugetlbPages in Documentation/filesystems/proc.rst.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>
#include <linux/userfaultfd.h>

#include "../compat/uffd.h"
#include "../lib/bits.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/proc.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "../lib/uffd.h"
#include "../lib/wait.h"
#include "hugetlb.h"

/**
 * struct entry_case - A page, and what becomes of it
 * @description: for the KTAP line
 * @shared: it is mapped shared
 * @moved: the migration succeeds
 */
struct entry_case {
	const char *description;
	bool shared;
	bool moved;
};

static const struct entry_case entry_cases[] = {
	{ "private, moved", false, true },
	{ "private, put back", false, false },
	{ "shared, moved", true, true },
	{ "shared, put back", true, false },
};

KUNIT_ARRAY_PARAM_DESC(entry, entry_cases, description);

/**
 * entry_has_the_permission() - A migration, and nobody looks
 *
 * A writable page becomes a writable entry, and a page that is read-only an entry
 * that is not writable. Afterwards the page is mapped as before, at the same
 * address, with the same bytes, and nothing is counted twice.
 *
 * Contract: HT-1
 */
static void entry_has_the_permission(struct kunit *test)
{
	const struct entry_case *how = test->param_value;
	struct ht_pool before;
	struct ht_hold *hold;
	struct folio *now;
	bool write;
	struct ht ht;

	ht_map(test, &ht, 1, how->shared, "");
	ht_pool(&ht, &before);
	for (write = true;; write = false) {
		hold = ht_hold(test, &ht);
		if (write)
			HT_EXPECT_PTE(test, ht.mm, ht.addr, MIGRATION_WRITE);
		else if (how->shared)
			HT_EXPECT_PTE(test, ht.mm, ht.addr, MIGRATION_READ);
		else
			HT_EXPECT_PTE(test, ht.mm, ht.addr,
				      MIGRATION_READ_EXCLUSIVE);
		now = ht_hold_end(test, hold, how->moved);
		KUNIT_EXPECT_EQ(test, now == ht.folio, !how->moved);
		ht.folio = now;
		ht_expect_mapped(test, ht.mm, ht.addr, now, write);
		KUNIT_EXPECT_EQ(test, folio_mapcount(now), 1);
		KUNIT_EXPECT_EQ(test, ht_usage(ht.mm), 1L);
		MMK_EXPECT_HOLDS(test, ht.addr, MMK_HUGE_PAGES, HT_SEED);
		ht_expect_pool(test, "afterwards", &ht, &before);
		if (!write)
			return;
		KUNIT_ASSERT_EQ(test, sys_mprotect(ht.addr, HPAGE_SIZE,
						   PROT_READ), 0L);
	}
}

/**
 * fork_copies_the_entry() - fork() while an entry is in place
 *
 * A private mapping has readable entries in parent and child; each has its own
 * bytes after the migration. In a shared one both are writable. The child has
 * as many huge pages as the parent, from the fork to the end.
 *
 * Contract: HT-1
 */
static void fork_copies_the_entry(struct kunit *test)
{
	const struct entry_case *how = test->param_value;
	struct ht_hold *hold;
	struct mm_struct *child;
	struct folio *now;
	struct ht ht;

	ht_map(test, &ht, 1, how->shared, "");
	hold = ht_hold(test, &ht);
	child = mmk_fork(test);
	if (how->shared) {
		HT_EXPECT_PTE(test, ht.mm, ht.addr, MIGRATION_WRITE);
	} else {
		HT_EXPECT_PTE(test, ht.mm, ht.addr, MIGRATION_READ);
		HT_EXPECT_PTE(test, child, ht.addr, MIGRATION_READ);
	}
	now = ht_hold_end(test, hold, how->moved);
	ht_expect_mapped(test, ht.mm, ht.addr, now, how->shared);
	if (how->shared) {
		/* A child of such a mapping may fault its pages in. */
		KUNIT_EXPECT_EQ(test, mmk_fault_in(child, ht.addr, true), 0);
		ht_expect_mapped(test, child, ht.addr, now, true);
	} else {
		ht_expect_mapped(test, child, ht.addr, now, false);
	}
	KUNIT_EXPECT_EQ(test, folio_mapcount(now), 2);

	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, ht.addr, 0), 0);
	if (how->shared) {
		KUNIT_EXPECT_EQ(test, folio_mapcount(now), 2);
	} else {
		KUNIT_EXPECT_EQ(test, folio_mapcount(now), 1);
		MMK_EXPECT_HOLDS(test, ht.addr, MMK_HUGE_PAGES, HT_SEED);
	}
	ht_expect_mapped(test, child, ht.addr,
			 page_folio(pte_page(ht_pte(child, ht.addr))), true);
}

/**
 * child_counts_the_entry() - HugetlbPages of a child of that fork()
 *
 * The child has one huge page once the migration is over, as the parent has, and
 * none when it has unmapped it.
 *
 * Contract: HT-1
 */
static void child_counts_the_entry(struct kunit *test)
{
	const struct entry_case *how = test->param_value;
	struct mm_struct *child;
	struct ht_hold *hold;
	struct ht ht;

	if (how->shared)
		kunit_skip(test, "a shared mapping may be faulted in by the child");
	ht_map(test, &ht, 1, how->shared, "");
	hold = ht_hold(test, &ht);
	child = mmk_fork(test);
	ht_hold_end(test, hold, how->moved);
	HT_EXPECT_PTE(test, child, ht.addr, PRESENT);
	KUNIT_EXPECT_EQ(test, ht_usage(child), 1L);
	KUNIT_EXPECT_EQ(test, ht_usage(ht.mm), 1L);
	KUNIT_EXPECT_EQ(test, mmk_mm_madvise(child, ht.addr, HPAGE_SIZE,
					     MADV_DONTNEED), 0);
	HT_EXPECT_PTE(test, child, ht.addr, NONE);
	KUNIT_EXPECT_EQ(test, ht_usage(child), 0L);
	KUNIT_EXPECT_EQ(test, ht_usage(ht.mm), 1L);
}

/**
 * mprotect_changes_the_entry() - mprotect() while an entry is in place
 *
 * The entry loses the permission to write; the page is mapped read-only when the
 * migration is over, and can be made writable again.
 *
 * Contract: HT-1
 */
static void mprotect_changes_the_entry(struct kunit *test)
{
	const struct entry_case *how = test->param_value;
	struct ht_hold *hold;
	struct folio *now;
	struct ht ht;

	ht_map(test, &ht, 1, how->shared, "");
	hold = ht_hold(test, &ht);
	KUNIT_ASSERT_EQ(test, sys_mprotect(ht.addr, HPAGE_SIZE, PROT_READ), 0L);
	if (how->shared)
		HT_EXPECT_PTE(test, ht.mm, ht.addr, MIGRATION_READ);
	else
		HT_EXPECT_PTE(test, ht.mm, ht.addr, MIGRATION_READ_EXCLUSIVE);
	now = ht_hold_end(test, hold, how->moved);
	ht_expect_mapped(test, ht.mm, ht.addr, now, false);
	KUNIT_EXPECT_NE(test, mmk_fault_in(ht.mm, ht.addr, true), 0);

	KUNIT_ASSERT_EQ(test, sys_mprotect(ht.addr, HPAGE_SIZE,
					   PROT_READ | PROT_WRITE), 0L);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(ht.mm, ht.addr, true), 0);
	ht_expect_mapped(test, ht.mm, ht.addr, now, true);
	KUNIT_EXPECT_EQ(test, folio_mapcount(now), 1);
	MMK_EXPECT_HOLDS(test, ht.addr, MMK_HUGE_PAGES, HT_SEED);
}

/**
 * scan_protects_the_entry() - PM_SCAN_WP_MATCHING while an entry is in place
 *
 * The scan tells that the page has been written to, and protects it: the entry is not
 * writable then. A second scan finds nothing; nor does one when the migration is over, since
 * the page is read-only. Once it has been written to again, it is found.
 *
 * Contract: HT-1, WP-1, WP-2
 */
static void scan_protects_the_entry(struct kunit *test)
{
	const u64 protect = PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC;
	const struct entry_case *how = test->param_value;
	struct mmk_uffd *uffd;
	struct mmk_proc *proc;
	struct ht_hold *hold;
	struct folio *now;
	struct ht ht;

	mmk_need_bits(test, MMK_UFFD);
	ht_map(test, &ht, 1, how->shared, "");
	proc = mmk_proc_alloc(test);
	uffd = mmk_uffd_open_with(test, UFFD_FEATURE_WP_ASYNC |
					UFFD_FEATURE_WP_UNPOPULATED);
	mmk_uffd_watch(test, uffd, ht.addr, HPAGE_SIZE,
		       UFFDIO_REGISTER_MODE_WP);
	hold = ht_hold(test, &ht);
	KUNIT_EXPECT_EQ(test, mmk_proc_scan_pages(test, proc, ht.addr,
						  MMK_HUGE_PAGES,
						  PAGE_IS_WRITTEN, protect),
			(long)MMK_HUGE_PAGES);
	if (how->shared)
		HT_EXPECT_PTE(test, ht.mm, ht.addr, MIGRATION_READ);
	else
		HT_EXPECT_PTE(test, ht.mm, ht.addr, MIGRATION_READ_EXCLUSIVE);
	KUNIT_EXPECT_EQ(test, mmk_proc_scan_pages(test, proc, ht.addr,
						  MMK_HUGE_PAGES,
						  PAGE_IS_WRITTEN, 0), 0L);
	now = ht_hold_end(test, hold, how->moved);
	ht_expect_mapped(test, ht.mm, ht.addr, now, false);
	KUNIT_EXPECT_EQ(test, mmk_proc_scan_pages(test, proc, ht.addr,
						  MMK_HUGE_PAGES,
						  PAGE_IS_WRITTEN, 0), 0L);
	MMK_EXPECT_HOLDS(test, ht.addr, MMK_HUGE_PAGES, HT_SEED);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(ht.mm, ht.addr, HT_SEED), 0);
	ht_expect_mapped(test, ht.mm, ht.addr, now, true);
	KUNIT_EXPECT_EQ(test, mmk_proc_scan_pages(test, proc, ht.addr,
						  MMK_HUGE_PAGES,
						  PAGE_IS_WRITTEN, 0),
			(long)MMK_HUGE_PAGES);
	mmk_proc_end(test, proc);
}

/* Ways to take the mapping, or the pages, away */
static void gone_by_munmap(struct kunit *test, struct ht *ht)
{
	KUNIT_EXPECT_EQ(test, vm_munmap(ht->addr, HPAGE_SIZE), 0);
}

static void gone_by_dontneed(struct kunit *test, struct ht *ht)
{
	KUNIT_EXPECT_EQ(test, mmk_mm_madvise(ht->mm, ht->addr, HPAGE_SIZE,
					     MADV_DONTNEED), 0);
	HT_EXPECT_PTE(test, ht->mm, ht->addr, NONE);
}

static void gone_by_mapping_over(struct kunit *test, struct ht *ht)
{
	KUNIT_EXPECT_EQ(test, vm_mmap(NULL, ht->addr, HPAGE_SIZE, PROT_READ,
				      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				      0), ht->addr);
}

static const struct gone_case {
	const char *description;
	void (*go)(struct kunit *test, struct ht *ht);
	bool shared;
	bool moved;
} gone_cases[] = {
	{ "munmap(), private, moved", gone_by_munmap, false, true },
	{ "munmap(), private, put back", gone_by_munmap, false, false },
	{ "munmap(), shared, moved", gone_by_munmap, true, true },
	{ "MADV_DONTNEED, private, moved", gone_by_dontneed, false, true },
	{ "MADV_DONTNEED, shared, put back", gone_by_dontneed, true, false },
	{ "another mapping, private, moved", gone_by_mapping_over, false, true },
	{ "another mapping, shared, moved", gone_by_mapping_over, true, true },
};

KUNIT_ARRAY_PARAM_DESC(gone, gone_cases, description);

/**
 * entry_goes_with_the_mapping() - The entry is taken away before the migration ends
 *
 * Nothing comes back at that address, nobody maps the page, the other page of the
 * mapping is as before, and a private page is free when the migration is over.
 *
 * Contract: HT-1
 */
static void entry_goes_with_the_mapping(struct kunit *test)
{
	const struct gone_case *how = test->param_value;
	struct ht_hold *hold;
	struct folio *now;
	struct ht ht;

	ht_map(test, &ht, 2, how->shared, "");
	hold = ht_hold(test, &ht);
	how->go(test, &ht);
	if (!how->shared) {
		/* Only the migration has it. */
		KUNIT_EXPECT_EQ(test, folio_ref_count(ht.folio), 1);
		/* What nobody needs cannot be moved. */
		now = ht_hold_end(test, hold, false);
	} else {
		now = ht_hold_end(test, hold, how->moved);
		KUNIT_EXPECT_EQ(test, folio_mapcount(now), 0);
	}
	KUNIT_EXPECT_FALSE(test, pte_present(ht_pte(ht.mm, ht.addr)));
	MMK_EXPECT_PART_HOLDS(test, ht.mm, ht.addr + HPAGE_SIZE,
			      MMK_HUGE_PAGES, MMK_HUGE_PAGES, HT_SEED);
}

/**
 * unmapped_entry_is_not_counted() - HugetlbPages once the entry is unmapped
 *
 * There were two pages, and one is left; when this one is unmapped as well, there
 * is none.
 *
 * Contract: HT-1
 */
static void unmapped_entry_is_not_counted(struct kunit *test)
{
	const struct gone_case *how = test->param_value;
	struct ht_hold *hold;
	struct ht ht;

	ht_map(test, &ht, 2, how->shared, "");
	KUNIT_ASSERT_EQ(test, ht_usage(ht.mm), 2L);
	hold = ht_hold(test, &ht);
	how->go(test, &ht);
	KUNIT_EXPECT_EQ(test, ht_usage(ht.mm), 1L);
	ht_hold_end(test, hold, how->shared && how->moved);
	KUNIT_EXPECT_EQ(test, ht_usage(ht.mm), 1L);
	KUNIT_EXPECT_EQ(test, vm_munmap(ht.addr + HPAGE_SIZE, HPAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, ht_usage(ht.mm), 0L);
}

/**
 * struct cut - A task that truncates a file to nothing
 * @task: the task
 * @file: the file
 * @ret: what came of it
 */
struct cut {
	struct mmk_task task;
	struct file *file;
	long ret;
};

static void cut_run(struct mmk_task *task)
{
	struct cut *cut = container_of(task, struct cut, task);

	cut->ret = vfs_truncate(&cut->file->f_path, 0);
}

/**
 * truncation_waits_for_the_migration() - Truncation of a file under migration
 *
 * The entry goes at once. The page goes when the migration has given it up, and
 * nothing is mapped or left of the file.
 *
 * Contract: HT-1
 */
static void truncation_waits_for_the_migration(struct kunit *test)
{
	struct ht_pool pool;
	struct ht_hold *hold;
	struct cut *cut;
	struct ht ht;

	ht_map(test, &ht, 1, true, "");
	hold = ht_hold(test, &ht);
	cut = mmk_task_alloc(test, sizeof(*cut), ht.mm, cut_run);
	cut->file = ht.file;
	mmk_task_start(&cut->task);
	KUNIT_EXPECT_TRUE(test, mmk_wait_for(mmk_task_waits_for(test,
								cut->task.task,
								ht.folio)));
	HT_EXPECT_PTE(test, ht.mm, ht.addr, NONE);
	/* The truncation has a reference: there is nothing to be moved. */
	ht_hold_end(test, hold, false);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&cut->task));
	KUNIT_EXPECT_EQ(test, cut->ret, 0L);
	KUNIT_EXPECT_FALSE(test, pte_present(ht_pte(ht.mm, ht.addr)));
	KUNIT_EXPECT_EQ(test, file_inode(ht.file)->i_mapping->nrpages, 0UL);
	ht_pool(&ht, &pool);
	KUNIT_EXPECT_EQ(test, pool.nr - pool.free, 0UL);
}

static struct kunit_case hugetlb_entry_cases[] = {
	KUNIT_CASE_PARAM(entry_has_the_permission, entry_gen_params),
	KUNIT_CASE_PARAM(fork_copies_the_entry, entry_gen_params),
	KUNIT_CASE_PARAM(child_counts_the_entry, entry_gen_params),
	KUNIT_CASE_PARAM(mprotect_changes_the_entry, entry_gen_params),
	KUNIT_CASE_PARAM(scan_protects_the_entry, entry_gen_params),
	KUNIT_CASE_PARAM(entry_goes_with_the_mapping, gone_gen_params),
	KUNIT_CASE_PARAM(unmapped_entry_is_not_counted, gone_gen_params),
	KUNIT_CASE(truncation_waits_for_the_migration),
	{}
};

static struct kunit_suite hugetlb_entry_suite = {
	.name = "hugetlb_entry",
	.init = mmk_case_init,
	.test_cases = hugetlb_entry_cases,
};

kunit_test_suite(hugetlb_entry_suite);
