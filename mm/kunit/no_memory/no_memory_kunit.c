// SPDX-License-Identifier: GPL-2.0
/*
 * Out of memory: each allocation of the code under test fails once. The call
 * then fails as documented, or succeeds all the same; nothing is lost, nothing
 * leaks, and the next attempt succeeds.
 */
#include <kunit/test.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include <uapi/linux/wait.h>

#include "../../internal.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/fail.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "../lib/wait.h"

/* More allocations than any call here makes */
#define MANY	1000

struct place_case {
	const char *description;
	enum memory_type type;
	bool to_device;
};

static const struct place_case place_cases[] = {
	{ "to system memory" },
	{ "to device-private memory", MEMORY_DEVICE_PRIVATE, true },
	{ "to device-coherent memory", MEMORY_DEVICE_COHERENT, true },
};

KUNIT_ARRAY_PARAM_DESC(place, place_cases, description);

static void copy_to_place(struct kunit *test, struct mmk_vma *m,
			  struct mmk_dev *dev)
{
	if (dev)
		mmk_vma_copy_to_dev(test, m, dev);
	else
		mmk_vma_copy_to_ram(test, m);
}

static unsigned int busy_pages(struct mmk_dev *dev)
{
	return dev ? mmk_dev_nr_busy(dev) : 0;
}

/**
 * hole_stays_empty_without_memory() - migrate_vma_pages() needs page tables
 *
 * A hole is to be filled in untouched memory: its VMA has no anon_vma, and its
 * addresses have no page tables. Whichever allocation fails, MIGRATE is
 * cleared, the hole stays a hole, and the new page is freed; or the hole is
 * filled all the same.
 *
 * Contract: MV-7, MV-5
 */
static void hole_stays_empty_without_memory(struct kunit *test)
{
	/* Too far apart to share a page table */
	const unsigned long apart = PUD_SIZE, nr_pages = apart / PAGE_SIZE;
	const struct place_case *c = test->param_value;
	struct mmk_dev *dev = c->to_device ? mmk_dev_create(test, c->type) :
					     NULL;
	struct mm_struct *mm = mmk_mm_enter(test);
	bool failed = true, migrated;
	unsigned long addr, area, i;
	unsigned int nth, refused = 0;
	struct mmk_vma *m;

	mmk_fail_prepare(test);
	for (nth = 1; failed && nth < MANY; nth++) {
		area = mmk_mmap(test, NULL, 2 * nr_pages * PAGE_SIZE,
				PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
		addr = ALIGN(area, apart);
		m = mmk_vma_alloc(test, mm, addr, 1, MIGRATE_VMA_SELECT_SYSTEM,
				  dev);
		KUNIT_ASSERT_NULL(test, vma_lookup(mm, addr)->anon_vma);
		KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
		KUNIT_ASSERT_EQ(test, m->src[0], MIGRATE_PFN_MIGRATE);
		copy_to_place(test, m, dev);

		mmk_fail_nth(nth);
		mmk_vma_pages(m);
		failed = mmk_fail_done();
		migrated = m->src[0] & MIGRATE_PFN_MIGRATE;
		mmk_vma_finalize(m);

		KUNIT_EXPECT_TRUE(test, failed || migrated);
		KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES),
				(unsigned long)migrated);
		KUNIT_EXPECT_EQ(test, busy_pages(dev),
				dev ? (unsigned int)migrated : 0);
		if (!migrated) {
			enum mmk_pte_kind kind = mmk_pte_kind(mm, addr);

			refused++;
			KUNIT_EXPECT_TRUE_MSG(test, kind == MMK_PTE_NONE ||
					      kind == MMK_PTE_NO_TABLE,
					      "allocation %u: pte is %s", nth,
					      mmk_pte_kind_name(kind));
			KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, addr, 1), 0);
		}
		for (i = 0; i < sizeof(u64); i++) {
			u8 byte = 0xff;

			KUNIT_EXPECT_EQ(test,
					copy_from_user(&byte, (u8 __user *)addr
						       + PAGE_SIZE - 1 - i, 1),
					0UL);
			KUNIT_EXPECT_EQ(test, byte, 0);
		}
		KUNIT_ASSERT_EQ(test, vm_munmap(area, 2 * nr_pages * PAGE_SIZE),
				0);
		KUNIT_EXPECT_EQ(test, busy_pages(dev), 0U);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	/* At least a page table, an anon_vma and an anon_vma_chain */
	KUNIT_EXPECT_GE(test, refused, 3U);
	kunit_info(test, "%u allocations, %u of them necessary", nth - 2,
		   refused);
}

/**
 * page_migrates_without_memory() - Nothing needs to be allocated
 *
 * The migration of a page needs no memory but the destination, which the driver
 * brings: migrate_vma_*() succeeds, to the device and back, although each of
 * its allocations fails once.
 *
 * Contract: MV-16
 */
