// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_vma_*() and migrate_device_*() as drivers use them: pages that fault,
 * swap cache and file pages, a device that goes away, and round trips.
 */
#include <linux/mmu_notifier.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/swap.h>
#include <trace/events/kmem.h>

#include "../internal.h"
#include "fixtures.h"

#define SELECT_SYSTEM	MIGRATE_VMA_SELECT_SYSTEM
#define SELECT_PRIVATE	MIGRATE_VMA_SELECT_DEVICE_PRIVATE

struct fault_page_case {
	const char *description;
	int fault_page;
	int refs;
	unsigned long offered;
	bool moves;
};

/* Two device pages; the first one is what all this is about. */
static const struct fault_page_case fault_page_cases[] = {
	{ "no fault, no reference", -1, 0, 2, true },
	{ "no fault, one reference", -1, 1, 1, false },
	{ "fault, its reference", 0, 1, 2, true },
	{ "fault, two references", 0, 2, 1, false },
	{ "fault on the other page, one reference", 1, 1, 1, false },
};

KUNIT_ARRAY_PARAM_DESC(fault_page, fault_page_cases, description);

/**
 * reference_of_the_fault_is_allowed_for() - Once, and on the page of the fault
 * @test: the running case
 *
 * do_swap_page() holds a reference on the device-private page, and on newer
 * kernels its lock, while it calls migrate_to_ram(). With fault_page set that
 * page migrates; with one reference more, or on a page that the fault is not
 * about, it is refused by setup. The neighbour, which has the reference that it
 * should have, moves in any case.
 *
 * Contract: MV-14, MV-4
 */
static void reference_of_the_fault_is_allowed_for(struct kunit *test)
{
	const struct fault_page_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 2);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 2, SELECT_PRIVATE,
					  dev);
	struct mmk_page_state was;
	struct page *page[2];
	int i, ret;

	mmk_fill(test, addr, 2, 1);
	for (i = 0; i < 2; i++)
		page[i] = mmk_migrate_to_dev(test, mm, addr + i * PAGE_SIZE,
					     dev);
	for (i = 0; i < param->refs; i++)
		get_page(page[0]);
	if (param->fault_page >= 0)
		m->args.fault_page = page[param->fault_page];
	/* A fault on it would hold one on the neighbour. */
	if (param->fault_page == 1)
		get_page(page[1]);
	if (param->fault_page >= 0)
		mmk_fault_page_lock(m->args.fault_page);
	mmk_page_snapshot(test, &was, mm, addr);

	ret = mmk_vma_setup(m);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, param->offered);
	KUNIT_EXPECT_EQ(test, !!m->src[0], param->moves);
	if (!param->moves)
		mmk_expect_page_same(test, "refused", &was);
	mmk_vma_copy_to_ram(test, m);
	mmk_vma_pages(m);
	KUNIT_EXPECT_EQ(test, !!(m->src[0] & MIGRATE_PFN_MIGRATE),
			param->moves);
	KUNIT_EXPECT_TRUE(test, m->src[1] & MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);

	if (param->moves) {
		MMK_EXPECT_PTE(test, mm, addr, PRESENT);
		KUNIT_EXPECT_EQ(test, page_ref_count(page[0]), param->refs);
	} else {
		mmk_expect_page_same(test, "refused, finalized", &was);
	}
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, PRESENT);
	if (param->fault_page >= 0)
		mmk_fault_page_unlock(m->args.fault_page);
	for (i = 0; i < param->refs; i++)
		put_page(page[0]);
	if (param->fault_page == 1)
		put_page(page[1]);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), param->moves ? 0U : 1U);
	/* A page that somebody still holds would be faulted on for ever. */
	if (!param->moves)
		KUNIT_ASSERT_EQ(test, page_ref_count(page[0]), 1);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 2, 1));
}

/**
 * late_reference_is_refused_by_pages() - The last look is the one that counts
 * @test: the running case
 *
 * Somebody takes a reference after migrate_vma_setup(), which is the last one to
 * look for pins: migrate_vma_pages() refuses the page and finalize puts it back.
 *
 * Contract: MV-14, MV-4
 */
static void late_reference_is_refused_by_pages(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 2);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 2, SELECT_SYSTEM,
					  dev);
	struct mmk_page_state was;
	struct folio *other;

	mmk_fill(test, addr, 2, 1);
	mmk_page_snapshot(test, &was, mm, addr);
	other = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, m->args.cpages, 2UL);
	folio_get(was.folio);
	mmk_vma_copy_to_dev(test, m, dev);
	mmk_vma_pages(m);
	KUNIT_EXPECT_EQ(test, m->src[0], migrate_pfn(folio_pfn(was.folio)) |
			MIGRATE_PFN_WRITE);
	KUNIT_EXPECT_EQ(test, m->src[1], migrate_pfn(folio_pfn(other)) |
			MIGRATE_PFN_WRITE | MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);
	folio_put(was.folio);

	was.state.dirty = true;
	mmk_expect_page_same(test, "refused", &was);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, DEVICE_PRIVATE_WRITE);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 1U);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 2, 1));
}

struct swap_cache_case {
	const char *description;
	enum memory_type type;
	bool to_ram;
	bool swapped;
};

static const struct swap_cache_case swap_cache_cases[] = {
	{ "to device-private", MEMORY_DEVICE_PRIVATE, false, false },
	{ "to device-private, also swapped out", MEMORY_DEVICE_PRIVATE, false,
	  true },
	{ "to device-coherent", MEMORY_DEVICE_COHERENT, false, false },
	{ "to device-coherent, also swapped out", MEMORY_DEVICE_COHERENT, false,
	  true },
	{ "to system", MEMORY_DEVICE_PRIVATE, true, false },
	{ "to system, also swapped out", MEMORY_DEVICE_PRIVATE, true, true },
};

KUNIT_ARRAY_PARAM_DESC(swap_cache, swap_cache_cases, description);

/**
 * swap_cache_page_is_freed_from_it_or_refused() - Never both
 * @test: the running case
 *
 * A mapped page that is still in the swap cache. Device memory cannot be there:
 * the page leaves the swap cache and migrates, unless a child's pte still refers
 * to its swap slot; then nothing changes. To system memory it migrates in any
 * case, and the new page takes its place in the swap cache.
 *
 * Contract: MV-13
 */
