// SPDX-License-Identifier: GPL-2.0
/*
 * Holes: which are offered to the driver, and which are filled.
 */
#include <kunit/test.h>
#include <linux/memcontrol.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/coredump.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/mm.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "pages.h"

/**
 * enum hole - Kinds of holes
 * @HOLE_NO_TABLE: there is no page table
 * @HOLE_NONE: an empty pte
 * @HOLE_ZERO: the zero page
 */
enum hole {
	HOLE_NO_TABLE,
	HOLE_NONE,
	HOLE_ZERO,
};

struct hole_case {
	const char *description;
	enum hole hole;
	enum target target;
	unsigned long prot;
};

static const struct hole_case hole_cases[] = {
	{ "no table to device-private", HOLE_NO_TABLE, TO_PRIVATE, PROT_RW },
	{ "none to device-private", HOLE_NONE, TO_PRIVATE, PROT_RW },
	{ "zero page to device-private", HOLE_ZERO, TO_PRIVATE, PROT_RW },
	{ "none to device-private, readable", HOLE_NONE, TO_PRIVATE, PROT_READ },
	{ "no table to device-coherent", HOLE_NO_TABLE, TO_COHERENT, PROT_RW },
	{ "none to device-coherent", HOLE_NONE, TO_COHERENT, PROT_RW },
	{ "zero page to device-coherent", HOLE_ZERO, TO_COHERENT, PROT_RW },
	{ "zero page to device-coherent, readable", HOLE_ZERO, TO_COHERENT,
	  PROT_READ },
	{ "no table to system", HOLE_NO_TABLE, TO_RAM, PROT_RW },
	{ "none to system", HOLE_NONE, TO_RAM, PROT_RW },
	{ "zero page to system", HOLE_ZERO, TO_RAM, PROT_RW },
	{ "none to system, readable", HOLE_NONE, TO_RAM, PROT_READ },
};

KUNIT_ARRAY_PARAM_DESC(hole, hole_cases, description);

/* Three holes; if there is a page table, a page behind them */
static unsigned long make_holes(struct kunit *test, struct mm_struct *mm,
				enum hole hole, unsigned long prot)
{
	unsigned long addr = mmk_mmap(test, NULL, 4 * PAGE_SIZE, prot,
				      MAP_PRIVATE | MAP_ANONYMOUS);
	enum mmk_pte_kind kind = MMK_PTE_NO_TABLE;
	int i;

	if (hole != HOLE_NO_TABLE) {
		kind = MMK_PTE_NONE;
		KUNIT_ASSERT_EQ(test,
				mmk_fault_in(mm, addr + 3 * PAGE_SIZE, false),
				0);
	}
	for (i = 0; i < 3 && hole == HOLE_ZERO; i++) {
		kind = MMK_PTE_PRESENT;
		KUNIT_ASSERT_EQ(test,
				mmk_fault_in(mm, addr + i * PAGE_SIZE, false),
				0);
		KUNIT_ASSERT_TRUE(test, is_zero_pfn(pte_pfn(mmk_pte(mm, addr +
								i * PAGE_SIZE))));
	}
	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(mm, addr +
							i * PAGE_SIZE),
				(int)kind);
	return addr;
}

static bool reads_zero(unsigned long addr)
{
	unsigned long word, sum = 0;
	int i;

	for (i = 0; i < PAGE_SIZE; i += sizeof(word)) {
		if (copy_from_user(&word, (void __user *)addr + i, sizeof(word)))
			return false;
		sum |= word;
	}
	return !sum;
}

/* Expects the folio to fill a hole; @held: the driver has a reference, too. */
static void expect_filled(struct kunit *test, const struct hole_case *param,
			  struct mm_struct *mm, unsigned long addr,
			  struct folio *folio, bool held)
{
	bool write = param->prot & PROT_WRITE;
	struct mmk_folio_state state;
	pte_t pte;