static void page_migrates_without_memory(struct kunit *test)
{
	const struct place_case *c = test->param_value;
	struct mmk_dev *dev = c->to_device ? mmk_dev_create(test, c->type) :
					     NULL;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_page_state before;
	bool failed = true;
	unsigned int nth;
	struct mmk_vma *m;

	mmk_fill(test, addr, 1, 1);
	mmk_fail_prepare(test);
	m = mmk_vma_alloc(test, mm, addr, 1, 0, dev);
	for (nth = 1; failed && nth < MANY; nth++) {
		failed = false;
		m->args.flags = MIGRATE_VMA_SELECT_SYSTEM;
		mmk_page_snapshot(test, &before, mm, addr);
		mmk_fail_nth(nth);
		KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
		failed |= mmk_fail_done();
		KUNIT_EXPECT_EQ(test, m->args.cpages, 1UL);
		copy_to_place(test, m, dev);
		mmk_fail_nth(nth);
		mmk_vma_pages(m);
		mmk_vma_finalize(m);
		failed |= mmk_fail_done();
		KUNIT_EXPECT_TRUE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
		KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, mm, addr),
				    before.folio);
		KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);
		KUNIT_EXPECT_EQ(test, busy_pages(dev), dev ? 1U : 0U);

		if (!dev)
			continue;
		m->args.flags = c->type == MEMORY_DEVICE_PRIVATE ?
			MIGRATE_VMA_SELECT_DEVICE_PRIVATE :
			MIGRATE_VMA_SELECT_DEVICE_COHERENT;
		mmk_fail_nth(nth);
		KUNIT_EXPECT_EQ(test, mmk_vma_setup(m), 0);
		failed |= mmk_fail_done();
		KUNIT_EXPECT_EQ(test, m->args.cpages, 1UL);
		mmk_vma_copy_to_ram(test, m);
		mmk_fail_nth(nth);
		mmk_vma_pages(m);
		mmk_vma_finalize(m);
		failed |= mmk_fail_done();
		KUNIT_EXPECT_EQ(test, busy_pages(dev), 0U);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
}

/**
 * coherent_pin_fails_without_memory() - The page would have to move first
 *
 * A page in device-coherent memory has to move to system memory before it can
 * be pinned for long. Whichever allocation fails, the pin fails, and the page
 * stays where it is, mapped, with the references that it had; or the pin
 * succeeds all the same.
 *
 * Contract: MV-15, MV-16
 */
static void coherent_pin_fails_without_memory(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_page_state was;
	unsigned int nth, refused = 0;
	struct page *page;
	bool failed = true;
	long ret;

	mmk_fill(test, addr, 1, 1);
	mmk_migrate_to_dev(test, mm, addr, dev);
	mmk_fail_prepare(test);
	for (nth = 1; failed && nth < MANY; nth++) {
		mmk_page_snapshot(test, &was, mm, addr);
		mmk_fail_nth(nth);
		ret = pin_user_pages_fast(addr, 1, FOLL_LONGTERM | FOLL_WRITE,
					  &page);
		failed = mmk_fail_done();
		if (ret != 1) {
			refused++;
			KUNIT_EXPECT_TRUE(test, failed);
			KUNIT_EXPECT_LT(test, ret, 0L);
			was.state.dirty |= pte_dirty(was.pte);
			mmk_expect_page_same(test, "refused", &was);
			KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 1U);
			continue;
		}
		KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr), page);
		KUNIT_EXPECT_FALSE(test, is_zone_device_page(page));
		KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
		unpin_user_page(page);
		if (failed)
			mmk_migrate_to_dev(test, mm, addr, dev);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	/* At least the destination */
	KUNIT_EXPECT_GE(test, refused, 1U);
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
}

struct type_case {
	const char *description;
	enum memory_type type;
};

static const struct type_case type_cases[] = {
	{ "device-private", MEMORY_DEVICE_PRIVATE },
	{ "device-coherent", MEMORY_DEVICE_COHERENT },
	{ "generic", MEMORY_DEVICE_GENERIC },
};

KUNIT_ARRAY_PARAM_DESC(type, type_cases, description);

/**
 * memremap_fails_without_memory() - memremap_pages() gives all back
 *
 * Whichever allocation fails, memremap_pages() returns -ENOMEM or succeeds. If
 * it fails, there is no pgmap and no memmap for the range, and ZONE_DEVICE
 * spans what it did before; the next attempt, with the same pgmap, gets
 * further.
 *
 * Contract: ZD-6
 */