static void swap_cache_page_is_freed_from_it_or_refused(struct kunit *test)
{
	const struct swap_cache_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, param->type);
	bool moves = param->to_ram || !param->swapped;
	struct mm_struct *mm = mmk_mm_enter(test), *child = NULL;
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1, SELECT_SYSTEM,
					  dev);
	struct mmk_page_state was;
	struct folio *dst;
	swp_entry_t slot;

	mmk_swap_on_slow(test);
	mmk_fill(test, addr, 1, 1);
	was.folio = mmk_pte_folio(test, mm, addr);
	folio_get(was.folio);
	mmk_pageout(addr, PAGE_SIZE);
	if (param->swapped)
		child = mmk_fork(test);
	mmk_fault_in(mm, addr, false);
	folio_put(was.folio);
	mmk_pte_set_flags(test, mm, addr, true, true);
	mmk_page_snapshot(test, &was, mm, addr);
	KUNIT_ASSERT_TRUE(test, was.state.swapcache);
	KUNIT_ASSERT_EQ(test, was.state.refcount, 2);
	slot = was.folio->swap;

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, m->args.cpages, 1UL);
	KUNIT_EXPECT_EQ(test, folio_ref_count(was.folio), 2);
	if (param->to_ram)
		mmk_vma_copy_to_ram(test, m);
	else
		mmk_vma_copy_to_dev(test, m, dev);
	dst = page_folio(migrate_pfn_to_page(m->dst[0]));
	mmk_vma_pages(m);
	KUNIT_EXPECT_EQ(test, !!(m->src[0] & MIGRATE_PFN_MIGRATE), moves);
	KUNIT_EXPECT_EQ(test, folio_test_swapcache(was.folio), !moves);
	KUNIT_EXPECT_EQ(test, folio_test_swapcache(dst), param->to_ram);
	if (moves) {
		KUNIT_EXPECT_TRUE(test, folio_test_dirty(dst));
		KUNIT_EXPECT_NULL(test, folio_get_private(was.folio));
	}
	if (param->to_ram)
		KUNIT_EXPECT_FALSE(test, folio_test_dirty(was.folio));
	mmk_vma_finalize(m);

	if (moves) {
		KUNIT_EXPECT_PTR_EQ(test, folio_page(dst, 0),
				    mmk_pte_page(mm, addr));
		KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 1);
		lru_add_drain();
		KUNIT_EXPECT_EQ(test, folio_ref_count(dst),
				1 + param->to_ram);
	} else {
		was.state.dirty = true;
		mmk_expect_page_same(test, "refused", &was);
	}
	if (param->to_ram)
		KUNIT_EXPECT_EQ(test, dst->swap.val, slot.val);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev),
			moves && !param->to_ram ? 1U : 0U);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
	if (!child)
		return;
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, child, addr, 1, 1));
	/* It has found the page in the swap cache. */
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(child, addr),
			    mmk_pte_page(mm, addr));
}

struct file_case {
	const char *description;
	enum memory_type type;
	unsigned long flags;
	bool write;
};

static const struct file_case file_cases[] = {
	{ "shared, written, to private", MEMORY_DEVICE_PRIVATE, MAP_SHARED,
	  true },
	{ "shared, read, to private", MEMORY_DEVICE_PRIVATE, MAP_SHARED, false },
	{ "private, read, to private", MEMORY_DEVICE_PRIVATE, MAP_PRIVATE,
	  false },
	{ "shared, written, to coherent", MEMORY_DEVICE_COHERENT, MAP_SHARED,
	  true },
	{ "private, read, to coherent", MEMORY_DEVICE_COHERENT, MAP_PRIVATE,
	  false },
	{ "shared, written, to generic", MEMORY_DEVICE_GENERIC, MAP_SHARED,
	  true },
};

KUNIT_ARRAY_PARAM_DESC(file, file_cases, description);

/* Pages of device-dax keep the reference that they are made with. */
static struct page *generic_page(struct mmk_dev *dev, unsigned int i)
{
	struct page *page = mmk_dev_page(dev, i);

	get_page(page);
	lock_page(page);
	return page;
}

/**
 * file_page_stays_out_of_the_device() - For now only anonymous memory
 * @test: the running case
 *
 * A page of a file that is mapped twice, once by another VMA. It does not
 * migrate to the device: all is as it was, in both VMAs, and the device page is
 * given back.
 *
 * Contract: MV-17, MV-6
 */
static void file_page_stays_out_of_the_device(struct kunit *test)
{
	const struct file_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, param->type);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = mmk_shmem_file(test, 1);
	unsigned long addr = mmk_mmap(test, file, PAGE_SIZE,
				      PROT_READ | PROT_WRITE, param->flags);
	unsigned long other = mmk_mmap(test, file, PAGE_SIZE,
				       PROT_READ | PROT_WRITE, MAP_SHARED);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1, SELECT_SYSTEM,
					  dev);
	struct mmk_page_state was, was_other;
	struct mmk_mm_state rss;

	mmk_fill(test, other, 1, 1);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, param->write), 0);
	mmk_page_snapshot(test, &was_other, mm, other);
	mmk_page_snapshot(test, &was, mm, addr);
	mmk_mm_snapshot(mm, &rss);
	KUNIT_ASSERT_PTR_EQ(test, was.folio, was_other.folio);
	KUNIT_ASSERT_EQ(test, was.state.mapcount, 2);

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	if (m->src[0] & MIGRATE_PFN_MIGRATE) {
		KUNIT_EXPECT_EQ(test, folio_mapcount(was.folio), 0);
		MMK_EXPECT_PTE(test, mm, other, MIGRATION_WRITE);
		if (param->type == MEMORY_DEVICE_GENERIC)
			m->dst[0] = migrate_pfn(page_to_pfn(generic_page(dev, 0)));
		else
			mmk_vma_copy_to_dev(test, m, dev);
	}
	mmk_vma_pages(m);
	KUNIT_EXPECT_EQ(test, m->src[0] & MIGRATE_PFN_MIGRATE, 0UL);
	mmk_vma_finalize(m);

	/* The ptes were dirty, and what they mapped is known to be. */
	was.state.dirty = true;
	was_other.state.dirty = true;
	mmk_expect_page_same(test, "file", &was);
	mmk_expect_page_same(test, "other vma", &was_other);
	mmk_expect_mm_same(test, "mm", mm, &rss);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, other, 1, 1));
}

/**
 * truncated_page_is_skipped() - Nothing is left that could move it
 * @test: the running case
 *
 * A page of a file that has lost its mapping, while a pte still maps it: it has
 * no rmap by which it could be found again, and so must not be unmapped.
 *
 * Contract: MV-5, MV-17
 */
static void truncated_page_is_skipped(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = mmk_shmem_file(test, 1);
	unsigned long addr = mmk_mmap(test, file, PAGE_SIZE,
				      PROT_READ | PROT_WRITE, MAP_SHARED);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1, SELECT_SYSTEM,
					  NULL);
	struct address_space *mapping;
	struct mmk_page_state was;
	pte_t pte;

	mmk_fill(test, addr, 1, 1);
	mmk_page_snapshot(test, &was, mm, addr);
	mapping = was.folio->mapping;
	was.folio->mapping = NULL;
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
	pte = mmk_pte(mm, addr);
	was.folio->mapping = mapping;

	KUNIT_EXPECT_TRUE(test, mmk_pte_same(pte, was.pte));
	KUNIT_EXPECT_EQ(test, m->src[0], 0UL);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 0UL);
	mmk_vma_finalize(m);
	mmk_expect_page_same(test, "truncated", &was);
	/* Nobody else finds an entry that has been left behind, if there is one. */
	folio_lock(was.folio);
	remove_migration_ptes(was.folio, was.folio, 0);
	folio_unlock(was.folio);
}

/**
 * private_data_of_a_page_is_no_pin() - Its reference is known of
 * @test: the running case
 *
 * A page of a file has data of the filesystem attached, which holds a reference:
 * it is offered all the same. With one reference more it is refused.
 *
 * Contract: MV-4, MV-17
 */
