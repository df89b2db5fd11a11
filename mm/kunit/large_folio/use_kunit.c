// SPDX-License-Identifier: GPL-2.0
/*
 * Huge pages on a device: what faults, and everybody else who comes across the pmd,
 * make of them.
 */
#include <kunit/test.h>
#include <linux/hmm.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/leaf.h"
#include "../compat/pgmap.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/task.h"
#include "hdev.h"
#include "hpage.h"

#define USER_READ	(FAULT_FLAG_DEFAULT | FAULT_FLAG_USER)

/* A huge page on a device, which @h->folio is then */
static void on_device_init(struct kunit *test, struct hpage *h,
			   enum mmk_pte_kind kind)
{
	hpage_init(test, h, kind);
	h->folio = hdev_move_in(test, h->mm, h->addr, h->dev);
}

/* The first page that is not mapped by a device-private pte of @kind */
static unsigned int parts_of_kind(struct mm_struct *mm, unsigned long addr,
				  struct folio *folio, unsigned int first,
				  unsigned int nr, enum mmk_pte_kind kind)
{
	unsigned int i;
	pte_t pte;

	for (i = first; i < first + nr; i++) {
		pte = mmk_pte(mm, addr + (i - first) * PAGE_SIZE);
		if (mmk_pte_classify(pte) != kind)
			break;
		if (kind != MMK_PTE_NONE &&
		    softleaf_to_pfn(softleaf_from_pte(pte)) !=
		    folio_pfn(folio) + i)
			break;
	}
	return i;
}

static void expect_all_back(struct kunit *test, struct hpage *h)
{
	KUNIT_EXPECT_EQ(test, hdev_nr_busy(h->dev), 0U);
	KUNIT_EXPECT_EQ(test, h->dev->freed, MMK_HUGE_PAGES);
}

/* LF-10: faults */

/**
 * fault_waits_for_a_locked_huge_device_page() - It sleeps, and does not spin
 *
 * Somebody has locked the folio, to move it, say. A fault on it sleeps until it is
 * unlocked, without a reference of its own, and without asking the driver. The fault
 * after that brings the page back.
 *
 * Contract: LF-10
 */
static void fault_waits_for_a_locked_huge_device_page(struct kunit *test)
{
	struct mmk_fault *fault;
	struct hpage h;
	int refs;

	on_device_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	refs = folio_ref_count(h.folio);
	folio_lock(h.folio);
	fault = mmk_fault_start(test, h.mm, h.addr + PAGE_SIZE, USER_READ,
				MMK_MMAP_LOCK);
	KUNIT_EXPECT_TRUE(test, mmk_task_waits(&fault->task));
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), refs);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
	folio_unlock(h.folio);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret & VM_FAULT_ERROR, 0U);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 1U);
	expect_all_back(test, &h);
}

/**
 * fault_on_a_huge_device_page_needs_mmap_lock() - migrate_to_ram is not ready
 *
 * Under the VMA lock the fault drops the lock and says VM_FAULT_RETRY. The driver is
 * not asked, and the pmd stays.
 *
 * Contract: LF-10
 */
static void fault_on_a_huge_device_page_needs_mmap_lock(struct kunit *test)
{
	struct mmk_fault *fault;
	struct hpage h;

	on_device_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	fault = mmk_fault_start(test, h.mm, h.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_ASSERT_FALSE(test, fault->no_vma);
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
	MMK_EXPECT_PMD(test, h.mm, h.addr, DEVICE_PRIVATE_WRITE);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 1);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	expect_all_back(test, &h);
}

/* LF-9: everybody else */

/**
 * fork_shares_a_huge_device_page() - And it comes back shared
 *
 * Both pmds are readable device-private entries, each has a reference and a mapping,
 * and the page is exclusive to nobody. It comes back in one piece, mapped read-only in
 * both; a write in the child leaves the bytes of the parent alone.
 *
 * Contract: LF-9, LF-8
 */
