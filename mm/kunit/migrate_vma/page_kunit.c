// SPDX-License-Identifier: GPL-2.0
/*
 * Pages with unexpected references, in files, in the swap cache and in several
 * mms.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../compat/fault.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "device.h"

#define SELECT_PRIVATE	MIGRATE_VMA_SELECT_DEVICE_PRIVATE

struct fault_page_case {
	const char *description;
	int fault_page;
	int refs;
	unsigned long offered;
	bool moves;
};

/* Of two device pages, the case is about the first. */
static const struct fault_page_case fault_page_cases[] = {
	{ "no fault, no reference", -1, 0, 2, true },
	{ "no fault, one reference", -1, 1, 1, false },
	{ "fault, its reference", 0, 1, 2, true },
	{ "fault, two references", 0, 2, 1, false },
	{ "fault on the other page, one reference", 1, 1, 1, false },
};

KUNIT_ARRAY_PARAM_DESC(fault_page, fault_page_cases, description);

/**
 * fault_page_may_have_a_reference() - One reference, on the page of the fault
 *
 * do_swap_page() holds a reference on a device-private page, and on newer
 * kernels its lock, while it calls migrate_to_ram(). With fault_page set, that
 * page migrates. If it has one more reference, or is not the page of the fault,
 * setup refuses it. The neighbour, without an unexpected reference, migrates.
 *
 * Contract: MV-14, MV-4
 */
static void fault_page_may_have_a_reference(struct kunit *test)
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
	/* The reference of the fault, if that is on the neighbour */
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
	/* A fault on a page with an unexpected reference would never end. */
	if (!param->moves)
		KUNIT_ASSERT_EQ(test, page_ref_count(page[0]), 1);
	MMK_EXPECT_HOLDS(test, addr, 2, 1);
}

/**
 * late_reference_is_refused() - migrate_vma_pages() looks at references again
 *
 * A reference is taken after migrate_vma_setup() has looked for pins:
 * migrate_vma_pages() refuses the page, and finalize puts it back.
 *
 * Contract: MV-14, MV-4
 */
static void late_reference_is_refused(struct kunit *test)
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
	MMK_EXPECT_HOLDS(test, addr, 2, 1);
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
 * swap_cache_page_moves_or_stays() - A mapped page in the swap cache
 *
 * Device pages cannot be in the swap cache: to a device, the page leaves the
 * swap cache and migrates, unless a child's pte still refers to its slot; then
 * it stays as it is. To system memory it migrates in any case, and the new page
 * takes its place in the swap cache.
 *
 * Contract: MV-13
 */
static void swap_cache_page_moves_or_stays(struct kunit *test)
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
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
	if (!child)
		return;
	MMK_EXPECT_MM_HOLDS(test, child, addr, 1, 1);
	/* The fault of the child has found it in the swap cache. */
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

/**
 * file_page_does_not_migrate() - Devices take anonymous memory only
 *
 * A page of a file is mapped by two VMAs. It does not migrate to the device:
 * both mappings are as before, and the device page is freed.
 *
 * Contract: MV-17, MV-6
 */
static void file_page_does_not_migrate(struct kunit *test)
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
			m->dst[0] = migrate_pfn(page_to_pfn(mv_generic_page(dev, 0)));
		else
			mmk_vma_copy_to_dev(test, m, dev);
	}
	mmk_vma_pages(m);
	KUNIT_EXPECT_EQ(test, m->src[0] & MIGRATE_PFN_MIGRATE, 0UL);
	mmk_vma_finalize(m);

	/* The dirty bits of the ptes are on the folio now. */
	was.state.dirty = true;
	was_other.state.dirty = true;
	mmk_expect_page_same(test, "file", &was);
	mmk_expect_page_same(test, "other vma", &was_other);
	mmk_expect_mm_same(test, "mm", mm, &rss);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
	MMK_EXPECT_HOLDS(test, other, 1, 1);
}

/**
 * truncated_page_is_skipped() - A page without a mapping
 *
 * A page of a file has been truncated, and a pte still maps it. Without a
 * mapping the rmap would not find its entry again: it must not be unmapped.
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
	/* If there is an entry in spite of that, restore it. */
	folio_lock(was.folio);
	remove_migration_ptes(was.folio, was.folio, 0);
	folio_unlock(was.folio);
}