static void private_data_of_a_page_is_no_pin(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = mmk_shmem_file(test, 1);
	unsigned long addr = mmk_mmap(test, file, PAGE_SIZE,
				      PROT_READ | PROT_WRITE, MAP_SHARED);
	struct mmk_vma *m;
	struct folio *folio;
	int extra;

	mmk_fill(test, addr, 1, 1);
	folio = mmk_pte_folio(test, mm, addr);
	folio_attach_private(folio, test);
	for (extra = 0; extra < 2; extra++) {
		if (extra)
			folio_get(folio);
		m = mmk_vma_alloc(test, mm, addr, 1, SELECT_SYSTEM, NULL);
		KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
		KUNIT_EXPECT_EQ(test, m->args.cpages, extra ? 0UL : 1UL);
		mmk_vma_finalize(m);
		if (extra)
			folio_put(folio);
		MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	}
	KUNIT_EXPECT_PTR_EQ(test, folio_detach_private(folio), (void *)test);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
}

struct mms_case {
	const char *description;
	bool device;
	bool moves;
};

static const struct mms_case mms_cases[] = {
	{ "system, moves", false, true },
	{ "system, is put back", false, false },
	{ "device-private, moves", true, true },
	{ "device-private, is put back", true, false },
};

KUNIT_ARRAY_PARAM_DESC(mms, mms_cases, description);

/**
 * page_migrates_in_every_mm() - However many of them map it
 * @test: the running case
 *
 * A parent and two children share a page. While it migrates it is mapped by none
 * of them; afterwards all of them map the new page, or the old one if the driver
 * has none.
 *
 * Contract: MV-6, MV-8
 */
static void page_migrates_in_every_mm(struct kunit *test)
{
	const struct mms_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm[3] = { mmk_mm_enter(test) };
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_page_state was[3];
	struct page *page;
	struct mmk_vma *m;
	int i;

	mmk_fill(test, addr, 1, 1);
	if (param->device)
		mmk_migrate_to_dev(test, mm[0], addr, dev);
	mm[1] = mmk_fork(test);
	mm[2] = mmk_fork(test);
	m = mmk_vma_alloc(test, mm[0], addr, 1, param->device ? SELECT_PRIVATE :
			  SELECT_SYSTEM, dev);
	for (i = 0; i < 3; i++)
		mmk_page_snapshot(test, &was[i], mm[i], addr);
	KUNIT_ASSERT_EQ(test, was[0].state.mapcount, 3);

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 1UL);
	KUNIT_EXPECT_EQ(test, folio_mapcount(was[0].folio), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(was[0].folio), 1);
	for (i = 0; i < 3; i++)
		MMK_EXPECT_PTE(test, mm[i], addr, MIGRATION_READ);
	if (param->moves)
		mmk_vma_copy_to_ram(test, m);
	mmk_vma_pages(m);
	mmk_vma_finalize(m);

	for (i = 0; i < 3; i++) {
		if (!param->moves) {
			was[i].state.dirty |= !param->device;
			mmk_expect_page_same(test, "put back", &was[i]);
			continue;
		}
		page = mmk_pte_page(mm[i], addr);
		MMK_EXPECT_PTE(test, mm[i], addr, PRESENT);
		KUNIT_EXPECT_PTR_EQ(test, page, migrate_pfn_to_page(m->dst[0]));
		KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 3);
		KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm[i], addr)));
		KUNIT_EXPECT_FALSE(test, PageAnonExclusive(page));
	}
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, mm[i], addr, 1, 1));
}

struct vanish_case {
	const char *description;
	enum memory_type type;
	bool late;
};

static const struct vanish_case vanish_cases[] = {
	{ "to private, not moved yet", MEMORY_DEVICE_PRIVATE, false },
	{ "to private, moved", MEMORY_DEVICE_PRIVATE, true },
	{ "to coherent, not moved yet", MEMORY_DEVICE_COHERENT, false },
	{ "to coherent, moved", MEMORY_DEVICE_COHERENT, true },
};

KUNIT_ARRAY_PARAM_DESC(vanish, vanish_cases, description);

/**
 * page_unmapped_while_it_migrates_is_freed() - By finalize, unlocked
 * @test: the running case
 *
 * Somebody calls MADV_DONTNEED when the entry of a page stands in the pte, before
 * or after migrate_vma_pages(). The page migrates all the same, but nobody maps
 * the new one: finalize unlocks it, and then drops its last reference.
 *
 * Contract: MV-3, ME-9
 */
static void page_unmapped_while_it_migrates_is_freed(struct kunit *test)
{
	const struct vanish_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, param->type);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1, SELECT_SYSTEM,
					  dev);
	struct folio *folio;

	mmk_fill(test, addr, 1, 1);
	folio = mmk_pte_folio(test, mm, addr);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, m->args.cpages, 1UL);
	mmk_vma_copy_to_dev(test, m, dev);
	if (!param->late)
		KUNIT_EXPECT_EQ(test, do_madvise(mm, addr, PAGE_SIZE,
						 MADV_DONTNEED), 0);
	mmk_vma_pages(m);
	KUNIT_EXPECT_TRUE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	if (param->late)
		KUNIT_EXPECT_EQ(test, do_madvise(mm, addr, PAGE_SIZE,
						 MADV_DONTNEED), 0);
	folio_get(folio);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
	mmk_vma_finalize(m);

	MMK_EXPECT_PTE(test, mm, addr, NONE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	KUNIT_EXPECT_FALSE(test, folio_test_lru(folio));
	folio_put(folio);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].page,
			    migrate_pfn_to_page(m->dst[0]));
	KUNIT_EXPECT_FALSE(test, dev->log[0].locked);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].mapping, NULL);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * generic_page_is_no_destination() - Neither for a page nor for a hole
 * @test: the running case
 *
 * The driver comes with a page of device-dax. It is not mapped; what was there
 * is there again, and the page has the references that it had.
 *
 * Contract: MV-17, MV-7
 */
static void generic_page_is_no_destination(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_GENERIC);
	int refs = page_ref_count(mmk_dev_page(dev, 0));
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 2);
	struct mmk_page_state was;
	struct mmk_vma *m;
	struct page *page;
	int i;

	mmk_fill(test, addr, 1, 1);
	mmk_page_snapshot(test, &was, mm, addr);
	was.state.dirty = true;
	for (i = 0; i < 2; i++) {
		m = mmk_vma_alloc(test, mm, addr + i * PAGE_SIZE, 1,
				  SELECT_SYSTEM, NULL);
		KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
		KUNIT_ASSERT_EQ(test, m->args.cpages, 1UL);
		page = generic_page(dev, i);
		m->dst[0] = migrate_pfn(page_to_pfn(page));
		mmk_vma_pages(m);
		KUNIT_EXPECT_EQ(test, m->src[0] & MIGRATE_PFN_MIGRATE, 0UL);
		mmk_vma_finalize(m);
		KUNIT_EXPECT_EQ(test, page_ref_count(page), refs);
		KUNIT_EXPECT_PTR_EQ(test, page_folio(page)->mapping, NULL);
		KUNIT_EXPECT_FALSE(test, PageLocked(page));
	}
	mmk_expect_page_same(test, "page", &was);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, NONE);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);
}

/* What a driver does with all of its pages when it is unloaded. */
static void empty_device(struct kunit *test, struct mmk_dev *dev,
			 struct mmk_vma *m, unsigned int nr)
{
	mmk_vma_copy_to_ram(test, m);
	migrate_device_pages(m->src, m->dst, nr);
	migrate_device_finalize(m->src, m->dst, nr);
}

