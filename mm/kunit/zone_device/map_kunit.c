// SPDX-License-Identifier: GPL-2.0
/*
 * Device pages in page tables: each mapping has a reference.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/memcontrol.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/mm.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "device_pages.h"

KUNIT_ARRAY_PARAM_DESC(zd_type, zd_types, description);

/**
 * struct zd_give_up_case - A way to unmap pages
 * @description: its name
 * @type: of the device memory
 * @unmap: unmaps a range of current->mm
 */
struct zd_give_up_case {
	const char *description;
	enum memory_type type;
	int (*unmap)(unsigned long addr, size_t len);
};

static int zd_munmap(unsigned long addr, size_t len)
{
	return vm_munmap(addr, len);
}

static int zd_dontneed(unsigned long addr, size_t len)
{
	return do_madvise(current->mm, addr, len, MADV_DONTNEED);
}

static const struct zd_give_up_case zd_give_ups[] = {
	{ "munmap, device private", MEMORY_DEVICE_PRIVATE, zd_munmap },
	{ "munmap, device coherent", MEMORY_DEVICE_COHERENT, zd_munmap },
	{ "MADV_DONTNEED, device private", MEMORY_DEVICE_PRIVATE, zd_dontneed },
	{ "MADV_DONTNEED, device coherent", MEMORY_DEVICE_COHERENT,
	  zd_dontneed },
};

KUNIT_ARRAY_PARAM_DESC(zd_give_up, zd_give_ups, description);

/**
 * unmap_frees_device_pages() - munmap() and MADV_DONTNEED
 *
 * Of four pages, the second and the fourth are in device memory, and the fourth
 * has another reference. When they are unmapped, the second is freed; the
 * fourth is when that reference is dropped. Neither is mapped or counted any
 * more.
 *
 * Contract: ZD-4
 */
static void unmap_frees_device_pages(struct kunit *test)
{
	const struct zd_give_up_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, param->type);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 4);
	struct page *second, *fourth;

	mmk_fill(test, addr, 4, 1);
	second = mmk_migrate_to_dev(test, mm, addr + PAGE_SIZE, dev);
	fourth = mmk_migrate_to_dev(test, mm, addr + 3 * PAGE_SIZE, dev);
	KUNIT_EXPECT_EQ(test, page_ref_count(second), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(second)), 1);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 4UL);
	get_page(fourth);

	KUNIT_EXPECT_EQ(test, param->unmap(addr, 4 * PAGE_SIZE), 0);

	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].page, second);
	KUNIT_EXPECT_PTR_EQ(test, dev->log[0].mapping, NULL);
	KUNIT_EXPECT_FALSE(test, dev->log[0].anon_exclusive);
	KUNIT_EXPECT_EQ(test, page_ref_count(second), 0);
	KUNIT_EXPECT_FALSE(test, folio_mapped(page_folio(second)));
	KUNIT_EXPECT_EQ(test, page_ref_count(fourth), 1);
	KUNIT_EXPECT_FALSE(test, folio_mapped(page_folio(fourth)));
	put_page(fourth);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 2);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * exit_drops_mapping_reference() - exit_mmap() after a fork
 *
 * Parent and child map the same device page, with one reference each. The child
 * exits, which drops its reference and not the parent's. Another child, whose
 * mapping is the last one, frees the page when it exits.
 *
 * Contract: ZD-4
 */
static void exit_drops_mapping_reference(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 1);
	struct page *page;

	mmk_fill(test, addr, 1, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	child = mmk_fork(test);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 2);

	mmk_mm_put(test, child);

	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);

	/* A second child, whose mapping becomes the last one */
	child = mmk_fork(test);
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);

	mmk_mm_put(test, child);

	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * unpin_frees_unmapped_page() - The pin is the last reference
 *
 * A process pins a system page between two coherent pages, and unmaps all
 * three. The pins keep the device pages; unpin_user_pages() frees them.
 *
 * Contract: ZD-4
 */
static void unpin_frees_unmapped_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 3);
	struct page *pages[3], *first, *last;

	mmk_fill(test, addr, 3, 1);
	first = mmk_migrate_to_dev(test, mm, addr, dev);
	last = mmk_migrate_to_dev(test, mm, addr + 2 * PAGE_SIZE, dev);
	KUNIT_ASSERT_EQ(test, pin_user_pages_fast(addr, 3, FOLL_WRITE, pages),
			3);
	KUNIT_EXPECT_PTR_EQ(test, pages[0], first);
	KUNIT_EXPECT_PTR_EQ(test, pages[2], last);
	KUNIT_EXPECT_EQ(test, page_ref_count(first), 1 + GUP_PIN_COUNTING_BIAS);

	KUNIT_EXPECT_EQ(test, vm_munmap(addr, 3 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(first), GUP_PIN_COUNTING_BIAS);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);

	unpin_user_pages(pages, 3);

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 2);
	KUNIT_EXPECT_EQ(test, page_ref_count(first), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(last), 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(pages[1]), 0);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * failed_migration_frees_new_page() - The destination goes back to its driver
 *
 * A page and a hole are to be moved to device memory. After migrate_vma_setup()
 * the page gets an unexpected reference, and a page appears in the hole:
 * migrate_vma_pages() refuses both. Finalize frees the device pages, and the
 * process keeps its pages.
 *
 * Contract: ZD-4
 */
