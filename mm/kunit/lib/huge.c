// SPDX-License-Identifier: GPL-2.0
/*
 * Huge pages, and pmds that map them or hold an entry for them. The kernel
 * makes huge pages only where a case asks for them.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/shmem_fs.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/leaf.h"
#include "huge.h"
#include "mm.h"
#include "pte.h"

/* What mm/shmem.c knows huge=never and huge=always as */
#define TMPFS_HUGE_NEVER	0
#define TMPFS_HUGE_ALWAYS	1

static void huge_need(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_ARCH_ENABLE_THP_MIGRATION) &&
	    !IS_ENABLED(CONFIG_ARCH_HAS_PMD_SOFTLEAVES))
		kunit_skip(test, "needs CONFIG_TRANSPARENT_HUGEPAGE");
}

static void huge_release(void *unused)
{
	mmk_huge_on(false);
}

/**
 * mmk_map_huge() - Map private anonymous memory that consists of huge pages
 * @test: the case; skipped if there are none
 * @mm: current->mm
 * @nr: how many huge pages
 *
 * The pages are there: writable, young, dirty and exclusive. Behind them, the
 * mapping has room for another @nr huge pages, without pages and without
 * MADV_HUGEPAGE, to mremap() to.
 *
 * Return: the address of the first huge page, which is that of a pmd.
 */
unsigned long mmk_map_huge(struct kunit *test, struct mm_struct *mm,
			   unsigned int nr)
{
	unsigned long addr;
	unsigned int i;

	addr = mmk_map_huge_hole(test, mm, nr);
	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr + i * MMK_HUGE_SIZE,
						   true), 0);
		KUNIT_ASSERT_EQ(test, (int)mmk_pmd_kind(mm, addr +
							i * MMK_HUGE_SIZE),
				(int)MMK_PTE_PRESENT);
	}
	return addr;
}

/**
 * mmk_map_huge_hole() - Map memory that gets huge pages at the first fault
 * @test: the case; skipped if there are none
 * @mm: current->mm
 * @nr: how many huge pages
 *
 * Return: the address, as mmk_map_huge(). No page is there yet.
 */
unsigned long mmk_map_huge_hole(struct kunit *test, struct mm_struct *mm,
				unsigned int nr)
{
	unsigned long addr;

	huge_need(test);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, huge_release,
							NULL), 0);
	mmk_huge_on(true);
	addr = mmk_map_anon(test, (2 * nr + 1) * MMK_HUGE_PAGES);
	addr = ALIGN(addr, MMK_HUGE_SIZE);
	KUNIT_ASSERT_EQ(test,
			do_madvise(mm, addr, nr * MMK_HUGE_SIZE, MADV_HUGEPAGE),
			0);
	return addr;
}

/**
 * mmk_map_huge_file() - Map a tmpfs file that consists of one huge page
 * @test: the case; skipped if there are none
 * @mm: current->mm
 *
 * The mapping is shared and writable, and the page is there: writable and
 * dirty.
 *
 * Return: the address, which is that of a pmd.
 */
unsigned long mmk_map_huge_file(struct kunit *test, struct mm_struct *mm)
{
	struct shmem_sb_info *tmpfs;
	struct file *file;
	unsigned long addr;
	int ret;

	huge_need(test);
	file = mmk_shmem_file(test, MMK_HUGE_PAGES);
	addr = ALIGN(mmk_map_anon(test, 2 * MMK_HUGE_PAGES), MMK_HUGE_SIZE);
	KUNIT_ASSERT_EQ(test, addr,
			vm_mmap(file, addr, MMK_HUGE_SIZE,
				PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
				0));
	tmpfs = file_inode(file)->i_sb->s_fs_info;
	KUNIT_ASSERT_EQ(test, (int)tmpfs->huge, TMPFS_HUGE_NEVER);
	tmpfs->huge = TMPFS_HUGE_ALWAYS;
	ret = mmk_fault_in(mm, addr, true);
	tmpfs->huge = TMPFS_HUGE_NEVER;
	KUNIT_ASSERT_EQ(test, ret, 0);
	KUNIT_ASSERT_EQ(test, (int)mmk_pmd_kind(mm, addr),
			(int)MMK_PTE_PRESENT);
	return addr;
}