/**
 * device_is_emptied_without_a_vma() - The driver is unloaded
 * @test: the running case
 *
 * Eight pages of a device: six are mapped, by a parent, by its child, or by
 * both, one of these is locked and one referenced by somebody else; two are
 * free. migrate_device_range() takes the four others. When the lock and the
 * reference are gone, a second call takes the rest.
 *
 * Contract: MV-15, MV-1, MV-4, MV-6
 */
static void device_is_emptied_without_a_vma(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 6);
	struct mmk_page_state was[6];
	struct mmk_vma *m;
	struct page *page;
	unsigned int i;

	mmk_fill(test, addr, 6, 1);
	for (i = 0; i < 6; i++) {
		page = mmk_migrate_to_dev(test, mm, addr + i * PAGE_SIZE, dev);
		KUNIT_ASSERT_PTR_EQ(test, page, mmk_dev_page(dev, i));
	}
	child = mmk_fork(test);
	do_madvise(mm, addr + PAGE_SIZE, PAGE_SIZE, MADV_DONTNEED);
	mmk_mm_madvise(child, addr, PAGE_SIZE, MADV_DONTNEED);
	m = mmk_vma_alloc(test, mm, addr, 8, 0, NULL);
	m->args.npages = 8;
	for (i = 0; i < 6; i++)
		mmk_page_snapshot(test, &was[i], i == 1 ? child : mm,
				  addr + i * PAGE_SIZE);
	lock_page(mmk_dev_page(dev, 2));
	get_page(mmk_dev_page(dev, 3));

	KUNIT_EXPECT_EQ(test, 0, migrate_device_range(m->src,
						      page_to_pfn(mmk_dev_page(dev, 0)), 8));
	for (i = 0; i < 8; i++) {
		page = mmk_dev_page(dev, i);
		KUNIT_EXPECT_EQ(test, m->src[i],
				i == 2 || i == 3 || i > 5 ? 0UL :
				migrate_pfn(page_to_pfn(page)) |
				MIGRATE_PFN_MIGRATE);
		m->dst[i] = 0;
	}
	for (i = 0; i < 6; i++) {
		if (i == 2 || i == 3)
			continue;
		MMK_EXPECT_PTE(test, was[i].mm, was[i].addr, MIGRATION_READ);
		KUNIT_EXPECT_TRUE(test, folio_test_locked(was[i].folio));
		KUNIT_EXPECT_EQ(test, folio_ref_count(was[i].folio), 1);
		KUNIT_EXPECT_EQ(test, folio_mapcount(was[i].folio), 0);
	}
	KUNIT_EXPECT_EQ(test, page_ref_count(mmk_dev_page(dev, 6)), 0);
	/* The array ends there. */
	KUNIT_EXPECT_NULL(test, memchr_inv(&m->src[8], 0xa5,
					   sizeof(m->src[8])));
	empty_device(test, dev, m, 8);
	unlock_page(mmk_dev_page(dev, 2));
	put_page(mmk_dev_page(dev, 3));
	mmk_expect_page_same(test, "locked", &was[2]);
	mmk_expect_page_same(test, "referenced", &was[3]);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 2U);

	migrate_device_range(m->src, page_to_pfn(mmk_dev_page(dev, 0)), 8);
	memset(m->dst, 0, sizeof(m->dst));
	empty_device(test, dev, m, 8);
	/* What is left would be faulted on for ever. */
	KUNIT_ASSERT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	for (i = 0; i < 6; i++)
		MMK_EXPECT_PTE(test, was[i].mm, was[i].addr, PRESENT);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, child, addr + PAGE_SIZE, 1,
					     1 + 31));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr + 2 * PAGE_SIZE, 4,
					  1 + 62));
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, child, addr + 2 * PAGE_SIZE,
					     4, 1 + 62));
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 0);
}

struct permission_case {
	const char *description;
	enum memory_type type;
	bool readonly;
	bool shared;
	enum mmk_pte_kind entry;
};

static const struct permission_case permission_cases[] = {
	{ "private, writable", MEMORY_DEVICE_PRIVATE, false, false,
	  MMK_PTE_MIGRATION_WRITE },
	{ "private, readable", MEMORY_DEVICE_PRIVATE, true, false,
	  MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "private, shared", MEMORY_DEVICE_PRIVATE, false, true,
	  MMK_PTE_MIGRATION_READ },
	{ "coherent, writable", MEMORY_DEVICE_COHERENT, false, false,
	  MMK_PTE_MIGRATION_WRITE },
	{ "coherent, readable", MEMORY_DEVICE_COHERENT, true, false,
	  MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "coherent, shared", MEMORY_DEVICE_COHERENT, false, true,
	  MMK_PTE_MIGRATION_READ },
};

KUNIT_ARRAY_PARAM_DESC(permission, permission_cases, description);

/**
 * unloading_keeps_permissions() - All mappings are found by the rmap
 * @test: the running case
 *
 * A page of a device is unmapped by migrate_device_range(), which knows of no
 * vma: its entry tells what its pte was. The driver first has no destination for
 * it, and the pte is what it was; then it has one, as writable and exclusive.
 *
 * Contract: MV-15, MV-8, MV-2
 */
static void unloading_keeps_permissions(struct kunit *test)
{
	const struct permission_case *param = test->param_value;
	bool writable = param->entry == MMK_PTE_MIGRATION_WRITE;
	struct mmk_dev *dev = mmk_dev_create(test, param->type);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1), pfn;
	enum mmk_pte_kind kind;
	struct mmk_page_state was;
	struct mmk_vma *m;
	struct page *page;
	int i;

	mmk_fill(test, addr, 1, 1);
	pfn = page_to_pfn(mmk_migrate_to_dev(test, mm, addr, dev));
	if (param->readonly)
		KUNIT_ASSERT_EQ(test, 0L, sys_mprotect(addr, PAGE_SIZE,
						       PROT_READ));
	if (param->shared)
		mmk_fork(test);
	m = mmk_vma_alloc(test, mm, addr, 1, 0, NULL);
	m->args.npages = 1;
	mmk_page_snapshot(test, &was, mm, addr);

	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, migrate_device_range(m->src, pfn, 1), 0);
		KUNIT_ASSERT_EQ(test, m->src[0], migrate_pfn(pfn) |
				MIGRATE_PFN_MIGRATE);
		kind = mmk_pte_kind(mm, addr);
		KUNIT_EXPECT_EQ_MSG(test, (int)kind, (int)param->entry,
				    "pte is %s", mmk_pte_kind_name(kind));
		KUNIT_EXPECT_FALSE(test,
				   PageAnonExclusive(folio_page(was.folio, 0)));
		m->dst[0] = 0;
		if (i)
			break;
		migrate_device_pages(m->src, m->dst, 1);
		KUNIT_EXPECT_EQ(test, m->src[0], migrate_pfn(pfn));
		migrate_device_finalize(m->src, m->dst, 1);
		/* It may be dirtier than it was. */
		was.state.dirty = folio_test_dirty(was.folio);
		mmk_expect_page_same(test, "declined", &was);
	}
	empty_device(test, dev, m, 1);

	page = mmk_pte_page(mm, addr);
	KUNIT_EXPECT_PTR_EQ(test, page, migrate_pfn_to_page(m->dst[0]));
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_EQ(test, (bool)pte_write(mmk_pte(mm, addr)), writable);
	KUNIT_EXPECT_EQ(test, (bool)PageAnonExclusive(page), !param->shared);
	KUNIT_ASSERT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
}