static void failed_migration_frees_new_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 2);
	struct folio *folio;
	struct mmk_vma *m;

	mmk_fill(test, addr, 1, 1);
	folio = mmk_pte_folio(test, mm, addr);
	m = mmk_vma_alloc(test, mm, addr, 2, MIGRATE_VMA_SELECT_SYSTEM, dev);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, m->args.cpages, 2UL);
	mmk_vma_copy_to_dev(test, m, dev);
	mmk_folio_get(test, folio);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr + PAGE_SIZE, true), 0);

	mmk_vma_pages(m);

	KUNIT_EXPECT_FALSE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_FALSE(test, m->src[1] & MIGRATE_PFN_MIGRATE);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
	mmk_vma_finalize(m);

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 2);
	KUNIT_EXPECT_FALSE(test, dev->log[0].locked);
	KUNIT_EXPECT_FALSE(test, dev->log[1].locked);
	KUNIT_EXPECT_FALSE(test, dev->log[0].charged);
	KUNIT_EXPECT_FALSE(test, dev->log[1].charged);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, addr), folio);
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 2UL);
}

/**
 * fork_shares_device_private_page() - One reference per mapping
 *
 * An exclusive device-private page is writable. After a fork() the child has a
 * reference, a mapping and the page in its RSS, and the page is not exclusive
 * any more. A second child, which is forked from a read-only entry, has a
 * reference and a mapping, too. A write by the first child migrates the page to
 * system memory, once for all, and then copies it for the child.
 *
 * Contract: ZD-12
 */
static void fork_shares_device_private_page(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test), *child, *second;
	unsigned long addr = mmk_map_anon(test, 1);
	struct page *page;
	struct folio *folio;

	mmk_fill(test, addr, 1, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_WRITE);
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(page));

	child = mmk_fork(test);

	MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_READ);
	MMK_EXPECT_PTE(test, child, addr, DEVICE_PRIVATE_READ);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr), page);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(child, addr), page);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 2);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 1UL);

	second = mmk_fork(test);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(second, addr), page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 3);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 3);
	mmk_mm_put(test, second);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 2);

	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, addr, 0xee), 0);

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	MMK_EXPECT_PTE(test, child, addr, PRESENT);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr)));
	KUNIT_EXPECT_TRUE(test, pte_write(mmk_pte(child, addr)));
	folio = mmk_pte_folio(test, mm, addr);
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, child, addr), folio);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 1);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(folio_page(folio, 0)));
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 1UL);
}

/**
 * forked_page_comes_back_once() - One migration serves two mms
 *
 * As fork_shares_device_private_page(), but the child reads. The page migrates
 * back once, and both mms map it read-only; the parent reads without another
 * call of migrate_to_ram.
 *
 * Contract: ZD-12
 */
static void forked_page_comes_back_once(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 1);
	struct folio *folio;

	mmk_fill(test, addr, 1, 1);
	mmk_migrate_to_dev(test, mm, addr, dev);
	child = mmk_fork(test);

	MMK_EXPECT_MM_HOLDS(test, child, addr, 1, 1);

	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	MMK_EXPECT_PTE(test, child, addr, PRESENT);
	folio = mmk_pte_folio(test, mm, addr);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, child, addr), folio);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr)));
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(child, addr)));
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 2);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 2);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(folio_page(folio, 0)));
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
}

/**
 * cow_drops_writers_reference() - Copy on write of a coherent page
 *
 * A coherent page is copied like any other: a child that writes gets a page of
 * its own, and drops the reference of its mapping. The parent keeps the device
 * page, which is freed when the parent unmaps it.
 *
 * Contract: ZD-4, ZD-12
 */
static void cow_drops_writers_reference(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 1);
	struct page *page;

	mmk_fill(test, addr, 1, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(page));
	child = mmk_fork(test);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr)));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);

	KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, addr, 0xee), 0);

	KUNIT_EXPECT_PTR_NE(test, mmk_pte_page(child, addr), page);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr), page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
	MMK_EXPECT_HOLDS(test, addr, 1, 1);

	KUNIT_EXPECT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/**
 * held_coherent_page_is_shared() - A reference of a driver is no mapping
 *
 * A driver holds a coherent page. fork() shares it all the same, with one more
 * reference. The child may still read it, so mprotect() to read-only and back
 * does not make it writable for the parent. When the child has gone, the driver's
 * reference is left: a write of the parent goes to a copy, and the driver's page
 * keeps its bytes.
 *
 * Contract: ZD-12
 */