static void fork_shares_a_huge_device_page(struct kunit *test)
{
	struct mm_struct *child;
	struct folio *folio;
	struct hpage h;

	on_device_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	child = mmk_fork(test);
	MMK_EXPECT_PMD(test, h.mm, h.addr, DEVICE_PRIVATE_READ);
	MMK_EXPECT_PMD(test, child, h.addr, DEVICE_PRIVATE_READ);
	KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), 2);
	KUNIT_EXPECT_EQ(test, folio_entire_mapcount(h.folio), 2);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 2);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(folio_page(h.folio, 0)));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES),
			(unsigned long)MMK_HUGE_PAGES);

	KUNIT_ASSERT_EQ(test, mmk_fault_in(h.mm, h.addr, false), 0);
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
	MMK_EXPECT_PMD(test, child, h.addr, PRESENT);
	folio = mmk_pmd_folio(test, h.mm, h.addr);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pmd_folio(test, child, h.addr), folio);
	KUNIT_EXPECT_FALSE(test, !!pmd_write(mmk_pmd(h.mm, h.addr)));
	KUNIT_EXPECT_FALSE(test, !!pmd_write(mmk_pmd(child, h.addr)));
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(folio_page(folio, 0)));
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 2);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, h.addr, 0), 0);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	expect_all_back(test, &h);
}

/**
 * mprotect_makes_a_huge_device_page_readable() - And writable again
 *
 * Contract: LF-9
 */
static void mprotect_makes_a_huge_device_page_readable(struct kunit *test)
{
	struct hpage h;

	on_device_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, sys_mprotect(h.addr, MMK_HUGE_SIZE, PROT_READ),
			0L);
	MMK_EXPECT_PMD(test, h.mm, h.addr, DEVICE_PRIVATE_READ);
	KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), 1);
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(folio_page(h.folio, 0)));
	KUNIT_ASSERT_EQ(test, mmk_fault_in(h.mm, h.addr, false), 0);
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
	KUNIT_EXPECT_FALSE(test, !!pmd_write(mmk_pmd(h.mm, h.addr)));
	KUNIT_EXPECT_EQ(test, sys_mprotect(h.addr, MMK_HUGE_SIZE,
					   PROT_READ | PROT_WRITE), 0L);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(h.mm, h.addr, 0), 0);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_ANONPAGES),
			(unsigned long)MMK_HUGE_PAGES);
	expect_all_back(test, &h);
}

/**
 * struct part_use - Something that is done to a part of a huge device page
 * @description: for the log
 * @first: of its pages
 * @nr: how many
 * @kind: of their ptes afterwards
 * @use: what is done
 */
struct part_use {
	const char *description;
	unsigned int first;
	unsigned int nr;
	enum mmk_pte_kind kind;
	long (*use)(struct mm_struct *mm, unsigned long addr, size_t len);
};

static long use_munmap(struct mm_struct *mm, unsigned long addr, size_t len)
{
	return vm_munmap(addr, len);
}

static long use_dontneed(struct mm_struct *mm, unsigned long addr, size_t len)
{
	return do_madvise(mm, addr, len, MADV_DONTNEED);
}

static long use_mprotect(struct mm_struct *mm, unsigned long addr, size_t len)
{
	return sys_mprotect(addr, len, PROT_READ);
}

static const struct part_use part_uses[] = {
	{ "munmap, first page", 0, 1, MMK_PTE_NONE, use_munmap },
	{ "munmap, middle", 100, 300, MMK_PTE_NONE, use_munmap },
	{ "munmap, last page", MMK_HUGE_PAGES - 1, 1, MMK_PTE_NONE,
	  use_munmap },
	{ "MADV_DONTNEED, first page", 0, 1, MMK_PTE_NONE, use_dontneed },
	{ "MADV_DONTNEED, middle", 100, 300, MMK_PTE_NONE, use_dontneed },
	{ "MADV_DONTNEED, last page", MMK_HUGE_PAGES - 1, 1, MMK_PTE_NONE,
	  use_dontneed },
	{ "mprotect, first page", 0, 1, MMK_PTE_DEVICE_PRIVATE_READ,
	  use_mprotect },
	{ "mprotect, middle", 100, 300, MMK_PTE_DEVICE_PRIVATE_READ,
	  use_mprotect },
	{ "mprotect, last page", MMK_HUGE_PAGES - 1, 1,
	  MMK_PTE_DEVICE_PRIVATE_READ, use_mprotect },
};

KUNIT_ARRAY_PARAM_DESC(part_use, part_uses, description);