/**
 * page_flags_move_along() - What reclaim knows of a page
 * @test: the running case
 *
 * The new page is as active, unevictable, referenced, and part of the working
 * set as the old one was; on the old one, which is about to be freed, nothing of it is left
 * that may not be there then.
 *
 * Contract: MV-3, MV-16
 */
static void page_flags_move_along(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 3);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 3, SELECT_SYSTEM,
					  NULL);
	struct folio *src[3], *dst[3];
	int i;

	mmk_fill(test, addr, 3, 1);
	lru_add_drain();
	for (i = 0; i < 3; i++)
		src[i] = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, m->args.cpages, 3UL);
	/* Isolated and locked, so nobody else is looking. */
	folio_set_referenced(src[0]);
	folio_set_active(src[0]);
	folio_set_workingset(src[0]);
	for (i = 1; i < 3; i++) {
		folio_clear_referenced(src[i]);
		folio_clear_active(src[i]);
		folio_clear_workingset(src[i]);
	}
	folio_set_unevictable(src[2]);
	mmk_vma_copy_to_ram(test, m);
	for (i = 0; i < 3; i++)
		dst[i] = page_folio(migrate_pfn_to_page(m->dst[i]));
	mmk_vma_pages(m);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, folio_test_referenced(dst[i]), !i);
		KUNIT_EXPECT_EQ(test, folio_test_active(dst[i]), !i);
		KUNIT_EXPECT_EQ(test, folio_test_workingset(dst[i]), !i);
		KUNIT_EXPECT_EQ(test, folio_test_unevictable(dst[i]), i == 2);
		KUNIT_EXPECT_FALSE(test, folio_test_active(src[i]));
		KUNIT_EXPECT_FALSE(test, folio_test_unevictable(src[i]));
	}
	mmk_vma_finalize(m);
	lru_add_drain();
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_TRUE(test, folio_test_lru(dst[i]));
		KUNIT_EXPECT_EQ(test, folio_test_active(dst[i]), !i);
	}
}

/**
 * coherent_page_is_made_pinnable() - migrate_device_coherent_folio()
 * @test: the running case
 *
 * A long-term pin may not be taken on device memory: the page moves to system
 * memory first. With a reference too many it fails with -EBUSY and is put back;
 * either way the caller's reference is gone.
 *
 * Contract: MV-15, MV-8
 */
static void coherent_page_is_made_pinnable(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_page_state was;
	struct page *page;

	mmk_fill(test, addr, 1, 1);
	mmk_migrate_to_dev(test, mm, addr, dev);
	mmk_page_snapshot(test, &was, mm, addr);

	folio_get(was.folio);
	folio_get(was.folio);
	KUNIT_EXPECT_EQ(test, migrate_device_coherent_folio(was.folio), -EBUSY);
	KUNIT_EXPECT_EQ(test, folio_ref_count(was.folio),
			was.state.refcount + 1);
	folio_put(was.folio);
	was.state.dirty |= pte_dirty(was.pte);
	mmk_expect_page_same(test, "busy", &was);

	KUNIT_ASSERT_EQ(test, 1, pin_user_pages_fast(addr, 1, FOLL_LONGTERM |
						     FOLL_WRITE, &page));
	KUNIT_EXPECT_FALSE(test, is_zone_device_page(page));
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr), page);
	KUNIT_EXPECT_FALSE(test, PageLocked(page));
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	unpin_user_page(page);
	lru_add_drain();
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_TRUE(test, PageLRU(page));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
}

/**
 * struct late_reference - Somebody who refers to a folio at the last moment
 * @folio: the folio; NULL once it has happened
 * @task: in whose migration
 */
static struct late_reference {
	struct folio *folio;
	struct task_struct *task;
} late_reference;

/* The page that it is to migrate to is being allocated. */
static void late_reference_take(void *unused, struct page *page,
				unsigned int order, gfp_t gfp, int migratetype)
{
	if (current != late_reference.task || !late_reference.folio)
		return;
	folio_get(late_reference.folio);
	late_reference.folio = NULL;
}

static void late_reference_release(void *unused)
{
	unregister_trace_mm_page_alloc(late_reference_take, NULL);
	tracepoint_synchronize_unregister();
}

/**
 * coherent_page_referenced_late_is_put_back() - After it has been unmapped
 * @test: the running case
 *
 * Somebody takes a reference when all checks are done: the migration is refused
 * by its last step. The page is mapped as before, and the caller's reference is
 * gone.
 *
 * Contract: MV-15, MV-8
 */
static void coherent_page_referenced_late_is_put_back(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_page_state was;

	mmk_fill(test, addr, 1, 1);
	mmk_migrate_to_dev(test, mm, addr, dev);
	mmk_page_snapshot(test, &was, mm, addr);
	folio_get(was.folio);
	late_reference.task = current;
	late_reference.folio = was.folio;
	KUNIT_ASSERT_EQ(test, 0,
			register_trace_mm_page_alloc(late_reference_take, NULL));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, late_reference_release,
						  NULL));
	KUNIT_EXPECT_EQ(test, migrate_device_coherent_folio(was.folio), -EBUSY);
	kunit_release_action(test, late_reference_release, NULL);

	KUNIT_ASSERT_NULL(test, late_reference.folio);
	folio_put(was.folio);
	was.state.dirty |= pte_dirty(was.pte);
	mmk_expect_page_same(test, "put back", &was);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 1U);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 1, 1));
}

#define ROUND_TRIPS	1000
#define TRIP_PAGES	16

/**
 * round_trips_conserve_everything() - There and back, a thousand times
 * @test: the running case
 *
 * Pages at random offsets go to the device and come back by a fault. All bytes
 * and counters are conserved, and each device page is freed as often as it was
 * used.
 *
 * Contract: MV-16
 */
static void round_trips_conserve_everything(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, TRIP_PAGES), at;
	struct mmk_mm_state rss;
	struct rnd_state rnd;
	struct mmk_vma *m;
	unsigned int i;

	prandom_seed_state(&rnd, 20211118);
	mmk_fill(test, addr, TRIP_PAGES, 1);
	mmk_mm_snapshot(mm, &rss);
	m = mmk_vma_alloc(test, mm, addr, 1, SELECT_SYSTEM, dev);
	for (i = 0; i < ROUND_TRIPS; i++) {
		at = addr + prandom_u32_state(&rnd) % TRIP_PAGES * PAGE_SIZE;
		m->args.start = at;
		m->args.end = at + PAGE_SIZE;
		KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
		KUNIT_ASSERT_EQ(test, m->args.cpages, 1UL);
		mmk_vma_copy_to_dev(test, m, dev);
		mmk_vma_pages(m);
		mmk_vma_finalize(m);
		KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(mm, at),
				(int)MMK_PTE_DEVICE_PRIVATE_WRITE);
		KUNIT_ASSERT_EQ(test, 0, mmk_fault_in(mm, at, i & 1));
		KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(mm, at),
				(int)MMK_PTE_PRESENT);
	}
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, TRIP_PAGES, 1));
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), ROUND_TRIPS);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), ROUND_TRIPS);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	mmk_expect_mm_same(test, "mm", mm, &rss);
}

/**
 * struct migrator - A task that sets a migration up
 * @task: the thread
 * @m: the round
 * @ret: what migrate_vma_setup() returned
 */
struct migrator {
	struct mmk_task task;
	struct mmk_vma *m;
	int ret;
};

