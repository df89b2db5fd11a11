// SPDX-License-Identifier: GPL-2.0
/*
 * Which ranges migrate_vma_setup() takes, and which it refuses.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>
#include <linux/vmalloc.h>

#include "../../internal.h"
#include "../compat/fault.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/notifier.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "pages.h"

/**
 * range_may_span_page_tables() - One page table is missing
 *
 * At a boundary between two page tables, the page below is there, and the page
 * above has no page table; then the other way round.
 *
 * Contract: MV-5, MV-7
 */
static void range_may_span_page_tables(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 3 * PTRS_PER_PTE);
	unsigned long edge = round_up(addr + 2 * PAGE_SIZE, PMD_SIZE);
	struct mmk_vma *m;
	int i;

	mmk_fill(test, edge - PAGE_SIZE, 1, 1);
	mmk_fill(test, edge + PMD_SIZE, 1, 1);
	for (i = 0; i < 2; i++) {
		m = mmk_vma_alloc(test, mm, edge + i * PMD_SIZE - 2 * PAGE_SIZE,
				  4, MIGRATE_VMA_SELECT_SYSTEM, NULL);
		KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
		KUNIT_EXPECT_EQ(test, m->args.npages, 4UL);
		KUNIT_EXPECT_EQ(test, m->args.cpages, 4UL);
		KUNIT_EXPECT_EQ(test, m->args.end, m->args.start +
				4 * PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, m->src[0], MIGRATE_PFN_MIGRATE);
		KUNIT_EXPECT_EQ(test, m->src[3], MIGRATE_PFN_MIGRATE);
		KUNIT_EXPECT_EQ(test, m->src[2 - i], MIGRATE_PFN_MIGRATE);
		KUNIT_EXPECT_NOT_NULL(test, migrate_pfn_to_page(m->src[1 + i]));
		mmk_vma_finalize(m);
	}
}

/**
 * missing_table_does_not_end_walk() - What lies behind it is collected
 *
 * The range begins where the mapping of a file has no page table, which is no
 * hole, and ends with a page that is mapped.
 *
 * Contract: MV-5, MV-17
 */
static void missing_table_does_not_end_walk(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = mmk_shmem_file(test, 2 * PTRS_PER_PTE);
	unsigned long addr = mmk_mmap(test, file, 2 * PMD_SIZE, PROT_RW,
				      MAP_SHARED);
	unsigned long edge = round_up(addr + PAGE_SIZE, PMD_SIZE);
	struct mmk_vma *m;

	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, edge, true), 0);
	MMK_EXPECT_PTE(test, mm, edge - PAGE_SIZE, NO_TABLE);
	m = mmk_vma_alloc(test, mm, edge - PAGE_SIZE, 2,
			  MIGRATE_VMA_SELECT_SYSTEM, NULL);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.npages, 2UL);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 1UL);
	KUNIT_EXPECT_EQ(test, m->args.end, edge + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, m->src[0], 0UL);
	KUNIT_EXPECT_PTR_EQ(test, migrate_pfn_to_page(m->src[1]),
			    mmk_pte_page(mm, edge));
	mmk_vma_finalize(m);
	MMK_EXPECT_PTE(test, mm, edge, PRESENT);
}

/**
 * enum bad - What is wrong with the arguments of migrate_vma_setup()
 * @BAD_VMA: none
 * @BAD_SRC: no array
 * @BAD_DST: no array
 * @BAD_FLAGS: the VMA is special
 * @BAD_DAX: the VMA maps a DAX file
 * @BAD_RANGE: of addresses
 * @BAD_FAULT_PAGE: system memory
 * @BAD_FAULT_COHERENT: device-coherent memory
 * @BAD_FAULT_UNLOCKED: device-private memory, but not locked
 */
enum bad {
	BAD_VMA,
	BAD_SRC,
	BAD_DST,
	BAD_FLAGS,
	BAD_DAX,
	BAD_RANGE,
	BAD_FAULT_PAGE,
	BAD_FAULT_COHERENT,
	BAD_FAULT_UNLOCKED,
};

struct bad_case {
	const char *description;
	enum bad bad;
	unsigned long flags;
	long start;
	long end;
};