/* Whether each page but those of @p is mapped as before, and once */
static void expect_rest(struct kunit *test, struct hpage *h,
			const struct part_use *p)
{
	unsigned int behind = p->first + p->nr, i;
	bool gone = p->kind == MMK_PTE_NONE;

	KUNIT_EXPECT_EQ(test, p->first,
			parts_of_kind(h->mm, h->addr, h->folio, 0, p->first,
				      MMK_PTE_DEVICE_PRIVATE_WRITE));
	KUNIT_EXPECT_EQ(test, (unsigned int)MMK_HUGE_PAGES,
			parts_of_kind(h->mm, h->addr + behind * PAGE_SIZE,
				      h->folio, behind, MMK_HUGE_PAGES - behind,
				      MMK_PTE_DEVICE_PRIVATE_WRITE));
	KUNIT_EXPECT_EQ(test, behind,
			parts_of_kind(h->mm, h->addr + p->first * PAGE_SIZE,
				      h->folio, p->first, p->nr, p->kind));
	for (i = 0; i < MMK_HUGE_PAGES; i++) {
		bool mapped = !gone || i < p->first || i >= behind;

		if (atomic_read(&folio_page(h->folio, i)->_mapcount) + 1 !=
		    mapped)
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, (unsigned int)MMK_HUGE_PAGES,
			    "first page with a wrong mapcount");
}

/**
 * part_of_a_huge_device_page_is_used() - What is done to a few pages
 *
 * The pmd becomes a table, each page is mapped by a pte of its own, and what was asked
 * for is done to those that it was asked for. The folio stays whole, with a reference
 * for each mapping. The driver has all of it back when all is unmapped, and not before.
 *
 * Contract: LF-9, LF-11
 */
static void part_of_a_huge_device_page_is_used(struct kunit *test)
{
	const struct part_use *p = test->param_value;
	unsigned int left = MMK_HUGE_PAGES;
	struct hpage h;

	if (p->kind == MMK_PTE_NONE)
		left -= p->nr;
	on_device_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, p->use(h.mm, h.addr + p->first * PAGE_SIZE,
				     p->nr * PAGE_SIZE), 0L);
	MMK_EXPECT_PMD(test, h.mm, h.addr, TABLE);
	expect_rest(test, &h, p);
	KUNIT_EXPECT_EQ(test, folio_order(h.folio), (unsigned int)PMD_ORDER);
	KUNIT_EXPECT_EQ(test, folio_entire_mapcount(h.folio), 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), (int)left);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), (int)left);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_ANONPAGES),
			(unsigned long)left);
	KUNIT_EXPECT_EQ(test, h.dev->freed, 0U);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
	KUNIT_EXPECT_EQ(test, vm_munmap(h.addr, MMK_HUGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_ANONPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, h.dev->nr_free[PMD_ORDER], 1U);
	expect_all_back(test, &h);
}

/**
 * struct whole_use - Something that is done to all of a huge device page
 * @description: for the log
 * @use: what is done
 */
struct whole_use {
	const char *description;
	long (*use)(struct mm_struct *mm, unsigned long addr, size_t len);
};

static const struct whole_use whole_uses[] = {
	{ "munmap", use_munmap },
	{ "MADV_DONTNEED", use_dontneed },
};

KUNIT_ARRAY_PARAM_DESC(whole_use, whole_uses, description);

/**
 * huge_device_page_that_goes_is_free() - Unmapped in one go
 *
 * The RSS is zero, and the driver has one folio back, of the order that it made.
 *
 * Contract: LF-9, LF-11
 */
static void huge_device_page_that_goes_is_free(struct kunit *test)
{
	const struct whole_use *w = test->param_value;
	struct hpage h;

	on_device_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, w->use(h.mm, h.addr, MMK_HUGE_SIZE), 0L);
	MMK_EXPECT_PMD(test, h.mm, h.addr, NONE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(h.mm, MM_ANONPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, h.dev->nr_free[PMD_ORDER], 1U);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
	KUNIT_EXPECT_EQ(test, mmk_mthp_stat(MTHP_STAT_NR_ANON), h.thps - 1);
	expect_all_back(test, &h);
}

/**
 * mremap_moves_a_huge_device_page() - The entry, and nothing else
 *
 * Contract: LF-9
 */