static void memremap_fails_without_memory(struct kunit *test)
{
	const struct type_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_alloc(test, c->type);
	unsigned long pfn = PHYS_PFN(dev->pgmap.range.start);
	struct zone *zone = page_zone(virt_to_page(dev));
	struct dev_pagemap *found;
	unsigned long spanned;
	unsigned int nth, refused = 0;
	bool failed = true;
	int err;

	mmk_fail_prepare(test);
	zone = &zone->zone_pgdat->node_zones[ZONE_DEVICE];
	for (nth = 1; failed && nth < MANY; nth++) {
		spanned = zone->spanned_pages;
		mmk_fail_nth(nth);
		err = mmk_dev_map(dev);
		failed = mmk_fail_done();
		if (!err) {
			found = mmk_get_dev_pagemap(pfn);
			KUNIT_EXPECT_PTR_EQ(test, found, &dev->pgmap);
			if (found)
				put_dev_pagemap(found);
			KUNIT_EXPECT_GE(test, zone->spanned_pages,
					(unsigned long)dev->nr_pages);
			mmk_dev_unmap(dev);
		} else {
			refused++;
		}
		KUNIT_EXPECT_TRUE(test, failed || !err);
		KUNIT_EXPECT_TRUE_MSG(test, !err || err == -ENOMEM,
				      "allocation %u: error is %d", nth, err);
		found = mmk_get_dev_pagemap(pfn);
		KUNIT_EXPECT_NULL_MSG(test, found, "allocation %u: pgmap is left",
				      nth);
		KUNIT_EXPECT_FALSE_MSG(test, pfn_valid(pfn),
				       "allocation %u: memory map is left", nth);
		/*
		 * A range that has been removed stays in the span of the zone.
		 */
		KUNIT_EXPECT_TRUE_MSG(test, !err || zone->spanned_pages == spanned,
				      "allocation %u: zone is left", nth);
		if (found)
			put_dev_pagemap(found);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GE(test, refused, 1U);
	kunit_info(test, "%u allocations, %u of them necessary", nth - 2,
		   refused);
}

struct lock_case {
	const char *description;
	enum mmk_lock lock;
	bool cached;
};

static const struct lock_case lock_cases[] = {
	{ "swapped out, mmap_lock", MMK_MMAP_LOCK, false },
	{ "swapped out, VMA lock", MMK_VMA_LOCK, false },
	{ "in the swap cache, mmap_lock", MMK_MMAP_LOCK, true },
	{ "in the swap cache, VMA lock", MMK_VMA_LOCK, true },
};

KUNIT_ARRAY_PARAM_DESC(lock, lock_cases, description);

/* One page that is swapped out, and read in again only when it is needed. */
static void swap_out(struct kunit *test, struct mm_struct *mm,
		     unsigned long addr, bool cached)
{
	struct folio *folio = mmk_pte_folio(test, mm, addr);

	if (cached)
		folio_get(folio);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	if (cached) {
		KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
		folio_put(folio);
	}
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
}

/**
 * swap_fault_is_oom_without_memory() - VM_FAULT_OOM
 *
 * A fault on a swap entry, under either lock. Whichever allocation fails, the
 * fault is served, or ends in VM_FAULT_OOM with the lock still held, the entry
 * in place and the RSS as it was. The bytes are never lost.
 *
 * Contract: SF-1, SF-9, SF-10, SF-11
 */
static void swap_fault_is_oom_without_memory(struct kunit *test)
{
	const struct lock_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	unsigned int nth, refused = 0;
	struct mmk_mm_state before;
	struct mmk_fault fault;
	bool failed = true;

	mmk_need_lock(test, c->lock);
	mmk_swap_on(test);
	mmk_fill(test, addr, 1, 1);
	mmk_fail_prepare(test);
	for (nth = 1; failed && nth < MANY; nth++) {
		if (mmk_pte_kind(mm, addr) == MMK_PTE_PRESENT)
			swap_out(test, mm, addr, c->cached);
		mmk_mm_snapshot(mm, &before);
		memset(&fault, 0, sizeof(fault));
		fault.task.mm = mm;
		fault.addr = addr;
		fault.flags = FAULT_FLAG_DEFAULT;
		fault.lock = c->lock;

		mmk_fail_nth(nth);
		mmk_fault_run(&fault);
		failed = mmk_fail_done();

		KUNIT_ASSERT_FALSE(test, fault.no_vma);
		KUNIT_EXPECT_TRUE(test, fault.lock_held);
		if (fault.ret & VM_FAULT_OOM) {
			refused++;
			KUNIT_EXPECT_TRUE(test, failed);
			MMK_EXPECT_PTE(test, mm, addr, SWAP);
			mmk_expect_mm_same(test, "out of memory", mm, &before);
		} else {
			KUNIT_EXPECT_EQ(test, fault.ret & ~VM_FAULT_MAJOR, 0U);
			MMK_EXPECT_PTE(test, mm, addr, PRESENT);
			MMK_EXPECT_HOLDS(test, addr, 1, 1);
		}
	}
	KUNIT_EXPECT_FALSE(test, failed);
	/* A page in the swap cache need not be allocated. */
	if (!c->cached)
		KUNIT_EXPECT_GE(test, refused, 1U);
	MMK_EXPECT_HOLDS(test, addr, 1, 1);
}

/**
 * failed_fork_leaves_entries_alone() - fork() drops what it has copied
 *
 * fork() copies a page under migration, a device-private page and a page on
 * each side of them, and runs out of memory, at each point in turn. Each time,
 * the parent's entries stay migration and device-private entries, and no
 * reference is left. Once fork() succeeds, the entry of the page under
 * migration is readable. In the end all bytes are there.
 *
 * Contract: ME-6, ME-9, ZD-12
 */
static void failed_fork_leaves_entries_alone(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 4);
	struct mmk_folio_state moving, device;
	struct page *page;
	struct mmk_hold *hold;
	unsigned int nth, refused = 0;
	struct mmk_mm_state state;
	bool failed = true;
	pid_t pid;

	mmk_fill(test, addr, 4, 1);
	page = mmk_migrate_to_dev(test, mm, addr + 2 * PAGE_SIZE, dev);
	hold = mmk_hold(test, mmk_pte_folio(test, mm, addr + PAGE_SIZE));
	try_to_migrate(hold->folio, 0);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, MIGRATION_WRITE);
	mmk_folio_snapshot(hold->folio, &moving);
	mmk_folio_snapshot(page_folio(page), &device);
	mmk_mm_snapshot(mm, &state);
	/* A page that fork() has copied is not exclusive any more. */
	device.anon_exclusive = false;

	mmk_fail_prepare(test);
	for (nth = 1; failed && nth < MANY; nth++) {
		enum mmk_pte_kind kind;

		mmk_fail_nth(nth);
		pid = mmk_try_fork();
		failed = mmk_fail_done();
		if (pid > 0)
			KUNIT_ASSERT_EQ(test, kernel_wait4(pid, NULL, __WALL,
							   NULL), pid);
		else
			refused++;
		KUNIT_EXPECT_TRUE_MSG(test, pid > 0 || pid == -ENOMEM ||
				      pid == -EAGAIN,
				      "allocation %u: error is %d", nth, pid);
		KUNIT_EXPECT_TRUE(test, failed || pid > 0);

		KUNIT_ASSERT_TRUE(test, mmk_wait_for(atomic_read(&mm->mm_users)
						     == state.users));
		mmk_expect_mm_same(test, "parent", mm, &state);
		kind = mmk_pte_kind(mm, addr + PAGE_SIZE);
		KUNIT_EXPECT_TRUE_MSG(test, kind == MMK_PTE_MIGRATION_READ ||
				      kind == MMK_PTE_MIGRATION_WRITE,
				      "allocation %u: pte is %s", nth,
				      mmk_pte_kind_name(kind));
		if (pid > 0)
			MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE,
				       MIGRATION_READ);
		mmk_expect_folio_same(test, "under migration", hold->folio,
				      &moving);
		kind = mmk_pte_kind(mm, addr + 2 * PAGE_SIZE);
		KUNIT_EXPECT_TRUE_MSG(test,
				      kind == MMK_PTE_DEVICE_PRIVATE_READ ||
				      kind == MMK_PTE_DEVICE_PRIVATE_WRITE,
				      "allocation %u: pte is %s", nth,
				      mmk_pte_kind_name(kind));
		if (kind == MMK_PTE_DEVICE_PRIVATE_READ)
			mmk_expect_folio_same(test, "device", page_folio(page),
					      &device);
		KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 1U);
	}
	KUNIT_EXPECT_FALSE(test, failed);
	KUNIT_EXPECT_GE(test, refused, 10U);
	kunit_info(test, "%u allocations, %u of them necessary", nth - 2,
		   refused);

	mmk_hold_copy(test, hold);
	remove_migration_ptes(hold->folio, hold->dst, 0);
	mmk_hold_finish(test, hold, true);
	MMK_EXPECT_HOLDS(test, addr, 4, 1);
}

static struct kunit_case no_memory_cases[] = {
	KUNIT_CASE_PARAM(hole_stays_empty_without_memory, place_gen_params),
	KUNIT_CASE_PARAM(page_migrates_without_memory, place_gen_params),
	KUNIT_CASE(coherent_pin_fails_without_memory),
	KUNIT_CASE_PARAM(memremap_fails_without_memory, type_gen_params),
	KUNIT_CASE_PARAM(swap_fault_is_oom_without_memory, lock_gen_params),
	KUNIT_CASE(failed_fork_leaves_entries_alone),
	{}
};

static struct kunit_suite no_memory_suite = {
	.name = "no_memory",
	.init = mmk_case_init,
	.test_cases = no_memory_cases,
};

kunit_test_suite(no_memory_suite);