static const struct bad_case bad_cases[] = {
	{ "no vma", BAD_VMA, 0, 0, 3 * PAGE_SIZE },
	{ "no src", BAD_SRC, 0, 0, 3 * PAGE_SIZE },
	{ "no dst", BAD_DST, 0, 0, 3 * PAGE_SIZE },
	{ "VM_IO", BAD_FLAGS, VM_IO, 0, 3 * PAGE_SIZE },
	{ "VM_DONTEXPAND", BAD_FLAGS, VM_DONTEXPAND, 0, 3 * PAGE_SIZE },
	{ "VM_PFNMAP", BAD_FLAGS, VM_PFNMAP, 0, 3 * PAGE_SIZE },
	{ "VM_MIXEDMAP", BAD_FLAGS, VM_MIXEDMAP, 0, 3 * PAGE_SIZE },
	{ "DAX", BAD_DAX, 0, 0, PAGE_SIZE },
	{ "empty", BAD_RANGE, 0, PAGE_SIZE, PAGE_SIZE },
	{ "less than a page", BAD_RANGE, 0, 0, PAGE_SIZE - 1 },
	{ "less than a page, across two", BAD_RANGE, 0, PAGE_SIZE - 1,
	  PAGE_SIZE + 1 },
	{ "reversed", BAD_RANGE, 0, 2 * PAGE_SIZE, PAGE_SIZE },
	{ "reversed by less than a page", BAD_RANGE, 0, PAGE_SIZE + 1,
	  PAGE_SIZE },
	{ "reversed, across the start of the vma", BAD_RANGE, 0, PAGE_SIZE,
	  -PAGE_SIZE },
	{ "starts before the vma", BAD_RANGE, 0, -PAGE_SIZE, PAGE_SIZE },
	{ "ends behind the vma", BAD_RANGE, 0, PAGE_SIZE, 4 * PAGE_SIZE },
	{ "is behind the vma", BAD_RANGE, 0, 3 * PAGE_SIZE, 4 * PAGE_SIZE },
	{ "is before the vma", BAD_RANGE, 0, -PAGE_SIZE, 0 },
	{ "fault_page is a system page", BAD_FAULT_PAGE, 0, 0, 3 * PAGE_SIZE },
	{ "fault_page is device-coherent", BAD_FAULT_COHERENT, 0, 0,
	  3 * PAGE_SIZE },
	{ "fault_page is not locked", BAD_FAULT_UNLOCKED, 0, 0, 3 * PAGE_SIZE },
};

KUNIT_ARRAY_PARAM_DESC(bad, bad_cases, description);

/*
 * Three pages in the middle of five, so that there are other VMAs on both sides
 */
static unsigned long make_middle(struct kunit *test, struct mm_struct *mm,
				 struct file *file)
{
	unsigned long addr;

	if (file)
		return mmk_mmap(test, file, 3 * PAGE_SIZE, PROT_RW, MAP_SHARED);
	addr = mmk_map_anon(test, 5);
	mmk_fill(test, addr, 5, 1);
	/* The outer pages become VMAs of their own. */
	KUNIT_ASSERT_EQ(test, sys_mprotect(addr, PAGE_SIZE, PROT_READ), 0L);
	KUNIT_ASSERT_EQ(test, sys_mprotect(addr + 4 * PAGE_SIZE, PAGE_SIZE,
					   PROT_READ), 0L);
	return addr + PAGE_SIZE;
}

static void src_release(void *src)
{
	vfree(src);
}

/**
 * bad_arguments_are_refused() - -EINVAL before anything is done
 *
 * migrate_vma_setup() is called with one bad argument. Neither the arrays nor
 * the pages change, and no MMU notifier is called.
 *
 * Contract: MV-9
 */