static void mremap_moves_a_huge_device_page(struct kunit *test)
{
	unsigned long new;
	struct hpage h;
	pmd_t pmd;

	on_device_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	pmd = mmk_pmd(h.mm, h.addr);
	new = h.addr + MMK_HUGE_SIZE;
	KUNIT_ASSERT_EQ(test, new,
			(unsigned long)sys_mremap(h.addr, MMK_HUGE_SIZE,
						  MMK_HUGE_SIZE,
						  MREMAP_MAYMOVE | MREMAP_FIXED,
						  new));
	MMK_EXPECT_PMD(test, h.mm, h.addr, NONE);
	MMK_EXPECT_PMD(test, h.mm, new, DEVICE_PRIVATE_WRITE);
	KUNIT_EXPECT_EQ(test, softleaf_from_pmd(mmk_pmd(h.mm, new)).val,
			softleaf_from_pmd(pmd).val);
	KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), 1);
	MMK_EXPECT_HOLDS(test, new, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 1U);
	expect_all_back(test, &h);
}

/**
 * mremap_of_a_part_splits_a_huge_device_page() - Its second half moves
 *
 * Contract: LF-9
 */
static void mremap_of_a_part_splits_a_huge_device_page(struct kunit *test)
{
	const unsigned int half = MMK_HUGE_PAGES / 2;
	unsigned long old, new;
	struct hpage h;

	on_device_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	old = h.addr + half * PAGE_SIZE;
	new = h.addr + MMK_HUGE_SIZE;
	KUNIT_ASSERT_EQ(test, new,
			(unsigned long)sys_mremap(old, half * PAGE_SIZE,
						  half * PAGE_SIZE,
						  MREMAP_MAYMOVE | MREMAP_FIXED,
						  new));
	KUNIT_EXPECT_EQ(test, half,
			parts_of_kind(h.mm, h.addr, h.folio, 0, half,
				      MMK_PTE_DEVICE_PRIVATE_WRITE));
	KUNIT_EXPECT_EQ(test, 2 * half,
			parts_of_kind(h.mm, new, h.folio, half, half,
				      MMK_PTE_DEVICE_PRIVATE_WRITE));
	KUNIT_EXPECT_EQ(test, folio_mapcount(h.folio), (int)MMK_HUGE_PAGES);
	KUNIT_EXPECT_EQ(test, folio_ref_count(h.folio), (int)MMK_HUGE_PAGES);
	MMK_EXPECT_PART_HOLDS(test, h.mm, h.addr, 0, half, MMK_LARGE_SEED);
	MMK_EXPECT_PART_HOLDS(test, h.mm, new, half, half, MMK_LARGE_SEED);
	expect_all_back(test, &h);
}

/**
 * gup_brings_a_huge_device_page_back() - Pinned for DMA
 *
 * Contract: LF-9, LF-10
 */
static void gup_brings_a_huge_device_page_back(struct kunit *test)
{
	struct page *page;
	struct hpage h;

	on_device_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	page = mmk_pin(test, h.addr + 7 * PAGE_SIZE, FOLL_WRITE);
	MMK_EXPECT_PMD(test, h.mm, h.addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, page, mmk_pmd_page(h.mm, h.addr) + 7);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 1U);
	mmk_unpin(test, page);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	expect_all_back(test, &h);
}

/**
 * huge_device_page_is_resident_to_mincore() - As it does page by page
 *
 * Contract: LF-9
 */
static void huge_device_page_is_resident_to_mincore(struct kunit *test)
{
	unsigned long vec;
	struct hpage h;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	vec = mmk_map_anon(test, 1);
	KUNIT_ASSERT_EQ(test, clear_user((void __user *)vec, PAGE_SIZE), 0UL);
	h.folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	mmk_expect_huge_resident(test, h.addr, vec);
	MMK_EXPECT_PMD(test, h.mm, h.addr, DEVICE_PRIVATE_WRITE);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
}

static bool mirror_invalidate(struct mmu_interval_notifier *notifier,
			      const struct mmu_notifier_range *range,
			      unsigned long cur_seq)
{
	mmu_interval_set_seq(notifier, cur_seq);
	return true;
}

static const struct mmu_interval_notifier_ops mirror_ops = {
	.invalidate = mirror_invalidate,
};

/* Pages that hmm_range_fault() is asked for, and what comes behind them */
#define MIRRORED	16
#define MIRROR_ROOM	(MIRRORED + 1)

/**
 * struct mirror_way - Somebody who mirrors a part of a huge page
 * @description: for the log
 * @first: the first of its pages
 * @own: the device is its own
 * @entry: the page is under migration, and not on a device
 */
struct mirror_way {
	const char *description;
	unsigned int first;
	bool own;
	bool entry;
};

