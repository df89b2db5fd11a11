// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that move to a device and back, with and without a VMA.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/prandom.h>
#include <linux/swap.h>
#include <linux/syscalls.h>

#include <trace/events/kmem.h>

#include "../../internal.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "device.h"

/**
 * generic_page_is_no_destination() - Neither for a page nor for a hole
 *
 * The driver brings a page of device-dax. It is not mapped: the page, or the
 * hole, is as before, and the driver's page has the references that it had.
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
		page = mv_generic_page(dev, i);
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

/* Moves device pages to system memory, as a driver that is unloaded. */
static void empty_device(struct kunit *test, struct mmk_dev *dev,
			 struct mmk_vma *m, unsigned int nr)
{
	mmk_vma_copy_to_ram(test, m);
	migrate_device_pages(m->src, m->dst, nr);
	migrate_device_finalize(m->src, m->dst, nr);
}

/**
 * device_is_emptied_without_vma() - A driver is unloaded
 *
 * Of eight pages of a device, six are mapped by a parent, by its child, or by
 * both; two are free. Of the six, one is locked and one has an unexpected
 * reference. migrate_device_range() takes the other four. When the lock and the
 * reference are gone, a second call takes the rest.
 *
 * Contract: MV-15, MV-1, MV-4, MV-6
 */
static void device_is_emptied_without_vma(struct kunit *test)
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

	KUNIT_EXPECT_EQ(test,
			migrate_device_range(m->src,
					     page_to_pfn(mmk_dev_page(dev, 0)),
					     8), 0);
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
	/* The array ends here. */
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
	/* An access to a page that is left would fault for ever. */
	KUNIT_ASSERT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	for (i = 0; i < 6; i++)
		MMK_EXPECT_PTE(test, was[i].mm, was[i].addr, PRESENT);
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
	MMK_EXPECT_PART_HOLDS(test, child, addr + PAGE_SIZE, 1, 1, 1);
	MMK_EXPECT_PART_HOLDS(test, mm, addr + 2 * PAGE_SIZE, 2, 4, 1);
	MMK_EXPECT_PART_HOLDS(test, child, addr + 2 * PAGE_SIZE, 2, 4, 1);
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
 * unloading_keeps_permissions() - migrate_device_range() and the rmap
 *
 * migrate_device_range() unmaps a page of a device by its pfn. The entry has
 * the permissions of the pte. At first the driver has no destination: the pte
 * is as before, and its dirty bit is on the page. Then it has one: the new page
 * is as writable and exclusive as the old one was.
 *
 * Contract: MV-15, MV-8, MV-2, MV-11
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
		KUNIT_ASSERT_EQ(test, sys_mprotect(addr, PAGE_SIZE, PROT_READ),
				0L);
	if (param->shared)
		mmk_fork(test);
	m = mmk_vma_alloc(test, mm, addr, 1, 0, NULL);
	m->args.npages = 1;
	if (param->type == MEMORY_DEVICE_COHERENT) {
		/* The pte is dirty, and the page is not yet. */
		mmk_pte_set_flags(test, mm, addr, true, true);
		folio_clear_dirty(page_folio(pfn_to_page(pfn)));
	}
	mmk_page_snapshot(test, &was, mm, addr);
	KUNIT_ASSERT_NE(test, (int)was.state.dirty,
			(int)(param->type == MEMORY_DEVICE_COHERENT));

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
		was.state.dirty = true;
		mmk_expect_page_same(test, "declined", &was);
	}
	empty_device(test, dev, m, 1);

	page = mmk_pte_page(mm, addr);
	KUNIT_EXPECT_PTR_EQ(test, page, migrate_pfn_to_page(m->dst[0]));
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_EQ(test, (bool)pte_write(mmk_pte(mm, addr)), writable);
	KUNIT_EXPECT_EQ(test, (bool)PageAnonExclusive(page), !param->shared);
	KUNIT_ASSERT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
}

/**
 * page_flags_are_copied() - Active, referenced, workingset, unevictable
 *
 * migrate_vma_pages() gives a new page those of these flags that the old one
 * has. The old page, which is about to be freed, is neither active nor
 * unevictable any more.
 *
 * Contract: MV-3, MV-16
 */
static void page_flags_are_copied(struct kunit *test)
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
	/* Isolated and locked: nobody else changes their flags. */
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
 * device_page_moves_to_another_device() - Between two memories of a driver
 *
 * A driver has two ranges of private memory. A page moves from system memory to
 * the first, from there to the second, and back by a fault: the bytes and the
 * permission of the pte are kept, and each page that it has left is free.
 *
 * Contract: MV-16
 */