	if (param->target == TO_PRIVATE) {
		if (write)
			MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_WRITE);
		else
			MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_READ);
	} else {
		MMK_EXPECT_PTE(test, mm, addr, PRESENT);
		pte = mmk_pte(mm, addr);
		KUNIT_EXPECT_EQ(test, (bool)pte_write(pte), write);
		KUNIT_EXPECT_EQ(test, (bool)pte_dirty(pte), write);
		KUNIT_EXPECT_TRUE(test, pte_young(pte));
	}
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr), folio_page(folio, 0));

	mmk_folio_snapshot(folio, &state);
	KUNIT_EXPECT_EQ(test, state.refcount, held ? 2 : 1);
	KUNIT_EXPECT_EQ(test, state.locked, held);
	KUNIT_EXPECT_EQ(test, state.mapcount, 1);
	KUNIT_EXPECT_TRUE(test, folio_test_anon(folio));
	KUNIT_EXPECT_EQ(test, state.index, addr >> PAGE_SHIFT);
	KUNIT_EXPECT_TRUE(test, state.anon_exclusive);
	KUNIT_EXPECT_TRUE(test, state.uptodate);
	KUNIT_EXPECT_TRUE(test, state.swapbacked);
	KUNIT_EXPECT_EQ(test, state.lru, param->target == TO_RAM);
	KUNIT_EXPECT_EQ(test, !folio_memcg_charged(folio), mem_cgroup_disabled());
}

/**
 * hole_is_filled() - The driver has a page for a hole
 *
 * Three neighbouring holes are offered, with MIGRATE and without VALID. The
 * driver has pages for the first and the last. migrate_vma_pages() maps them:
 * exclusive, as writable as the VMA, counted in RSS. The middle one stays a
 * hole, and loses MIGRATE.
 *
 * Contract: MV-7, MV-5, MV-8
 */
static void hole_is_filled(struct kunit *test)
{
	const struct hole_case *param = test->param_value;
	struct mmk_dev *dev = mv_target_create(test, param->target);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = make_holes(test, mm, param->hole, param->prot);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 3,
					  MIGRATE_VMA_SELECT_SYSTEM, dev);
	unsigned long rss = get_mm_counter_sum(mm, MM_ANONPAGES);
	pte_t middle = mmk_pte(mm, addr + PAGE_SIZE);
	struct folio *folio[3];
	int i;

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 3UL);
	KUNIT_ASSERT_EQ(test, m->args.npages, 3UL);
	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, m->src[i], MIGRATE_PFN_MIGRATE);
		KUNIT_EXPECT_EQ(test, m->dst[i], 0UL);
	}

	mv_copy_to_target(test, m, dev);
	mv_decline(m, 1);
	/* Of no meaning for a hole: cleared when the hole is filled. */
	m->src[2] |= MIGRATE_PFN_WRITE;
	mmk_vma_pages(m);
	for (i = 0; i < 3; i += 2) {
		folio[i] = page_folio(migrate_pfn_to_page(m->dst[i]));
		KUNIT_EXPECT_EQ(test, m->src[i], MIGRATE_PFN_MIGRATE);
		expect_filled(test, param, mm, addr + i * PAGE_SIZE, folio[i],
			      true);
	}
	KUNIT_EXPECT_EQ(test, m->src[1], 0UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), rss + 2);

	mmk_vma_finalize(m);
	for (i = 0; i < 3; i += 2)
		expect_filled(test, param, mm, addr + i * PAGE_SIZE, folio[i],
			      false);
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(mm, addr + PAGE_SIZE),
					     middle));
	if (dev)
		KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 2U);

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, reads_zero(addr + i * PAGE_SIZE));
	/* Only what a CPU cannot read has come back to be read. */
	if (dev) {
		KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram),
				param->target == TO_PRIVATE ? 2 : 0);
		KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev),
				param->target == TO_PRIVATE ? 0U : 2U);
	}
	for (i = 0; i < 3; i += 2)
		KUNIT_EXPECT_EQ(test, mmk_pte_folio(test, mm, addr + i * PAGE_SIZE)
				== folio[i], param->target != TO_PRIVATE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), rss + 2);
}

/**
 * enum arrival - What appears in a hole after migrate_vma_setup()
 * @ARRIVE_PAGE: a page, by a write
 * @ARRIVE_DEVICE: a device page, by another migration
 * @ARRIVE_ZERO: the zero page, by a read
 */
enum arrival {
	ARRIVE_PAGE,
	ARRIVE_DEVICE,
	ARRIVE_ZERO,
};