static void bad_arguments_are_refused(struct kunit *test)
{
	const struct bad_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, param->bad == BAD_FAULT_UNLOCKED ?
					     MEMORY_DEVICE_PRIVATE :
					     MEMORY_DEVICE_COHERENT);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = mmk_shmem_file(test, 3);
	unsigned long addr = make_middle(test, mm, param->bad == BAD_DAX ?
					 file : NULL);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 3,
					  MIGRATE_VMA_SELECT_SYSTEM, dev);
	struct mmk_page_state was;
	struct mmk_notifier *n;
	struct page *page;
	void *src;

	if (param->bad == BAD_DAX && !S_DAX)
		kunit_skip(test, "needs CONFIG_FS_DAX");
	if (param->bad == BAD_FAULT_UNLOCKED && !MMK_TO_RAM_LOCKED)
		kunit_skip(test, "needs page_pgmap(), with which migrate_to_ram() has the lock");
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	n = mmk_notifier_alloc(test, mm, 0);
	mmk_page_snapshot(test, &was, mm, addr);
	/* A kernel that miscounts writes to this page only. */
	src = vmalloc(PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, src);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, src_release,
							src), 0);
	memset(src, 0xa5, PAGE_SIZE);
	page = mmk_dev_get_page(test, dev);
	m->args.src = param->bad == BAD_SRC ? NULL : src;
	m->args.dst = param->bad == BAD_DST ? NULL : m->dst;
	m->args.start = addr + param->start;
	m->args.end = addr + param->end;
	m->args.cpages = 77;
	m->args.npages = 88;
	if (param->bad == BAD_FAULT_PAGE)
		m->args.fault_page = folio_page(was.folio, 0);
	if (param->bad == BAD_FAULT_COHERENT || param->bad == BAD_FAULT_UNLOCKED)
		m->args.fault_page = page;
	if (param->bad == BAD_FAULT_UNLOCKED)
		unlock_page(page);
	if (param->bad == BAD_FLAGS)
		mmk_set_vm_flags(mm, addr, param->flags, true);
	if (param->bad == BAD_DAX)
		file_inode(file)->i_flags |= S_DAX;

	mmap_read_lock(mm);
	m->args.vma = param->bad == BAD_VMA ? NULL : vma_lookup(mm, addr);
	KUNIT_EXPECT_EQ(test, migrate_vma_setup(&m->args), -EINVAL);
	mmap_read_unlock(mm);

	if (param->bad == BAD_DAX)
		file_inode(file)->i_flags &= ~S_DAX;
	if (param->bad == BAD_FLAGS)
		mmk_set_vm_flags(mm, addr, param->flags, false);
	KUNIT_EXPECT_EQ(test, n->nr, 0U);
	KUNIT_EXPECT_NULL(test, memchr_inv(src, 0xa5, PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, memchr_inv(m->dst, 0xa5, sizeof(m->dst)));
	KUNIT_EXPECT_EQ(test, m->args.cpages, 77UL);
	KUNIT_EXPECT_EQ(test, m->args.npages, 88UL);
	mmk_expect_page_same(test, "page", &was);
	if (param->bad != BAD_FAULT_UNLOCKED)
		unlock_page(page);
	put_page(page);
}

struct range_case {
	const char *description;
	long start;
	long end;
	unsigned int first;
	unsigned int nr;
};

static const struct range_case range_cases[] = {
	{ "whole vma", 0, 3 * PAGE_SIZE, 0, 3 },
	{ "first page", 0, PAGE_SIZE, 0, 1 },
	{ "last page", 2 * PAGE_SIZE, 3 * PAGE_SIZE, 2, 1 },
	{ "start unaligned", PAGE_SIZE + 1, 3 * PAGE_SIZE, 1, 2 },
	{ "end unaligned", 0, 2 * PAGE_SIZE + 1, 0, 2 },
	{ "both unaligned", PAGE_SIZE - 1, 3 * PAGE_SIZE - 1, 0, 2 },
};

KUNIT_ARRAY_PARAM_DESC(range, range_cases, description);

/**
 * unaligned_ends_are_rounded_down() - Start and end within a page
 *
 * Ranges up to both ends of the VMA, aligned and unaligned: start and end are
 * rounded down, and exactly the pages in between are collected.
 *
 * Contract: MV-9
 */
static void unaligned_ends_are_rounded_down(struct kunit *test)
{
	const struct range_case *param = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = make_middle(test, mm, NULL);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 3,
					  MIGRATE_VMA_SELECT_SYSTEM, NULL);
	struct page *page[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		page[i] = mmk_pte_page(mm, addr + i * PAGE_SIZE);
	m->args.start = addr + param->start;
	m->args.end = addr + param->end;
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);

	KUNIT_EXPECT_EQ(test, m->args.npages, (unsigned long)param->nr);
	KUNIT_EXPECT_EQ(test, m->args.cpages, (unsigned long)param->nr);
	KUNIT_EXPECT_EQ(test, m->args.start, addr + param->first * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, m->args.end,
			m->args.start + param->nr * PAGE_SIZE);
	for (i = 0; i < param->nr; i++)
		KUNIT_EXPECT_PTR_EQ(test, migrate_pfn_to_page(m->src[i]),
				    page[param->first + i]);
	KUNIT_EXPECT_NULL(test, memchr_inv(&m->src[param->nr], 0xa5,
					   sizeof(m->src[0])));
	mmk_vma_finalize(m);
}

static struct kunit_case migrate_vma_range_cases[] = {
	KUNIT_CASE(range_may_span_page_tables),
	KUNIT_CASE(missing_table_does_not_end_walk),
	KUNIT_CASE_PARAM(bad_arguments_are_refused, bad_gen_params),
	KUNIT_CASE_PARAM(unaligned_ends_are_rounded_down, range_gen_params),
	{}
};

static struct kunit_suite migrate_vma_range_suite = {
	.name = "migrate_vma_range",
	.init = mmk_case_init,
	.test_cases = migrate_vma_range_cases,
};

kunit_test_suite(migrate_vma_range_suite);