/**
 * mmk_next_pmd_way() - Go through all ways to map and to move a huge page
 * @way: the last one; the next one when this returns
 * @first: begin with the first
 * @desc: KUNIT_PARAM_DESC_SIZE bytes for its name
 *
 * Each of the three kinds of entries, young or old, dirty or clean, moved or put
 * back.
 *
 * Return: whether there is another one.
 */
bool mmk_next_pmd_way(struct mmk_pmd_way *way, bool first, char *desc)
{
	static const enum mmk_pte_kind kinds[] = {
		MMK_PTE_MIGRATION_WRITE,
		MMK_PTE_MIGRATION_READ_EXCLUSIVE,
		MMK_PTE_MIGRATION_READ,
	};
	static const char * const names[] = {
		"writable", "readable exclusive", "shared",
	};
	unsigned int nr = 0;

	if (!first) {
		while (kinds[nr] != way->kind)
			nr++;
		nr = (nr << 3 | !way->young << 2 | !way->dirty << 1 |
		      !way->move) + 1;
	}
	if (nr == ARRAY_SIZE(kinds) << 3)
		return false;
	*way = (struct mmk_pmd_way){ .kind = kinds[nr >> 3],
				     .young = !(nr & 4), .dirty = !(nr & 2),
				     .move = !(nr & 1) };
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s, %s, %s", names[nr >> 3],
		 way->young ? "young" : "old", way->dirty ? "dirty" : "clean",
		 way->move ? "moved" : "put back");
	return true;
}

/**
 * mmk_huge_prepare() - Map a huge page so that an entry of a kind has to come of it
 * @test: the case
 * @addr: of a huge page in current->mm, which is writable and exclusive
 * @kind: of the entry: MMK_PTE_MIGRATION_*
 * @seed: what the page holds, see mmk_fill()
 *
 * For a readable exclusive entry the page becomes read-only. For a readable one a
 * child is forked.
 *
 * Return: the child, or NULL.
 */
struct mm_struct *mmk_huge_prepare(struct kunit *test, unsigned long addr,
				   enum mmk_pte_kind kind, u8 seed)
{
	mmk_fill(test, addr, MMK_HUGE_PAGES, seed);
	if (kind == MMK_PTE_MIGRATION_READ)
		return mmk_fork(test);
	if (kind == MMK_PTE_MIGRATION_READ_EXCLUSIVE)
		KUNIT_ASSERT_EQ(test, sys_mprotect(addr, MMK_HUGE_SIZE,
						   PROT_READ), 0L);
	return NULL;
}

/**
 * mmk_expect_huge_resident() - Expect mincore() to see a huge page, and no more
 * @test: the case
 * @addr: of a huge page; there is none behind it
 * @vec: address of a page of current->mm that is there already
 */
void mmk_expect_huge_resident(struct kunit *test, unsigned long addr,
			      unsigned long vec)
{
	unsigned int i;
	u8 *seen;

	seen = kunit_kzalloc(test, MMK_HUGE_PAGES + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);
	KUNIT_EXPECT_EQ(test, sys_mincore(addr, MMK_HUGE_SIZE + PAGE_SIZE,
					  (unsigned char __user *)vec), 0L);
	KUNIT_EXPECT_EQ(test, copy_from_user(seen, (void __user *)vec,
					     MMK_HUGE_PAGES + 1), 0UL);
	for (i = 0; i < MMK_HUGE_PAGES && seen[i] == 1; i++)
		;
	KUNIT_EXPECT_EQ_MSG(test, i, MMK_HUGE_PAGES,
			    "first that is not resident");
	KUNIT_EXPECT_EQ(test, seen[MMK_HUGE_PAGES], 0);
	kunit_kfree(test, seen);
}