static void device_page_moves_to_another_device(struct kunit *test)
{
	struct mmk_dev *first = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *second = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_vma *m;
	struct page *page;

	mmk_fill(test, addr, 1, 1);
	mmk_migrate_to_dev(test, mm, addr, first);
	m = mmk_vma_alloc(test, mm, addr, 1,
			  MIGRATE_VMA_SELECT_DEVICE_PRIVATE, first);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, m->args.cpages, 1UL);
	mmk_vma_copy_to_dev(test, m, second);
	mmk_vma_pages(m);
	KUNIT_EXPECT_TRUE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);

	MMK_EXPECT_PTE(test, mm, addr, DEVICE_PRIVATE_WRITE);
	page = mmk_pte_page(mm, addr);
	KUNIT_EXPECT_PTR_EQ(test, page_pgmap(page), &second->pgmap);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(page)), 1);
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(first), 0U);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(second), 1U);

	MMK_EXPECT_HOLDS(test, addr, 1, 1);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(second), 0U);
}

/**
 * longterm_pin_moves_coherent_page() - migrate_device_coherent_folio()
 *
 * A page of device memory cannot be pinned for long: it moves to system memory
 * first. With one reference too many, migrate_device_coherent_folio() says
 * -EBUSY, and the page is put back. In both cases the reference of the caller
 * is dropped.
 *
 * Contract: MV-15, MV-8
 */
static void longterm_pin_moves_coherent_page(struct kunit *test)
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

	KUNIT_ASSERT_EQ(test, pin_user_pages_fast(addr, 1,
						  FOLL_LONGTERM | FOLL_WRITE,
						  &page), 1);
	KUNIT_EXPECT_FALSE(test, is_zone_device_page(page));
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr), page);
	KUNIT_EXPECT_FALSE(test, PageLocked(page));
	KUNIT_EXPECT_TRUE(test, PageAnonExclusive(page));
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	unpin_user_page(page);
	lru_add_drain();
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_TRUE(test, PageLRU(page));
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
}

/**
 * struct late_reference - A reference that is taken during a migration
 * @folio: the folio; NULL once the reference has been taken
 * @task: the task that migrates
 */
static struct late_reference {
	struct folio *folio;
	struct task_struct *task;
} late_reference;

/* Called when the destination is allocated. */
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
 * late_reference_keeps_coherent_page() - A reference after the unmap
 *
 * A reference is taken when migrate_device_coherent_folio() has checked them
 * all: its last step refuses to migrate. The page is mapped as before, and the
 * reference of the caller is dropped.
 *
 * Contract: MV-15, MV-8
 */
static void late_reference_keeps_coherent_page(struct kunit *test)
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
	KUNIT_ASSERT_EQ(test,
			register_trace_mm_page_alloc(late_reference_take, NULL),
			0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
							late_reference_release,
							NULL), 0);
	KUNIT_EXPECT_EQ(test, migrate_device_coherent_folio(was.folio), -EBUSY);
	kunit_release_action(test, late_reference_release, NULL);

	KUNIT_ASSERT_NULL(test, late_reference.folio);
	folio_put(was.folio);
	was.state.dirty |= pte_dirty(was.pte);
	mmk_expect_page_same(test, "put back", &was);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 1U);
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
}

#define ROUND_TRIPS	1000
#define TRIP_PAGES	16

/**
 * round_trips_keep_pages() - A thousand trips to a device and back
 *
 * One page after another, drawn at random, moves to the device and comes back
 * by a fault. In the end all bytes and counters are as before. A device page
 * has been freed for each trip, and none is in use.
 *
 * Contract: MV-16
 */
static void round_trips_keep_pages(struct kunit *test)
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

		KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, at, i & 1), 0);
		KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(mm, at),
				(int)MMK_PTE_PRESENT);
	}
	MMK_EXPECT_HOLDS(test, addr, TRIP_PAGES, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), ROUND_TRIPS);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_to_ram), ROUND_TRIPS);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
	mmk_expect_mm_same(test, "mm", mm, &rss);
}

static struct kunit_case migrate_vma_device_cases[] = {
	KUNIT_CASE(generic_page_is_no_destination),
	KUNIT_CASE(device_is_emptied_without_vma),
	KUNIT_CASE_PARAM(unloading_keeps_permissions, permission_gen_params),
	KUNIT_CASE(page_flags_are_copied),
	KUNIT_CASE(device_page_moves_to_another_device),
	KUNIT_CASE(longterm_pin_moves_coherent_page),
	KUNIT_CASE(late_reference_keeps_coherent_page),
	KUNIT_CASE(round_trips_keep_pages),
	{}
};

static struct kunit_suite migrate_vma_device_suite = {
	.name = "migrate_vma_device",
	.init = mmk_case_init,
	.test_cases = migrate_vma_device_cases,
};

kunit_test_suite(migrate_vma_device_suite);