static const struct mirror_way mirror_ways[] = {
	{ "own device, from the start", 0, true, false },
	{ "own device, from the middle", 100, true, false },
	{ "own device, to the end", MMK_HUGE_PAGES - MIRRORED, true, false },
	{ "foreign device, from the middle", 100, false, false },
	{ "under migration, from the start", 0, true, true },
	{ "under migration, from the middle", 100, true, true },
};

KUNIT_ARRAY_PARAM_DESC(mirror, mirror_ways, description);

/* A snapshot: nothing is asked for, and nothing has to fault. */
static int mirror_look(struct kunit *test, struct hpage *h,
		       const struct mirror_way *w, unsigned long *pfns)
{
	struct mmu_interval_notifier notifier;
	unsigned long start = h->addr + w->first * PAGE_SIZE;
	struct hmm_range range = {
		.notifier		= &notifier,
		.start			= start,
		.end			= start + MIRRORED * PAGE_SIZE,
		.hmm_pfns		= pfns,
		.dev_private_owner	= w->own ? h->dev : NULL,
	};
	int ret;

	KUNIT_ASSERT_EQ(test, mmu_interval_notifier_insert(&notifier, h->mm,
							   start, MMK_HUGE_SIZE,
							   &mirror_ops), 0);
	range.notifier_seq = mmu_interval_read_begin(&notifier);
	mmap_read_lock(h->mm);
	ret = hmm_range_fault(&range);
	mmap_read_unlock(h->mm);
	mmu_interval_notifier_remove(&notifier);
	return ret;
}

/**
 * snapshot_knows_an_unmapped_huge_page() - hmm_range_fault(), asked for nothing
 *
 * A device sees its own huge page: each page of the range with its own pfn, valid and
 * writable, wherever in the page the range begins. Of a foreign one, and of one that is
 * under migration, it sees nothing: whatever the array held is gone. Nothing is faulted
 * in, and nothing written behind the range.
 *
 * Contract: LF-9
 */
static void snapshot_knows_an_unmapped_huge_page(struct kunit *test)
{
	const struct mirror_way *w = test->param_value;
	unsigned long pfns[MIRROR_ROOM], stale;
	struct mmk_hold *hold = NULL;
	struct hpage h;
	unsigned int i;

	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	stale = folio_pfn(h.folio) | HMM_PFN_VALID | HMM_PFN_WRITE;
	if (w->entry) {
		hold = mmk_hold(test, h.folio);
		try_to_migrate(h.folio, 0);
		MMK_EXPECT_PMD(test, h.mm, h.addr, MIGRATION_WRITE);
	} else {
		h.folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	}
	for (i = 0; i < MIRROR_ROOM; i++)
		pfns[i] = stale;
	KUNIT_EXPECT_EQ(test, mirror_look(test, &h, w, pfns), 0);
	for (i = 0; i < MIRRORED; i++) {
		unsigned long flags = pfns[i] & (HMM_PFN_VALID | HMM_PFN_WRITE |
						 HMM_PFN_ERROR);

		if (!w->own || w->entry) {
			/* That the device may not have it is fine, too. */
			if (flags && flags != HMM_PFN_ERROR)
				break;
			continue;
		}
		if (flags != (HMM_PFN_VALID | HMM_PFN_WRITE) ||
		    page_to_pfn(hmm_pfn_to_page(pfns[i])) !=
		    folio_pfn(h.folio) + w->first + i)
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, (unsigned int)MIRRORED,
			    "first pfn that is not right");
	KUNIT_EXPECT_EQ(test, pfns[MIRRORED], stale);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, 0U);
	if (hold) {
		remove_migration_ptes(h.folio, h.folio, 0);
		mmk_hold_finish(test, hold, false);
	}
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/**
 * struct want_way - A device that wants to use a part of a huge page on a device
 * @description: for the log
 * @own: the page is on that very device
 * @write: it wants to write
 */
struct want_way {
	const char *description;
	bool own;
	bool write;
};

static const struct want_way want_ways[] = {
	{ "own device, to read", true, false },
	{ "own device, to write", true, true },
	{ "foreign device, to read", false, false },
	{ "foreign device, to write", false, true },
};

KUNIT_ARRAY_PARAM_DESC(want, want_ways, description);