static void migrator_main(struct mmk_task *task)
{
	struct migrator *migrator = container_of(task, struct migrator, task);

	migrator->ret = mmk_vma_setup(migrator->m);
}

/**
 * two_migrations_share_a_range() - Neither deadlock, nor both win a page
 * @test: the running case
 *
 * One task has set up a migration of pages 0 to 2, where page 2 is a hole. A
 * second one then sets up a migration of pages 1 to 4. It does not wait for the
 * first; it gets the pages that are left, and the hole, which only the first of
 * them to call migrate_vma_pages() fills.
 *
 * Contract: MV-18, MV-1, MV-7
 */
static void two_migrations_share_a_range(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 5), i;
	struct mmk_vma *first, *second;
	struct migrator *migrator;

	mmk_fill(test, addr, 5, 1);
	do_madvise(mm, addr + 2 * PAGE_SIZE, PAGE_SIZE, MADV_DONTNEED);
	first = mmk_vma_alloc(test, mm, addr, 3, SELECT_SYSTEM, dev);
	second = mmk_vma_alloc(test, mm, addr + PAGE_SIZE, 4, SELECT_SYSTEM,
			       dev);
	migrator = mmk_task_alloc(test, sizeof(*migrator), mm, migrator_main);
	migrator->m = second;

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(first), 0);
	mmk_task_start(&migrator->task);
	/* If it waits, let it: finalize is what it waits for. */
	if (!mmk_task_join(&migrator->task)) {
		mmk_vma_finalize(first);
		KUNIT_FAIL_AND_ABORT(test, "the second one waits for the first");
	}
	KUNIT_ASSERT_EQ(test, migrator->ret, 0);
	KUNIT_EXPECT_EQ(test, first->args.cpages, 3UL);
	KUNIT_EXPECT_EQ(test, second->args.cpages, 3UL);
	KUNIT_EXPECT_EQ(test, second->src[0], 0UL);
	KUNIT_EXPECT_EQ(test, second->src[1], MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_NOT_NULL(test, migrate_pfn_to_page(second->src[2]));
	KUNIT_EXPECT_NOT_NULL(test, migrate_pfn_to_page(second->src[3]));

	mmk_vma_copy_to_dev(test, first, dev);
	mmk_vma_copy_to_dev(test, second, dev);
	mmk_vma_pages(second);
	mmk_vma_pages(first);
	KUNIT_EXPECT_EQ(test, second->src[1], MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_EQ(test, first->src[2], 0UL);
	mmk_vma_finalize(first);
	mmk_vma_finalize(second);

	for (i = 0; i < 5; i++)
		MMK_EXPECT_PTE(test, mm, addr + i * PAGE_SIZE,
			       DEVICE_PRIVATE_WRITE);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr + 2 * PAGE_SIZE),
			    migrate_pfn_to_page(second->dst[1]));
	/* The loser's page for the hole has been freed. */
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 5U);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 5UL);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 2, 1));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr + 3 * PAGE_SIZE, 2,
					  1 + 93));
}

/**
 * struct rival - Lets another task migrate in the middle of a migration
 * @mn: on the mm of the first
 * @migrator: the other task; NULL once it has been started
 * @joined: it has come back while the first was still at work
 */
struct rival {
	struct mmu_notifier mn;
	struct migrator *migrator;
	bool joined;
};

/* The ptes have been collected; what else maps the pages is not unmapped yet. */
static void rival_range_end(struct mmu_notifier *mn,
			    const struct mmu_notifier_range *range)
{
	struct rival *rival = container_of(mn, struct rival, mn);
	struct migrator *migrator = rival->migrator;

	if (!migrator || range->event != MMU_NOTIFY_MIGRATE)
		return;
	rival->migrator = NULL;
	mmk_task_start(&migrator->task);
	rival->joined = mmk_task_join(&migrator->task);
}

static const struct mmu_notifier_ops rival_ops = {
	.invalidate_range_end = rival_range_end,
};

static void rival_release(void *data)
{
	struct rival *rival = data;

	mmu_notifier_unregister(&rival->mn, rival->mn.mm);
}

/**
 * rival_skips_what_the_first_has_locked() - In the middle of migrate_vma_setup()
 * @test: the running case
 *
 * Parent and child share two pages. A migration of the parent's range has
 * collected the first one when another task sets up a migration of both in the
 * child. It finds the one locked, leaves it, and takes the other. Both
 * migrations then succeed with what they have got.
 *
 * Contract: MV-18, MV-1
 */
static void rival_skips_what_the_first_has_locked(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 2);
	struct mmk_vma *first, *second;
	struct migrator *migrator;
	struct rival *rival;
	struct page *page;

	mmk_fill(test, addr, 2, 1);
	child = mmk_fork(test);
	page = mmk_pte_page(mm, addr);
	first = mmk_vma_alloc(test, mm, addr, 1, SELECT_SYSTEM, dev);
	second = mmk_vma_alloc(test, child, addr, 2, SELECT_SYSTEM, dev);
	migrator = mmk_task_alloc(test, sizeof(*migrator), child,
				  migrator_main);
	migrator->m = second;
	rival = kunit_kzalloc(test, sizeof(*rival), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rival);
	rival->mn.ops = &rival_ops;
	rival->migrator = migrator;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&rival->mn, mm), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, rival_release,
							rival), 0);

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(first), 0);
	KUNIT_ASSERT_TRUE(test, rival->joined);
	KUNIT_ASSERT_EQ(test, migrator->ret, 0);
	KUNIT_EXPECT_EQ(test, first->args.cpages, 1UL);
	KUNIT_EXPECT_PTR_EQ(test, migrate_pfn_to_page(first->src[0]), page);
	KUNIT_EXPECT_EQ(test, second->args.cpages, 1UL);
	KUNIT_EXPECT_EQ(test, second->src[0], 0UL);

	mmk_vma_copy_to_dev(test, first, dev);
	mmk_vma_copy_to_dev(test, second, dev);
	mmk_vma_pages(first);
	mmk_vma_pages(second);
	mmk_vma_finalize(second);
	mmk_vma_finalize(first);
	MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_READ);
	MMK_EXPECT_PTE(test, child, addr, DEVICE_PRIVATE_READ);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, DEVICE_PRIVATE_READ);
	MMK_EXPECT_PTE(test, child, addr + PAGE_SIZE, DEVICE_PRIVATE_READ);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 2U);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 2, 1));
	KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, child, addr, 2, 1));
}

/**
 * struct contest - A task that migrates when another does
 * @task: the thread
 * @m: its round
 * @meet: where the two meet before each step
 * @ret: what migrate_vma_setup() returned
 */
struct contest {
	struct mmk_task task;
	struct mmk_vma *m;
	atomic_t *meet;
	int ret;
};

static void contest_setup(struct mmk_task *task)
{
	struct contest *c = container_of(task, struct contest, task);

	mmk_meet(c->meet, 2);
	c->ret = mmk_vma_setup(c->m);
}

static void contest_finish(struct mmk_task *task)
{
	struct contest *c = container_of(task, struct contest, task);

	mmk_meet(c->meet, 2);
	mmk_vma_pages(c->m);
	mmk_vma_finalize(c->m);
}