struct arrival_case {
	const char *description;
	enum hole hole;
	enum arrival arrival;
	bool lost;
};

static const struct arrival_case arrival_cases[] = {
	{ "page in no table", HOLE_NO_TABLE, ARRIVE_PAGE, true },
	{ "page in none", HOLE_NONE, ARRIVE_PAGE, true },
	{ "page for zero page", HOLE_ZERO, ARRIVE_PAGE, true },
	{ "device page in no table", HOLE_NO_TABLE, ARRIVE_DEVICE, true },
	{ "device page in none", HOLE_NONE, ARRIVE_DEVICE, true },
	{ "device page for zero page", HOLE_ZERO, ARRIVE_DEVICE, true },
	{ "zero page in none", HOLE_NONE, ARRIVE_ZERO, false },
};

KUNIT_ARRAY_PARAM_DESC(arrival, arrival_cases, description);

static void arrive(struct kunit *test, enum arrival arrival,
		   struct mm_struct *mm, unsigned long addr,
		   struct mmk_dev *dev)
{
	switch (arrival) {
	case ARRIVE_PAGE:
		mmk_fill(test, addr, 1, 1);
		break;
	case ARRIVE_DEVICE:
		mmk_migrate_to_dev(test, mm, addr, dev);
		break;
	case ARRIVE_ZERO:
		KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, false), 0);
		break;
	}
}

/**
 * late_page_in_hole_stays() - A page that comes before the driver's page
 *
 * Between migrate_vma_setup() and migrate_vma_pages() a page appears in the
 * hole. It stays as it is, the source loses MIGRATE, and finalize unlocks and
 * frees the driver's page. The zero page is replaced.
 *
 * Contract: MV-7
 */
static void late_page_in_hole_stays(struct kunit *test)
{
	const struct arrival_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = make_holes(test, mm, param->hole, PROT_RW);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1,
					  MIGRATE_VMA_SELECT_SYSTEM, dev);
	struct mmk_page_state was;
	unsigned int busy;
	unsigned long rss;

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, m->src[0], MIGRATE_PFN_MIGRATE);
	arrive(test, param->arrival, mm, addr, dev);
	if (param->lost)
		mmk_page_snapshot(test, &was, mm, addr);
	rss = get_mm_counter_sum(mm, MM_ANONPAGES);
	busy = mmk_dev_nr_busy(dev);

	mv_copy_to_target(test, m, dev);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), busy + 1);
	mmk_vma_pages(m);
	KUNIT_EXPECT_EQ(test, m->src[0],
			param->lost ? 0UL : MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), busy + !param->lost);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES),
			rss + !param->lost);
	if (param->lost)
		mmk_expect_page_same(test, "first", &was);
	else
		MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_WRITE);
	if (param->arrival == ARRIVE_PAGE)
		MMK_EXPECT_HOLDS(test, addr, 1, 1);
	else
		KUNIT_EXPECT_TRUE(test, reads_zero(addr));
}

/**
 * reaped_mm_gets_no_page() - The OOM reaper has been at work
 *
 * The OOM reaper may have unmapped pages of the mm: holes may not be filled.
 *
 * Contract: MV-7
 */
static void reaped_mm_gets_no_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = make_holes(test, mm, HOLE_NONE, PROT_RW);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1,
					  MIGRATE_VMA_SELECT_SYSTEM, dev);
	unsigned long rss = get_mm_counter_sum(mm, MM_ANONPAGES);

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	mv_copy_to_target(test, m, dev);
	mm_flags_set(MMF_UNSTABLE, mm);
	mmk_vma_pages(m);
	mm_flags_clear(MMF_UNSTABLE, mm);

	KUNIT_EXPECT_EQ(test, m->src[0], 0UL);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), rss);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
}

/**
 * userfaultfd_hole_stays() - The monitor wants to fill the hole itself
 *
 * The VMA is registered for missing pages after migrate_vma_setup(): the hole
 * is left to the monitor.
 *
 * Contract: MV-7
 */
