// SPDX-License-Identifier: GPL-2.0
/*
 * Write protection of pages that are not there: a marker stands for each. What
 * gets one is in Documentation/admin-guide/mm/userfaultfd.rst.
 */
#include <kunit/test.h>
#include <linux/falloc.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/uffd.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "soft_bits.h"

/**
 * struct hole_case - A page that is not there
 * @description: for the KTAP line
 * @file: of tmpfs; if not, private memory
 * @features: UFFD_FEATURE_*
 * @marker: it gets a marker
 */
struct hole_case {
	const char *description;
	bool file;
	u64 features;
	bool marker;
};

static const struct hole_case hole_cases[] = {
	{ "tmpfs", true, 0, true },
	{ "tmpfs, WP_UNPOPULATED", true, UFFD_FEATURE_WP_UNPOPULATED, true },
	{ "anon", false, 0, false },
	{ "anon, WP_UNPOPULATED", false, UFFD_FEATURE_WP_UNPOPULATED, true },
};

KUNIT_ARRAY_PARAM_DESC(hole, hole_cases, description);

/**
 * protected_hole_gets_marker() - UFFDIO_WRITEPROTECT of a page not yet there
 *
 * A hole of a file gets a marker, one of private memory only if the monitor has
 * asked for UFFD_FEATURE_WP_UNPOPULATED. A page that is read there is protected
 * then. When the protection is taken away, so is the marker.
 *
 * Contract: WP-1
 */
static void protected_hole_gets_marker(struct kunit *test)
{
	const struct hole_case *how = test->param_value;
	struct mm_struct *mm;
	struct mmk_uffd *uffd;
	unsigned long addr;

	mmk_need_bits(test, MMK_UFFD);
	mm = mmk_mm_enter(test);
	uffd = mmk_uffd_open_with(test, how->features);
	addr = how->file ? mmk_mmap(test, mmk_shmem_file(test, 2), 2 * PAGE_SIZE,
				    PROT_READ | PROT_WRITE, MAP_SHARED) :
			   mmk_map_anon(test, 2);
	mmk_uffd_watch(test, uffd, addr, 2 * PAGE_SIZE,
		       UFFDIO_REGISTER_MODE_WP);
	mmk_uffd_protect(test, uffd, addr, 2 * PAGE_SIZE, true);
	if (!how->marker) {
		KUNIT_EXPECT_TRUE(test, pte_none(mmk_pte(mm, addr)));
		return;
	}
	MMK_EXPECT_PTE(test, mm, addr, MARKER);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MARKER);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr, false), 0);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, mmk_bits(mm, addr) & MMK_UFFD);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr)));

	mmk_uffd_protect(test, uffd, addr, 2 * PAGE_SIZE, false);
	KUNIT_EXPECT_FALSE(test, mmk_bits(mm, addr) & MMK_UFFD);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, NONE);
}

/**
 * zapped_marker_stays_in_a_file() - MADV_DONTNEED of a page that is not there
 *
 * That a page of a file is protected is not forgotten. "MADV_DONTNEED on anonymous" memory
 * "will be treated as dirtying of memory": the marker goes.
 *
 * Contract: WP-1
 */
static void zapped_marker_stays_in_a_file(struct kunit *test)
{
	const struct hole_case *how = test->param_value;
	struct mm_struct *mm;
	struct mmk_uffd *uffd;
	unsigned long addr;

	mmk_need_bits(test, MMK_UFFD);
	if (!how->marker)
		kunit_skip(test, "gets no marker");
	mm = mmk_mm_enter(test);
	uffd = mmk_uffd_open_with(test, how->features);
	addr = how->file ? mmk_mmap(test, mmk_shmem_file(test, 1), PAGE_SIZE,
				    PROT_READ | PROT_WRITE, MAP_SHARED) :
			   mmk_map_anon(test, 1);
	mmk_uffd_watch(test, uffd, addr, PAGE_SIZE, UFFDIO_REGISTER_MODE_WP);
	mmk_uffd_protect(test, uffd, addr, PAGE_SIZE, true);
	MMK_EXPECT_PTE(test, mm, addr, MARKER);
	KUNIT_ASSERT_EQ(test, do_madvise(mm, addr, PAGE_SIZE, MADV_DONTNEED),
			0);
	MMK_EXPECT_KIND(test, mmk_pte_kind(mm, addr),
			how->file ? MMK_PTE_MARKER : MMK_PTE_NONE);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr, false), 0);
	KUNIT_EXPECT_EQ(test, !!(mmk_bits(mm, addr) & MMK_UFFD), how->file);
}

/**
 * zapped_page_leaves_marker() - MADV_DONTNEED of a protected page
 *
 * A protected page of a file leaves a marker; one of private memory, and one
 * that is not protected, leave nothing.
 *
 * Contract: WP-1
 */