/* As hmm_range_fault() has it: again, until nothing has changed meanwhile. */
static int mirror_want(struct kunit *test, struct hpage *h,
		       const struct want_way *w, unsigned long *pfns)
{
	struct mmu_interval_notifier notifier;
	unsigned long start = h->addr + 100 * PAGE_SIZE;
	struct hmm_range range = {
		.notifier		= &notifier,
		.start			= start,
		.end			= start + MIRRORED * PAGE_SIZE,
		.hmm_pfns		= pfns,
		.default_flags		= HMM_PFN_REQ_FAULT |
					  (w->write ? HMM_PFN_REQ_WRITE : 0),
		.dev_private_owner	= w->own ? h->dev : NULL,
	};
	unsigned int tries = 0;
	int ret;

	KUNIT_ASSERT_EQ(test, mmu_interval_notifier_insert(&notifier, h->mm,
							   start, MMK_HUGE_SIZE,
							   &mirror_ops), 0);
	do {
		range.notifier_seq = mmu_interval_read_begin(&notifier);
		mmap_read_lock(h->mm);
		ret = hmm_range_fault(&range);
		mmap_read_unlock(h->mm);
	} while (ret == -EBUSY && ++tries < 100);
	mmu_interval_notifier_remove(&notifier);
	return ret;
}

/**
 * hmm_fault_brings_a_foreign_huge_page_back() - And leaves its own where it is
 *
 * A device that asks for a part of a huge page on its own memory gets its own pfns, and
 * nothing moves. If the page is on another device, a fault brings it back to system memory,
 * and the pfns are those of that. In both cases they are valid, and writable if that was
 * asked for.
 *
 * Contract: LF-9, LF-10
 */
static void hmm_fault_brings_a_foreign_huge_page_back(struct kunit *test)
{
	const struct want_way *w = test->param_value;
	unsigned long pfns[MIRROR_ROOM], wanted = HMM_PFN_VALID;
	struct folio *folio;
	struct hpage h;
	unsigned int i;

	if (w->write)
		wanted |= HMM_PFN_WRITE;
	hpage_init(test, &h, MMK_PTE_MIGRATION_WRITE);
	h.folio = hdev_move_in(test, h.mm, h.addr, h.dev);
	memset(pfns, 0, sizeof(pfns));
	KUNIT_EXPECT_EQ(test, mirror_want(test, &h, w, pfns), 0);
	KUNIT_EXPECT_EQ(test, h.dev->nr_to_ram, w->own ? 0U : 1U);
	folio = mmk_pmd_folio(test, h.mm, h.addr);
	KUNIT_EXPECT_EQ(test, folio == h.folio, w->own);
	KUNIT_EXPECT_EQ(test, !!folio_is_device_private(folio), w->own);
	for (i = 0; i < MIRRORED; i++)
		if ((pfns[i] & wanted) != wanted ||
		    pfns[i] & HMM_PFN_ERROR ||
		    page_to_pfn(hmm_pfn_to_page(pfns[i])) !=
		    folio_pfn(folio) + 100 + i)
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, (unsigned int)MIRRORED,
			    "first pfn that is not right");
	KUNIT_EXPECT_EQ(test, pfns[MIRRORED], 0UL);
	MMK_EXPECT_HOLDS(test, h.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

static struct kunit_case large_folio_use_cases[] = {
	KUNIT_CASE(fault_waits_for_a_locked_huge_device_page),
	KUNIT_CASE(fault_on_a_huge_device_page_needs_mmap_lock),
	KUNIT_CASE(fork_shares_a_huge_device_page),
	KUNIT_CASE(mprotect_makes_a_huge_device_page_readable),
	KUNIT_CASE_PARAM(part_of_a_huge_device_page_is_used,
			 part_use_gen_params),
	KUNIT_CASE_PARAM(huge_device_page_that_goes_is_free,
			 whole_use_gen_params),
	KUNIT_CASE(mremap_moves_a_huge_device_page),
	KUNIT_CASE(mremap_of_a_part_splits_a_huge_device_page),
	KUNIT_CASE(gup_brings_a_huge_device_page_back),
	KUNIT_CASE(huge_device_page_is_resident_to_mincore),
	KUNIT_CASE_PARAM(snapshot_knows_an_unmapped_huge_page,
			 mirror_gen_params),
	KUNIT_CASE_PARAM(hmm_fault_brings_a_foreign_huge_page_back,
			 want_gen_params),
	{}
};

static struct kunit_suite large_folio_use_suite = {
	.name = "large_folio_use",
	.init = mmk_case_init,
	.test_cases = large_folio_use_cases,
};

kunit_test_suite(large_folio_use_suite);