/* Two tasks on two CPUs take the same step. */
static void contest_run(struct kunit *test, struct mmk_vma **m,
			void (*step)(struct mmk_task *task))
{
	atomic_t *meet = kunit_kzalloc(test, sizeof(*meet), GFP_KERNEL);
	struct contest *c[2];
	int i;

	KUNIT_ASSERT_NOT_NULL(test, meet);
	for (i = 0; i < 2; i++) {
		c[i] = mmk_task_alloc(test, sizeof(*c[i]), m[i]->mm, step);
		c[i]->m = m[i];
		c[i]->meet = meet;
		mmk_task_place(&c[i]->task, i + 1);
	}
	for (i = 0; i < 2; i++)
		mmk_task_start(&c[i]->task);
	/* If one waits, let it: finalize is what it waits for. */
	for (i = 0; i < 2; i++) {
		if (mmk_task_join(&c[i]->task))
			continue;
		if (m[!i]->open)
			mmk_vma_finalize(m[!i]);
		mmk_task_join(&c[i]->task);
		KUNIT_FAIL_AND_ABORT(test, "task %d waits for the other", i);
	}
	for (i = 0; i < 2; i++)
		KUNIT_ASSERT_EQ(test, c[i]->ret, 0);
}

#define CONTEST_PAGES	16
#define CONTEST_ROUNDS	10

/**
 * struct contest_case - Who migrates
 * @description: for the log
 * @forked: two mms that share the pages; or two tasks in one
 */
struct contest_case {
	const char *description;
	bool forked;
};

static const struct contest_case contest_cases[] = {
	{ "one mm", false },
	{ "parent and child", true },
};

KUNIT_ARRAY_PARAM_DESC(contest, contest_cases, description);

/**
 * migrations_on_two_cpus_share_the_pages() - Really at the same time
 * @test: the running case
 *
 * Two tasks on two CPUs set up a migration of the same pages in the same moment,
 * and end them in the same moment, again and again. Neither waits for the other,
 * no page is won by both, and who has not won it does not touch it. All comes
 * back through faults for the next round: no byte and no device page is lost.
 *
 * Contract: MV-18, MV-1
 */
static void migrations_on_two_cpus_share_the_pages(struct kunit *test)
{
	const struct contest_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test), *other = mm;
	unsigned long addr = mmk_map_anon(test, CONTEST_PAGES);
	unsigned int round, i, moved = 0, both = 0;
	struct mmk_vma *m[2];
	bool won[2];

	mmk_need_cpus(test, 2);
	mmk_fill(test, addr, CONTEST_PAGES, 1);
	if (param->forked)
		other = mmk_fork(test);
	for (round = 0; round < CONTEST_ROUNDS; round++) {
		m[0] = mmk_vma_alloc(test, mm, addr, CONTEST_PAGES,
				     SELECT_SYSTEM, dev);
		m[1] = mmk_vma_alloc(test, other, addr, CONTEST_PAGES,
				     SELECT_SYSTEM, dev);
		contest_run(test, m, contest_setup);
		for (i = 0; i < CONTEST_PAGES; i++) {
			won[0] = m[0]->src[i] & MIGRATE_PFN_MIGRATE;
			won[1] = m[1]->src[i] & MIGRATE_PFN_MIGRATE;
			both += won[0] && won[1];
			moved += won[0] || won[1];
		}
		mmk_vma_copy_to_dev(test, m[0], dev);
		mmk_vma_copy_to_dev(test, m[1], dev);
		contest_run(test, m, contest_finish);

		KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, CONTEST_PAGES, 1));
		KUNIT_EXPECT_TRUE(test, mmk_mm_holds(test, other, addr,
						     CONTEST_PAGES, 1));
		KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	}
	KUNIT_EXPECT_EQ_MSG(test, both, 0U, "pages won by both");
	/* A page that is being looked at by the other one may be refused. */
	KUNIT_EXPECT_GT(test, moved, 0U);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES),
			(unsigned long)CONTEST_PAGES);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(other, MM_ANONPAGES),
			(unsigned long)CONTEST_PAGES);
}

/**
 * page_in_another_cpus_batch_is_taken() - It will be on the LRU one day
 * @test: the running case
 *
 * A task on another CPU has just faulted a page in, which waits in a batch of
 * that CPU for its way to the LRU. It is taken from there, and migrates.
 *
 * Contract: MV-4, MV-2
 */
static void page_in_another_cpus_batch_is_taken(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 1, SELECT_SYSTEM,
					  NULL);
	struct mmk_fault *fault;
	struct folio *folio;

	mmk_need_cpus(test, 2);
	fault = mmk_fault_alloc(test, mm, addr, FAULT_FLAG_DEFAULT |
				FAULT_FLAG_WRITE, MMK_MMAP_LOCK);
	mmk_task_place(&fault->task, 1);
	mmk_task_start(&fault->task);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	folio = mmk_pte_folio(test, mm, addr);
	lru_add_drain();
	KUNIT_ASSERT_FALSE(test, folio_test_lru(folio));
	KUNIT_ASSERT_EQ(test, folio_ref_count(folio), 2);

	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 1UL);
	KUNIT_EXPECT_EQ(test, m->src[0], migrate_pfn(folio_pfn(folio)) |
			MIGRATE_PFN_MIGRATE | MIGRATE_PFN_WRITE);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	mmk_vma_finalize(m);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr), folio_page(folio, 0));
	/* Put back to where it belongs, in the end. */
	lru_add_drain();
	KUNIT_EXPECT_TRUE(test, folio_test_lru(folio));
}

/**
 * struct putback - Puts a folio into a batch when another one is unmapped
 * @mn: notices that
 * @mm: where
 * @folio: the folio; NULL once it has happened
 */
struct putback {
	struct mmu_notifier mn;
	struct mm_struct *mm;
	struct folio *folio;
};

static void putback_stop(void *data)
{
	struct putback *putback = data;

	mmu_notifier_unregister(&putback->mn, putback->mm);
}

static int putback_start(struct mmu_notifier *mn,
			 const struct mmu_notifier_range *range)
{
	struct putback *putback = container_of(mn, struct putback, mn);

	/* As reclaim does that has not been able to free it. */
	if (putback->folio && folio_isolate_lru(putback->folio))
		folio_putback_lru(putback->folio);
	putback->folio = NULL;
	return 0;
}

static const struct mmu_notifier_ops putback_ops = {
	.invalidate_range_start	= putback_start,
};

/**
 * page_that_leaves_the_lru_for_a_batch_is_taken() - When it is wanted already
 * @test: the running case
 *
 * Two pages of a parent are mapped by its child as well. While the first one is
 * unmapped there, somebody takes the second, which is collected by then, off the
 * LRU and puts it back, which is into a batch. It is taken from there, and migrates
 * like the first.
 *
 * Contract: MV-4, MV-2
 */
static void page_that_leaves_the_lru_for_a_batch_is_taken(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 2);
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, 2, SELECT_SYSTEM,
					  NULL);
	struct putback *putback;
	struct folio *folio;
	int i;

	putback = kunit_kzalloc(test, sizeof(*putback), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, putback);
	putback->mn.ops = &putback_ops;
	mmk_fill(test, addr, 2, 1);
	lru_add_drain_all();
	folio = mmk_pte_folio(test, mm, addr + PAGE_SIZE);
	KUNIT_ASSERT_TRUE(test, folio_test_lru(folio));
	child = mmk_fork(test);
	putback->mm = child;
	KUNIT_ASSERT_EQ(test, mmu_notifier_register(&putback->mn, child), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, putback_stop,
							putback), 0);
	putback->folio = folio;

	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
	kunit_release_action(test, putback_stop, putback);
	KUNIT_EXPECT_NULL(test, putback->folio);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 2UL);
	KUNIT_EXPECT_EQ(test, m->src[1], migrate_pfn(folio_pfn(folio)) |
			MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_FALSE(test, folio_test_lru(folio));
	mmk_vma_finalize(m);
	for (i = 0; i < 2; i++) {
		MMK_EXPECT_PTE(test, mm, addr + i * PAGE_SIZE, PRESENT);
		MMK_EXPECT_PTE(test, child, addr + i * PAGE_SIZE, PRESENT);
	}
	lru_add_drain_all();
	KUNIT_EXPECT_TRUE(test, folio_test_lru(folio));
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, 2, 1));
}