static void zapped_page_leaves_marker(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	bool marker = !is_anon(how->backing) && how->bits & MMK_UFFD;
	struct soft soft;

	sb_map(test, &soft, how);
	KUNIT_EXPECT_EQ(test, do_madvise(soft.s.mm, soft.s.addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	MMK_EXPECT_KIND(test, mmk_pte_kind(soft.s.mm, soft.s.addr),
			marker ? MMK_PTE_MARKER : MMK_PTE_NONE);
	if (!marker)
		return;
	KUNIT_EXPECT_EQ(test, mmk_fault_in(soft.s.mm, soft.s.addr, false), 0);
	KUNIT_EXPECT_TRUE(test, mmk_bits(soft.s.mm, soft.s.addr) & MMK_UFFD);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(soft.s.mm, soft.s.addr)));
}

KUNIT_ARRAY_PARAM_DESC(soft, sb_cases, description);

static const struct soft_case reclaimed_cases[] = {
	{ "protected", SHMEM_SHARED, MMK_UFFD, true, false },
	{ "not protected", SHMEM_SHARED, 0, true, true },
};

KUNIT_ARRAY_PARAM_DESC(reclaimed, reclaimed_cases, description);

/**
 * reclaimed_page_leaves_marker() - A protected page of tmpfs is swapped out
 *
 * There is no entry in which the bit could be: a marker stands for the page. When it is back
 * it is protected. A page that is not protected leaves nothing.
 *
 * Contract: WP-1
 */
static void reclaimed_page_leaves_marker(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct soft soft;

	sb_map(test, &soft, how);
	mmk_swap_on(test);
	KUNIT_ASSERT_EQ(test, mmk_pageout(soft.s.addr, PAGE_SIZE), 0);
	MMK_EXPECT_KIND(test, mmk_pte_kind(soft.s.mm, soft.s.addr),
			how->bits ? MMK_PTE_MARKER : MMK_PTE_NONE);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(soft.s.mm, soft.s.addr, false), 0);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, PRESENT);
	KUNIT_EXPECT_EQ(test, mmk_bits(soft.s.mm, soft.s.addr) & MMK_UFFD,
			how->bits);
	if (how->bits)
		KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(soft.s.mm,
							   soft.s.addr)));
	MMK_EXPECT_HOLDS(test, soft.s.addr, 1, SCENE_SEED);
}

/**
 * punched_page_leaves_marker() - A hole is punched into a protected file
 *
 * The page is gone, and what comes in its place has to be protected as well.
 *
 * Contract: WP-1
 */
static void punched_page_leaves_marker(struct kunit *test)
{
	const struct soft_case how = { .backing = SHMEM_SHARED,
				       .bits = MMK_UFFD };
	struct soft soft;

	sb_map(test, &soft, &how);
	KUNIT_EXPECT_EQ(test, vfs_fallocate(soft.s.file, FALLOC_FL_PUNCH_HOLE |
					    FALLOC_FL_KEEP_SIZE, 0, PAGE_SIZE),
			0);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, MARKER);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(soft.s.mm, soft.s.addr, false), 0);
	KUNIT_EXPECT_TRUE(test, mmk_bits(soft.s.mm, soft.s.addr) & MMK_UFFD);
}

/**
 * fork_leaves_marker_behind() - fork() of a VMA with a marker
 *
 * userfaultfd does not watch the child, which has no marker.
 *
 * Contract: WP-1
 */
static void fork_leaves_marker_behind(struct kunit *test)
{
	const struct soft_case how = { .backing = SHMEM_SHARED,
				       .bits = MMK_UFFD };
	struct mm_struct *child;
	struct soft soft;

	sb_map(test, &soft, &how);
	KUNIT_ASSERT_EQ(test, do_madvise(soft.s.mm, soft.s.addr, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, MARKER);
	child = mmk_fork(test);
	KUNIT_EXPECT_TRUE(test, pte_none(mmk_pte(child, soft.s.addr)));
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, MARKER);
}

/**
 * moved_page_is_soft_dirty_and_not_protected() - UFFDIO_MOVE
 *
 * The page is new at its destination: it is soft-dirty there, and it is not
 * protected, whatever it was where it comes from.
 *
 * Contract: WP-1
 */
static void moved_page_is_soft_dirty_and_not_protected(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct uffdio_move move = { .len = PAGE_SIZE };
	struct soft soft;

	if (how->backing != ANON_EXCLUSIVE)
		kunit_skip(test, "UFFDIO_MOVE moves exclusive pages only");
	mmk_need_bits(test, MMK_SOFT_DIRTY);
	sb_map(test, &soft, how);
	move.src = soft.s.addr;
	move.dst = mmk_map_anon(test, 1);
	mmk_uffd_watch(test, soft.uffd, move.dst, PAGE_SIZE,
		       UFFDIO_REGISTER_MODE_MISSING);
	lru_add_drain_all();
	KUNIT_ASSERT_EQ(test, mmk_uffd_ioctl(test, soft.uffd, UFFDIO_MOVE,
					     &move), 0L);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, NONE);
	sb_expect_mapped(test, soft.s.mm, move.dst, soft.s.src, MMK_SOFT_DIRTY,
			 true);
}

/**
 * mprotect_protects_no_hole() - In a range that is watched for writes
 *
 * Only UFFDIO_WRITEPROTECT protects a page that is not there. mprotect() leaves it alone.
 *
 * Contract: WP-1
 */