static void held_coherent_page_is_shared(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 1);
	struct page *page;
	u8 before;

	mmk_fill(test, addr, 1, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	before = *(u8 *)page_address(page);
	get_page(page);
	child = mmk_fork(test);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(child, addr), page);
	KUNIT_EXPECT_FALSE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 3);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 2);

	KUNIT_ASSERT_EQ(test, sys_mprotect(addr, PAGE_SIZE, PROT_READ), 0L);
	KUNIT_ASSERT_EQ(test, sys_mprotect(addr, PAGE_SIZE,
					   PROT_READ | PROT_WRITE), 0L);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr), page);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(mm, addr)));

	mmk_mm_put(test, child);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 2);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 1);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, addr, ~before), 0);
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_page(mm, addr), page);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(page), before);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_FALSE(test, folio_mapped(page_folio(page)));

	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
	put_page(page);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 1);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 0L);
}

/* Hands out @page and the next one as one folio, and frees that. */
static void hand_out_pair(struct mmk_dev *dev, struct page *page)
{
	bitmap_set(dev->busy, page_to_pfn(page) - zd_first_pfn(dev), 2);
	mmk_zone_device_init(page, 1);
	page->zone_device_data = NULL;
	unlock_page(page);
	put_page(page);
}

/**
 * freed_page_is_handed_out_again() - Nothing of the last owner is left
 *
 * A page was exclusive to a process, which has unmapped it. When it is handed
 * out again, it is as fresh as at the first time, and can be used the same way.
 * The same holds if it was the first page of a larger folio in between, where
 * the kernel has such folios.
 *
 * Contract: ZD-5
 */
static void freed_page_is_handed_out_again(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, zd_param_type(test));
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 2);
	struct page *page, *again;
	unsigned int i;
	int nr_free;

	mmk_fill(test, addr, 2, 1);
	page = mmk_migrate_to_dev(test, mm, addr, dev);
	KUNIT_ASSERT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, atomic_read(&dev->nr_free), 1);

	for (i = 0; i < 3; i++) {
		dev->next = page_to_pfn(page) - zd_first_pfn(dev);
		if (MMK_PAGE_INIT_TAKES_ORDER && i == 1)
			hand_out_pair(dev, page);
		nr_free = atomic_read(&dev->nr_free);
		again = mmk_dev_get_page(test, dev);
		KUNIT_EXPECT_PTR_EQ(test, again, page);
		KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
		KUNIT_EXPECT_TRUE(test, PageLocked(page));
		KUNIT_EXPECT_PTR_EQ(test, page_folio(page)->mapping, NULL);
		KUNIT_EXPECT_FALSE(test, folio_mapped(page_folio(page)));
		KUNIT_EXPECT_FALSE(test, test_bit(PG_anon_exclusive,
						  mmk_page_flags(page)));
		KUNIT_EXPECT_EQ(test, folio_order(page_folio(page)), 0U);
		KUNIT_EXPECT_FALSE(test, PageCompound(page));
		KUNIT_EXPECT_TRUE(test, PageReserved(page));
		KUNIT_EXPECT_PTR_EQ(test, page_pgmap(page), &dev->pgmap);
		KUNIT_EXPECT_FALSE(test, folio_memcg_charged(page_folio(page)));
		KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 1L);
		unlock_page(page);
		put_page(page);
		KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), nr_free + 1);
	}

	dev->next = page_to_pfn(page) - zd_first_pfn(dev);
	again = mmk_migrate_to_dev(test, mm, addr + PAGE_SIZE, dev);
	KUNIT_EXPECT_PTR_EQ(test, again, page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_EQ(test, page_folio(page)->index,
			linear_page_index(vma_lookup(mm, addr + PAGE_SIZE),
					  addr + PAGE_SIZE));
}

static struct kunit_case zone_device_map_cases[] = {
	KUNIT_CASE_PARAM(unmap_frees_device_pages, zd_give_up_gen_params),
	KUNIT_CASE_PARAM(exit_drops_mapping_reference, zd_type_gen_params),
	KUNIT_CASE(unpin_frees_unmapped_page),
	KUNIT_CASE_PARAM(failed_migration_frees_new_page, zd_type_gen_params),
	KUNIT_CASE_PARAM(freed_page_is_handed_out_again, zd_type_gen_params),
	KUNIT_CASE(fork_shares_device_private_page),
	KUNIT_CASE(forked_page_comes_back_once),
	KUNIT_CASE(cow_drops_writers_reference),
	KUNIT_CASE(held_coherent_page_is_shared),
	{}
};

static struct kunit_suite zone_device_map_suite = {
	.name = "zone_device_map",
	.init = mmk_case_init,
	.test_cases = zone_device_map_cases,
};

kunit_test_suite(zone_device_map_suite);