#define CONTENDED_PAGES		64
#define MAX_CONTENDERS		8

/* How many migrations are counted; more make the figure smoother. */
static uint contended_rounds = 4;
module_param_named(rounds, contended_rounds, uint, 0444);

/**
 * struct contention - Tasks that lock pages which migrate
 * @folio: the pages
 * @nr_held: tasks that have locked their first one
 * @go: when to unlock it and go on
 * @stop: told to end
 */
struct contention {
	struct folio *folio[CONTENDED_PAGES];
	atomic_t nr_held;
	struct completion go;
	bool stop;
};

/**
 * struct contender - One of these tasks
 * @task: the thread
 * @contention: the pages
 * @next: which of them to lock
 */
struct contender {
	struct mmk_task task;
	struct contention *contention;
	unsigned int next;
};

static void contender_main(struct mmk_task *task)
{
	struct contender *contender = container_of(task, struct contender,
						   task);
	struct contention *contention = contender->contention;

	folio_lock(contention->folio[contender->next]);
	atomic_inc(&contention->nr_held);
	wait_for_completion(&contention->go);
	folio_unlock(contention->folio[contender->next]);
	while (!READ_ONCE(contention->stop)) {
		folio_lock(contention->folio[contender->next]);
		/* As long as it takes to read a page from a disk. */
		schedule_timeout_uninterruptible(1);
		folio_unlock(contention->folio[contender->next]);
		contender->next = (contender->next + 1) % CONTENDED_PAGES;
	}
}

static unsigned long count_skipped(struct kunit *test, struct mmk_vma *m)
{
	unsigned long skipped = 0;
	int i;

	for (i = 0; i < contended_rounds; i++) {
		KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
		skipped += CONTENDED_PAGES - m->args.cpages;
		mmk_vma_finalize(m);
		schedule_timeout_uninterruptible(1);
	}
	return skipped;
}

/**
 * contention_is_measured() - How often a page is skipped for its lock
 * @test: the running case
 *
 * Up to eight tasks lock and unlock the pages of a range, one after the other,
 * while it is migrated over and over again. The share of pages that are skipped
 * is printed; nothing is expected of it, but that it is none without contention.
 * Before that each of them holds one page: these are skipped, and no others, or
 * the share would not be that of the contended pages. The parameter "rounds" says
 * how many migrations to count.
 *
 * Contract: MV-19, MV-1
 */
static void contention_is_measured(struct kunit *test)
{
	static const unsigned int steps[] = { 0, 1, 2, 4, MAX_CONTENDERS };
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, CONTENDED_PAGES), skipped;
	struct contender *contender[MAX_CONTENDERS];
	struct contention *contention;
	unsigned int i, j, nr;
	struct mmk_vma *m;

	mmk_fill(test, addr, CONTENDED_PAGES, 1);
	m = mmk_vma_alloc(test, mm, addr, CONTENDED_PAGES, SELECT_SYSTEM, NULL);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		nr = steps[i];
		contention = kunit_kzalloc(test, sizeof(*contention),
					   GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, contention);
		init_completion(&contention->go);
		for (j = 0; j < CONTENDED_PAGES; j++)
			contention->folio[j] = mmk_pte_folio(test, mm, addr +
							     j * PAGE_SIZE);
		for (j = 0; j < nr; j++) {
			contender[j] = mmk_task_alloc(test,
						      sizeof(*contender[j]),
						      mm, contender_main);
			contender[j]->contention = contention;
			contender[j]->next = j * CONTENDED_PAGES / nr;
		}

		for (j = 0; j < nr; j++)
			mmk_task_start(&contender[j]->task);
		KUNIT_EXPECT_TRUE(test, mmk_wait_for((unsigned int)
				  atomic_read(&contention->nr_held) == nr));
		KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
		KUNIT_EXPECT_EQ(test, m->args.cpages,
				(unsigned long)CONTENDED_PAGES - nr);
		mmk_vma_finalize(m);
		complete_all(&contention->go);
		skipped = count_skipped(test, m);
		WRITE_ONCE(contention->stop, true);
		for (j = 0; j < nr; j++)
			KUNIT_ASSERT_TRUE(test,
					  mmk_task_join(&contender[j]->task));
		kunit_info(test, "%u contender(s): %lu of %u pages skipped", nr,
			   skipped, CONTENDED_PAGES * contended_rounds);
		if (!nr)
			KUNIT_EXPECT_EQ(test, skipped, 0UL);
	}
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, (unsigned long)CONTENDED_PAGES);
	mmk_vma_finalize(m);
	KUNIT_EXPECT_TRUE(test, mmk_holds(test, addr, CONTENDED_PAGES, 1));
}

static struct kunit_case migrate_vma_device_cases[] = {
	KUNIT_CASE_PARAM(reference_of_the_fault_is_allowed_for,
			 fault_page_gen_params),
	KUNIT_CASE(late_reference_is_refused_by_pages),
	KUNIT_CASE_PARAM(swap_cache_page_is_freed_from_it_or_refused,
			 swap_cache_gen_params),
	KUNIT_CASE_PARAM(file_page_stays_out_of_the_device, file_gen_params),
	KUNIT_CASE(truncated_page_is_skipped),
	KUNIT_CASE(private_data_of_a_page_is_no_pin),
	KUNIT_CASE_PARAM(page_migrates_in_every_mm, mms_gen_params),
	KUNIT_CASE_PARAM(page_unmapped_while_it_migrates_is_freed,
			 vanish_gen_params),
	KUNIT_CASE(generic_page_is_no_destination),
	KUNIT_CASE(device_is_emptied_without_a_vma),
	KUNIT_CASE_PARAM(unloading_keeps_permissions, permission_gen_params),
	KUNIT_CASE(page_flags_move_along),
	KUNIT_CASE(coherent_page_is_made_pinnable),
	KUNIT_CASE(coherent_page_referenced_late_is_put_back),
	KUNIT_CASE(round_trips_conserve_everything),
	KUNIT_CASE(two_migrations_share_a_range),
	KUNIT_CASE(rival_skips_what_the_first_has_locked),
	KUNIT_CASE_PARAM(migrations_on_two_cpus_share_the_pages,
			 contest_gen_params),
	KUNIT_CASE(page_in_another_cpus_batch_is_taken),
	KUNIT_CASE(page_that_leaves_the_lru_for_a_batch_is_taken),
	KUNIT_CASE(contention_is_measured),
	{}
};

static struct kunit_suite migrate_vma_device_suite = {
	.name = "migrate_vma_device",
	.init = mmk_case_init,
	.test_cases = migrate_vma_device_cases,
};

kunit_test_suite(migrate_vma_device_suite);