static void mprotect_protects_no_hole(struct kunit *test)
{
	struct mmk_uffd *uffd;
	struct mm_struct *mm;
	unsigned long addr;

	mmk_need_bits(test, MMK_UFFD);
	mm = mmk_mm_enter(test);
	uffd = mmk_uffd_open(test);
	addr = mmk_mmap(test, mmk_shmem_file(test, 2), 2 * PAGE_SIZE,
			PROT_READ | PROT_WRITE, MAP_SHARED);
	mmk_uffd_watch(test, uffd, addr, 2 * PAGE_SIZE,
		       UFFDIO_REGISTER_MODE_WP);
	/* With a page table */
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	KUNIT_EXPECT_EQ(test, sys_mprotect(addr, 2 * PAGE_SIZE, PROT_READ), 0L);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, NONE);
	KUNIT_EXPECT_EQ(test, sys_mprotect(addr, 2 * PAGE_SIZE,
					   PROT_READ | PROT_WRITE), 0L);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, NONE);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr + PAGE_SIZE, true), 0);
	KUNIT_EXPECT_FALSE(test, mmk_bits(mm, addr + PAGE_SIZE) & MMK_UFFD);
}

/**
 * marker_does_not_move() - mremap() of a page that is not there, and protected
 *
 * The new place is not watched, since the monitor has not asked to be told of it: nothing
 * is protected there, present or not.
 *
 * Contract: WP-1
 */
static void marker_does_not_move(struct kunit *test)
{
	struct mmk_uffd *uffd;
	unsigned long addr, to;
	struct mm_struct *mm;

	mmk_need_bits(test, MMK_UFFD);
	mm = mmk_mm_enter(test);
	uffd = mmk_uffd_open(test);
	addr = mmk_mmap(test, mmk_shmem_file(test, 1), PAGE_SIZE,
			PROT_READ | PROT_WRITE, MAP_SHARED);
	to = mmk_map_anon(test, 1);
	mmk_uffd_watch(test, uffd, addr, PAGE_SIZE, UFFDIO_REGISTER_MODE_WP);
	mmk_uffd_protect(test, uffd, addr, PAGE_SIZE, true);
	MMK_EXPECT_PTE(test, mm, addr, MARKER);
	KUNIT_ASSERT_EQ(test, (unsigned long)
			sys_mremap(addr, PAGE_SIZE, PAGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	MMK_EXPECT_PTE(test, mm, to, NONE);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, to, true), 0);
	KUNIT_EXPECT_FALSE(test, mmk_bits(mm, to) & MMK_UFFD);
	KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(mm, to)));
}

/**
 * poison_is_not_protection() - UFFDIO_WRITEPROTECT of a page that is poisoned
 *
 * "Subsequent accesses will result in SIGBUS" (UFFDIO_POISON(2const)): no change of
 * protection takes the poison away.
 *
 * Contract: WP-1, SE-2
 */
static void poison_is_not_protection(struct kunit *test)
{
	struct uffdio_poison poison = { .range.len = PAGE_SIZE };
	struct mmk_uffd *uffd;
	struct mm_struct *mm;
	pte_t before;

	mmk_need_bits(test, MMK_UFFD);
	mm = mmk_mm_enter(test);
	uffd = mmk_uffd_open(test);
	poison.range.start = mmk_map_anon(test, 1);
	mmk_uffd_watch(test, uffd, poison.range.start, PAGE_SIZE,
		       UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_WP);
	KUNIT_ASSERT_EQ(test, mmk_uffd_ioctl(test, uffd, UFFDIO_POISON, &poison),
			0L);
	MMK_EXPECT_PTE(test, mm, poison.range.start, MARKER);
	before = mmk_pte(mm, poison.range.start);
	mmk_uffd_protect(test, uffd, poison.range.start, PAGE_SIZE, true);
	mmk_uffd_protect(test, uffd, poison.range.start, PAGE_SIZE, false);
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(mm, poison.range.start),
					     before));
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, poison.range.start, false),
			-EFAULT);
}

static struct kunit_case soft_bits_marker_cases[] = {
	KUNIT_CASE_PARAM(protected_hole_gets_marker, hole_gen_params),
	KUNIT_CASE_PARAM(zapped_marker_stays_in_a_file, hole_gen_params),
	KUNIT_CASE_PARAM(zapped_page_leaves_marker, soft_gen_params),
	KUNIT_CASE_PARAM(reclaimed_page_leaves_marker, reclaimed_gen_params),
	KUNIT_CASE(punched_page_leaves_marker),
	KUNIT_CASE(mprotect_protects_no_hole),
	KUNIT_CASE(marker_does_not_move),
	KUNIT_CASE(poison_is_not_protection),
	KUNIT_CASE(fork_leaves_marker_behind),
	KUNIT_CASE_PARAM(moved_page_is_soft_dirty_and_not_protected,
			 soft_gen_params),
	{}
};

static struct kunit_suite soft_bits_marker_suite = {
	.name = "soft_bits_marker",
	.init = mmk_case_init,
	.test_cases = soft_bits_marker_cases,
};

kunit_test_suite(soft_bits_marker_suite);