static void userfaultfd_hole_stays(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = make_holes(test, mm, HOLE_NONE, PROT_RW);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1,
					  MIGRATE_VMA_SELECT_SYSTEM, dev);
	unsigned long rss = get_mm_counter_sum(mm, MM_ANONPAGES);

	if (!IS_ENABLED(CONFIG_USERFAULTFD))
		kunit_skip(test, "needs CONFIG_USERFAULTFD");
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	mv_copy_to_target(test, m, dev);
	mmk_set_vm_flags(mm, addr, VM_UFFD_MISSING, true);
	mmk_vma_pages(m);
	mmk_set_vm_flags(mm, addr, VM_UFFD_MISSING, false);

	KUNIT_EXPECT_EQ(test, m->src[0], 0UL);
	MMK_EXPECT_PTE(test, mm, addr, NONE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), rss);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
}

struct no_hole_case {
	const char *description;
	bool file;
	enum hole hole;
	unsigned long select;
	unsigned long src;
	bool insist;
};

static const struct no_hole_case no_hole_cases[] = {
	{ "none, no system", false, HOLE_NONE,
	  MIGRATE_VMA_SELECT_DEVICE_PRIVATE, MIGRATE_PFN_MIGRATE },
	{ "zero page, no system", false, HOLE_ZERO,
	  MIGRATE_VMA_SELECT_DEVICE_PRIVATE, 0 },
	{ "file, no table", true, HOLE_NO_TABLE, MIGRATE_VMA_SELECT_SYSTEM, 0 },
	{ "file, none", true, HOLE_NONE, MIGRATE_VMA_SELECT_SYSTEM, 0 },
	{ "file, none, filled all the same", true, HOLE_NONE,
	  MIGRATE_VMA_SELECT_SYSTEM, 0, true },
};

KUNIT_ARRAY_PARAM_DESC(no_hole, no_hole_cases, description);

/**
 * only_anonymous_holes_are_offered() - Files have none
 *
 * A page that a file has not read yet is no hole: it is not offered, and not
 * filled if the driver brings a page all the same. The zero page is offered if
 * system memory is selected.
 *
 * Contract: MV-7, MV-10, MV-17
 */
static void only_anonymous_holes_are_offered(struct kunit *test)
{
	const struct no_hole_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = mmk_shmem_file(test, 4);
	struct mmk_vma *m;
	unsigned long addr;
	struct page *page;
	pte_t pte;

	if (param->file) {
		addr = mmk_mmap(test, file, 4 * PAGE_SIZE, PROT_RW, MAP_SHARED);
		if (param->hole == HOLE_NONE)
			KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
		addr += PAGE_SIZE;
	} else {
		addr = make_holes(test, mm, param->hole, PROT_RW);
	}
	m = mmk_vma_alloc(test, mm, addr, 1, param->select, dev);
	pte = mmk_pte(mm, addr);

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->src[0], param->src);
	KUNIT_EXPECT_EQ(test, m->dst[0], 0UL);
	KUNIT_EXPECT_EQ(test, m->args.npages, 1UL);
	KUNIT_EXPECT_EQ(test, m->args.cpages, param->src ? 1UL : 0UL);
	if (!m->src[0]) {
		page = mmk_dev_get_page(test, dev);
		m->dst[0] = migrate_pfn(page_to_pfn(page));
		if (param->insist)
			m->src[0] = MIGRATE_PFN_MIGRATE;
		mmk_vma_pages(m);
		KUNIT_EXPECT_EQ(test, m->src[0], 0UL);
	}
	mmk_vma_finalize(m);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(mm, addr), pte));
}

static struct kunit_case migrate_vma_hole_cases[] = {
	KUNIT_CASE_PARAM(hole_is_filled, hole_gen_params),
	KUNIT_CASE_PARAM(late_page_in_hole_stays, arrival_gen_params),
	KUNIT_CASE(reaped_mm_gets_no_page),
	KUNIT_CASE(userfaultfd_hole_stays),
	KUNIT_CASE_PARAM(only_anonymous_holes_are_offered, no_hole_gen_params),
	{}
};

static struct kunit_suite migrate_vma_hole_suite = {
	.name = "migrate_vma_hole",
	.init = mmk_case_init,
	.test_cases = migrate_vma_hole_cases,
};

kunit_test_suite(migrate_vma_hole_suite);
