// SPDX-License-Identifier: GPL-2.0
/*
 * Faults on device-private entries.
 */
#include <kunit/test.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/fault.h"
#include "../compat/leaf.h"
#include "../compat/vma.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "swapped.h"

/* What migrate_to_ram has seen, and what it shall return */
struct to_ram_seen {
	struct page *page;
	unsigned long addr;
	int refcount;
	bool locked;
	bool mmap_locked;
	vm_fault_t answer;
};

static vm_fault_t to_ram_note(struct mmk_dev *dev, struct vm_fault *vmf)
{
	struct to_ram_seen *seen = dev->data;

	seen->page = vmf->page;
	seen->addr = vmf->address;
	seen->refcount = page_ref_count(vmf->page);
	seen->locked = PageLocked(vmf->page);
	seen->mmap_locked = !(vmf->flags & FAULT_FLAG_VMA_LOCK) &&
			    rwsem_is_locked(&vmf->vma->vm_mm->mmap_lock);
	return seen->answer ?: mmk_dev_to_ram(dev, vmf);
}

/**
 * struct on_device - One page of user memory that is on a device
 * @s: its address, entry and idle lock counts
 * @dev: the device
 * @page: the page
 * @seen: what the device saw
 */
struct on_device {
	struct swapped s;
	struct mmk_dev *dev;
	struct page *page;
	struct to_ram_seen seen;
};

static void on_device_init(struct kunit *test, struct on_device *d)
{
	d->dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	d->dev->to_ram = to_ram_note;
	d->dev->data = &d->seen;
	d->s.mm = mmk_mm_enter(test);
	d->s.addr = mmk_map_anon(test, 1);
	mmk_fill(test, d->s.addr, 1, SEED);
	d->page = mmk_migrate_to_dev(test, d->s.mm, d->s.addr, d->dev);
	MMK_EXPECT_PTE(test, d->s.mm, d->s.addr, DEVICE_PRIVATE_WRITE);
	d->s.entry = softleaf_from_pte(mmk_pte(d->s.mm, d->s.addr));
	d->s.idle = vma_lock_count(d->s.mm, d->s.addr);
	d->s.mmap_idle = mmk_mmap_lock_count(d->s.mm);
}

/**
 * device_private_fault_needs_mmap_lock() - VM_FAULT_RETRY under the VMA lock
 *
 * A fault on a device-private page under the VMA lock drops the lock and
 * returns VM_FAULT_RETRY, to be taken again under mmap_lock. migrate_to_ram is
 * not called, and the pte and the references of the page stay as they are.
 *
 * Contract: SF-6, SF-10
 */
static void device_private_fault_needs_mmap_lock(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_fault *fault;
	struct on_device *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, d);
	on_device_init(test, d);
	mmk_folio_snapshot(page_folio(d->page), &before);
	KUNIT_EXPECT_EQ(test, before.refcount, 1);

	fault = mmk_fault_start(test, d->s.mm, d->s.addr, USER_READ,
				MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_ASSERT_FALSE(test, fault->no_vma);
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_FALSE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, atomic_read(&d->dev->nr_to_ram), 0);
	sf_expect_locks_idle(test, &d->s);
	MMK_EXPECT_PTE(test, d->s.mm, d->s.addr, DEVICE_PRIVATE_WRITE);
	mmk_expect_folio_same(test, "after VM_FAULT_RETRY", page_folio(d->page),
			      &before);
}

/**
 * device_private_fault_is_served() - migrate_to_ram under mmap_lock
 *
 * A fault on a device-private page under mmap_lock calls migrate_to_ram once,
 * for that page and address, with mmap_lock and a reference on the page. Then
 * the page is in system memory with the same bytes, and the device page is
 * free.
 *
 * Contract: SF-6, SF-9
 */
static void device_private_fault_is_served(struct kunit *test)
{
	struct mmk_fault *fault;
	struct on_device *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, d);
	on_device_init(test, d);

	fault = mmk_fault_start(test, d->s.mm, d->s.addr, USER_READ,
				MMK_MMAP_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, atomic_read(&d->dev->nr_to_ram), 1);
	KUNIT_EXPECT_PTR_EQ(test, d->seen.page, d->page);
	KUNIT_EXPECT_EQ(test, d->seen.addr, d->s.addr);
	/* The references of the pte and of the fault */
	KUNIT_EXPECT_EQ(test, d->seen.refcount, 2);
	KUNIT_EXPECT_EQ(test, d->seen.locked, MMK_TO_RAM_LOCKED);
	KUNIT_EXPECT_TRUE(test, d->seen.mmap_locked);
	sf_expect_locks_idle(test, &d->s);
	MMK_EXPECT_PTE(test, d->s.mm, d->s.addr, PRESENT);
	MMK_EXPECT_HOLDS(test, d->s.addr, 1, SEED);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(d->dev), 0U);
	KUNIT_EXPECT_EQ(test, page_ref_count(d->page), 0);
}

/**
 * device_private_fault_returns_driver_error() - migrate_to_ram fails
 *
 * migrate_to_ram returns VM_FAULT_SIGBUS, and so does the fault. The page stays
 * where it is, and the reference of the fault is dropped.
 *
 * Contract: SF-6
 */
static void device_private_fault_returns_driver_error(struct kunit *test)
{
	struct on_device *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	struct mmk_folio_state before;
	struct mmk_fault *fault;

	KUNIT_ASSERT_NOT_NULL(test, d);
	on_device_init(test, d);
	d->seen.answer = VM_FAULT_SIGBUS;
	mmk_folio_snapshot(page_folio(d->page), &before);

	fault = mmk_fault_start(test, d->s.mm, d->s.addr, USER_READ,
				MMK_MMAP_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, atomic_read(&d->dev->nr_to_ram), 1);
	MMK_EXPECT_PTE(test, d->s.mm, d->s.addr, DEVICE_PRIVATE_WRITE);
	mmk_expect_folio_same(test, "not migrated", page_folio(d->page),
			      &before);
	/* With a reference too many, the next access would fault for ever. */
	KUNIT_ASSERT_EQ(test, page_ref_count(d->page), before.refcount);
	d->seen.answer = 0;
	MMK_EXPECT_HOLDS(test, d->s.addr, 1, SEED);
}

static struct kunit_case swap_fault_device_cases[] = {
	KUNIT_CASE(device_private_fault_needs_mmap_lock),
	KUNIT_CASE(device_private_fault_is_served),
	KUNIT_CASE(device_private_fault_returns_driver_error),
	{}
};

static struct kunit_suite swap_fault_device_suite = {
	.name = "swap_fault_device",
	.init = mmk_case_init,
	.test_cases = swap_fault_device_cases,
};

kunit_test_suite(swap_fault_device_suite);