/**
 * private_data_is_no_pin() - The reference of private data is expected
 *
 * A page of a file has private data of the filesystem, which has a reference:
 * the page is offered all the same. With one more reference it is refused.
 *
 * Contract: MV-4, MV-17
 */
static void private_data_is_no_pin(struct kunit *test)
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
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
}

struct mms_case {
	const char *description;
	int nr;
	bool device;
	bool moves;
};

static const struct mms_case mms_cases[] = {
	{ "system, in two mms, moves", 2, false, true },
	{ "system, moves", 3, false, true },
	{ "system, is put back", 3, false, false },
	{ "device-private, in two mms, moves", 2, true, true },
	{ "device-private, moves", 3, true, true },
	{ "device-private, is put back", 3, true, false },
};

KUNIT_ARRAY_PARAM_DESC(mms, mms_cases, description);

/**
 * page_migrates_in_every_mm() - A page that two or three mms map
 *
 * A parent and its children share a page. During its migration it is unmapped
 * in all of them; afterwards all of them map the new page, or the old one if the
 * driver has declined.
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
	for (i = 1; i < param->nr; i++)
		mm[i] = mmk_fork(test);
	m = mmk_vma_alloc(test, mm[0], addr, 1, param->device ? SELECT_PRIVATE :
			  SELECT_SYSTEM, dev);
	for (i = 0; i < param->nr; i++)
		mmk_page_snapshot(test, &was[i], mm[i], addr);
	KUNIT_ASSERT_EQ(test, was[0].state.mapcount, param->nr);

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_EXPECT_EQ(test, m->args.cpages, 1UL);
	KUNIT_EXPECT_EQ(test, folio_mapcount(was[0].folio), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(was[0].folio), 1);
	for (i = 0; i < param->nr; i++)
		MMK_EXPECT_PTE(test, mm[i], addr, MIGRATION_READ);
	if (param->moves)
		mmk_vma_copy_to_ram(test, m);
	mmk_vma_pages(m);
	mmk_vma_finalize(m);

	for (i = 0; i < param->nr; i++) {
		if (!param->moves) {
			was[i].state.dirty |= !param->device;
			mmk_expect_page_same(test, "put back", &was[i]);
			continue;
		}
		page = mmk_pte_page(mm[i], addr);
		MMK_EXPECT_PTE(test, mm[i], addr, PRESENT);
		KUNIT_EXPECT_PTR_EQ(test, page, migrate_pfn_to_page(m->dst[0]));
		KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)),
				param->nr);
		KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm[i], addr)));
		KUNIT_EXPECT_FALSE(test, PageAnonExclusive(page));
	}
	for (i = 0; i < param->nr; i++)
		MMK_EXPECT_MM_HOLDS(test, mm[i], addr, 1, 1);
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
 * unmapped_source_is_freed() - MADV_DONTNEED during the migration
 *
 * MADV_DONTNEED drops the entry of a page, before or after migrate_vma_pages().
 * The page migrates all the same, but the new page is not mapped: finalize
 * unlocks it and then drops its last reference.
 *
 * Contract: MV-3, ME-9
 */
static void unmapped_source_is_freed(struct kunit *test)
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

static struct kunit_case migrate_vma_page_cases[] = {
	KUNIT_CASE_PARAM(fault_page_may_have_a_reference,
			 fault_page_gen_params),
	KUNIT_CASE(late_reference_is_refused),
	KUNIT_CASE_PARAM(swap_cache_page_moves_or_stays, swap_cache_gen_params),
	KUNIT_CASE_PARAM(file_page_does_not_migrate, file_gen_params),
	KUNIT_CASE(truncated_page_is_skipped),
	KUNIT_CASE(private_data_is_no_pin),
	KUNIT_CASE_PARAM(page_migrates_in_every_mm, mms_gen_params),
	KUNIT_CASE_PARAM(unmapped_source_is_freed, vanish_gen_params),
	{}
};

static struct kunit_suite migrate_vma_page_suite = {
	.name = "migrate_vma_page",
	.init = mmk_case_init,
	.test_cases = migrate_vma_page_cases,
};

kunit_test_suite(migrate_vma_page_suite);