/**
 * mmk_pmd() - Read a pmd
 * @mm: address space; nothing but the case itself unmaps
 * @addr: user address
 *
 * Return: the pmd; an empty one where there is no table of them.
 */
pmd_t mmk_pmd(struct mm_struct *mm, unsigned long addr)
{
	pmd_t *pmdp = mm_find_pmd(mm, addr);
	spinlock_t *ptl;
	pmd_t pmd;

	if (!pmdp)
		return __pmd(0);
	ptl = pmd_lock(mm, pmdp);
	pmd = *pmdp;
	spin_unlock(ptl);
	return pmd;
}

/**
 * mmk_pmd_kind() - What there is for the range of a pmd
 * @mm: address space
 * @addr: user address
 *
 * Return: the kind; MMK_PTE_TABLE if the pmd refers to a page table.
 */
enum mmk_pte_kind mmk_pmd_kind(struct mm_struct *mm, unsigned long addr)
{
	pmd_t pmd = mmk_pmd(mm, addr);

	if (pmd_none(pmd))
		return MMK_PTE_NONE;
	if (pmd_trans_huge(pmd))
		return pmd_present(pmd) ? MMK_PTE_PRESENT : MMK_PTE_AMBIGUOUS;
	if (pmd_present(pmd))
		return pmd_bad(pmd) ? MMK_PTE_AMBIGUOUS : MMK_PTE_TABLE;
	if (!pmd_is_migration_entry(pmd) &&
	    softleaf_is_migration(softleaf_from_pmd(pmd)))
		return MMK_PTE_AMBIGUOUS;
	return mmk_pte_classify(softleaf_to_pte(softleaf_from_pmd(pmd)));
}

/**
 * mmk_pmd_page() - The first page that a pmd refers to
 * @mm: address space
 * @addr: user address
 *
 * For a migration entry its folio has to be locked.
 *
 * Return: the page, NULL if the pmd refers to none.
 */
struct page *mmk_pmd_page(struct mm_struct *mm, unsigned long addr)
{
	pmd_t pmd = mmk_pmd(mm, addr);
	softleaf_t entry;

	if (pmd_trans_huge(pmd))
		return pmd_page(pmd);
	if (pmd_none(pmd) || pmd_present(pmd))
		return NULL;
	entry = softleaf_from_pmd(pmd);
	return softleaf_has_pfn(entry) ? softleaf_to_page(entry) : NULL;
}

/**
 * mmk_pmd_folio() - The folio at the address of a pmd, without a reference
 * @test: the case
 * @mm: address space
 * @addr: user address
 *
 * Return: the folio, which stays as long as it is mapped; never NULL.
 */
struct folio *mmk_pmd_folio(struct kunit *test, struct mm_struct *mm,
			    unsigned long addr)
{
	struct page *page = mmk_pmd_page(mm, addr);

	KUNIT_ASSERT_NOT_NULL(test, page);
	return page_folio(page);
}

/**
 * mmk_pmd_set_flags() - Make a huge page young or old, dirty or clean
 * @test: the case
 * @mm: address space
 * @addr: user address of a present huge page
 * @young: accessed bit
 * @dirty: dirty bit
 *
 * As mmk_pte_set_flags().
 */
void mmk_pmd_set_flags(struct kunit *test, struct mm_struct *mm,
		       unsigned long addr, bool young, bool dirty)
{
	pmd_t *pmdp = mm_find_pmd(mm, addr);
	bool present;
	spinlock_t *ptl;

	KUNIT_ASSERT_NOT_NULL(test, pmdp);
	ptl = pmd_lock(mm, pmdp);
	present = pmd_trans_huge(*pmdp);
	if (present)
		mmk_huge_set_flags(mm, addr, pmdp, young, dirty);
	spin_unlock(ptl);
	KUNIT_ASSERT_TRUE(test, present);
}
