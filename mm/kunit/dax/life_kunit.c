// SPDX-License-Identifier: GPL-2.0
/*
 * A device-dax device that goes, and comes back.
 */
#include <kunit/test.h>
#include <linux/dax.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mman.h>

#include "../../internal.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "dax_device.h"

#define DD_RW	(PROT_READ | PROT_WRITE)

KUNIT_ARRAY_PARAM_DESC(dd_size, dd_sizes, description);

static const struct dd_size_case *dd_size(struct kunit *test)
{
	return test->param_value;
}

/* Pages of the range of a device that have a struct page */
static unsigned int dd_nr_valid(struct dd_dev *dev)
{
	unsigned int i, nr = 0;

	for (i = 0; i < DD_PAGES; i++)
		nr += pfn_valid(PHYS_PFN(dev->range.start) + i);
	return nr;
}

/**
 * struct dd_hold_case - Who holds a page of a device that goes
 * @description: for the name of the parameter
 * @align: size of the page
 * @pin: it is pinned for long; else, it has one more reference
 */
struct dd_hold_case {
	const char *description;
	unsigned long align;
	bool pin;
};

static const struct dd_hold_case dd_holds[] = {
	{ "small page, reference", PAGE_SIZE, false },
	{ "small page, pinned for long", PAGE_SIZE, true },
	{ "huge page, reference", PMD_SIZE, false },
	{ "huge page, pinned for long", PMD_SIZE, true },
};

KUNIT_ARRAY_PARAM_DESC(dd_hold, dd_holds, description);

static void dd_let_go(const struct dd_hold_case *param, struct page *page)
{
	if (param->pin)
		unpin_user_page(page);
	else
		put_page(page);
}

/**
 * device_waits_for_page_in_use() - The driver is taken off while a page is held
 *
 * A process has mapped a page, and somebody else holds it. The driver goes: the page is
 * unmapped, and who holds it still has its bytes. The driver has not gone before the page is
 * given back. Nobody can map a page meanwhile.
 *
 * Contract: ZD-14, ZD-15
 */
static void device_waits_for_page_in_use(struct kunit *test)
{
	const struct dd_hold_case *param = test->param_value;
	struct dd_dev *dev = dd_create(test, param->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *folio = dd_folio(dev, 1);
	struct dd_unbind_task *unbind;
	struct page *held = NULL;
	unsigned long addr;

	addr = dd_map(dev, DD_RW);
	mmk_fill(test, addr + dev->align, dd_nr_small(dev), 9);
	if (param->pin)
		KUNIT_ASSERT_EQ(test,
				pin_user_pages_fast(addr + dev->align, 1,
						    FOLL_WRITE | FOLL_LONGTERM,
						    &held), 1);
	else
		KUNIT_ASSERT_EQ(test,
				get_user_pages_fast(addr + dev->align, 1,
						    FOLL_WRITE, &held), 1);
	KUNIT_EXPECT_PTR_EQ(test, held, folio_page(folio, 0));

	unbind = dd_unbind_start(test, dev, mm);
	if (!dd_unbind_waits(unbind)) {
		KUNIT_FAIL(test, "the device is gone while a page of it is in use");
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&unbind->task));
		return;
	}
	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, addr + dev->align), NULL);
	KUNIT_EXPECT_EQ(test, dd_nr_valid(dev), DD_PAGES);
	KUNIT_EXPECT_FALSE(test, folio_mapped(folio));
	KUNIT_EXPECT_EQ(test, folio_maybe_dma_pinned(folio), param->pin);
	MMK_EXPECT_FOLIO_HOLDS(test, folio, 9);
	KUNIT_EXPECT_EQ(test, (int)dd_fault(test, mm, addr + dev->align,
					    FAULT_FLAG_WRITE),
			(int)VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, (int)dd_fault(test, mm, addr, 0),
			(int)VM_FAULT_SIGBUS);

	dd_let_go(param, held);

	KUNIT_EXPECT_TRUE(test, mmk_task_join(&unbind->task));
	KUNIT_EXPECT_EQ(test, dd_nr_valid(dev), 0U);
}

/**
 * late_fault_gets_no_page_of_a_pgmap_that_goes() - A fault handler that overtakes the unbind
 *
 * The driver goes, and waits for a page that somebody holds. A fault handler that finds the
 * device alive all the same gets no page: none of those that are idle is handed out any more,
 * and the access gets SIGBUS.
 *
 * Contract: ZD-15, ZD-14
 */
static void late_fault_gets_no_page_of_a_pgmap_that_goes(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *idle = dd_folio(dev, 0);
	struct dd_unbind_task *unbind;
	struct page *held = NULL;
	unsigned long addr;

	if (MMK_GENERIC_IDLE_REFS)
		kunit_skip(test, "needs the group zone-device-at-zero");
	addr = dd_map(dev, DD_RW);
	KUNIT_ASSERT_EQ(test, get_user_pages_fast(addr + dev->align, 1,
						  FOLL_WRITE, &held), 1);
	unbind = dd_unbind_start(test, dev, mm);
	if (!dd_unbind_waits(unbind)) {
		KUNIT_FAIL(test, "the device is gone while a page of it is in use");
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&unbind->task));
		return;
	}
	/* As it was when the handler looked. */
	dev->dax->pgmap = unbind->pgmap;
	run_dax(dev->dax->dax_dev);

	KUNIT_EXPECT_EQ(test, (int)dd_fault(test, mm, addr, 0),
			(int)VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, (int)dd_fault(test, mm, addr, FAULT_FLAG_WRITE),
			(int)VM_FAULT_SIGBUS);
	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, addr), NULL);
	KUNIT_EXPECT_EQ(test, folio_ref_count(idle), 0);

	kill_dax(dev->dax->dax_dev);
	dev->dax->pgmap = NULL;
	put_page(held);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&unbind->task));
	KUNIT_EXPECT_EQ(test, dd_nr_valid(dev), 0U);
}

/**
 * device_goes_and_comes_back() - Unbind and bind
 *
 * Pages of a device are mapped by two processes. The driver goes: they are unmapped, the
 * memory map of the device goes, and an access gets SIGBUS. The driver comes back: all pages
 * are idle, as those of a new device, and can be mapped, with one reference.
 *
 * Contract: ZD-14
 */
static void device_goes_and_comes_back(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr, there;
	unsigned int round;

	for (round = 0; round < 3; round++) {
		addr = dd_map(dev, DD_RW);
		there = addr + dev->align;
		KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, there, true), 0);
		KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, false), 0);
		child = mmk_fork(test);
		KUNIT_ASSERT_EQ(test, mmk_fault_in(child, there, round & 1), 0);
		KUNIT_EXPECT_EQ(test, dd_uses(dd_folio(dev, 1)), 2);
		KUNIT_EXPECT_EQ(test, dd_nr_in_use(dev), 2U);

		dd_unbind(dev);

		KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, there), NULL);
		KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, child, there), NULL);
		KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_FILEPAGES), 0UL);
		KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_FILEPAGES),
				0UL);
		KUNIT_EXPECT_EQ(test, dd_nr_valid(dev), 0U);
		KUNIT_EXPECT_EQ(test, (int)dd_fault(test, mm, there,
						    FAULT_FLAG_WRITE),
				(int)VM_FAULT_SIGBUS);
		KUNIT_EXPECT_EQ(test, vm_munmap(addr, DD_SIZE), 0);
		mmk_mm_put(test, child);
		dd_close(dev);

		KUNIT_ASSERT_TRUE(test, dd_bind(dev));
		KUNIT_EXPECT_EQ(test, dd_nr_valid(dev), DD_PAGES);
		DD_EXPECT_IDLE(test, dev);
		dev->file = dd_open(dev);
	}
}

/**
 * open_device_comes_back() - Unbind and bind, with a file and a mapping left over
 *
 * As device_goes_and_comes_back(), but the process keeps the device open and mapped all the
 * time. It can go on to use it.
 *
 * Contract: ZD-14
 */
static void open_device_comes_back(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = dd_map(dev, DD_RW);
	unsigned int round;

	for (round = 0; round < 3; round++) {
		KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr, round & 1), 0);
		KUNIT_EXPECT_EQ(test, dd_uses(dd_folio(dev, 0)), 1);
		KUNIT_EXPECT_EQ(test, dd_nr_in_use(dev), 1U);
		dd_unbind(dev);
		KUNIT_ASSERT_TRUE(test, dd_bind(dev));
		DD_EXPECT_IDLE(test, dev);
	}
}

/* Pages of a device with the driver for file systems that are not idle small pages */
static unsigned int dd_nr_other_than_fsdev(struct dd_dev *dev)
{
	unsigned int i, nr = 0;
	struct folio *folio;

	for (i = 0; i < DD_PAGES; i++) {
		folio = page_folio(dd_page(dev, i));
		if (folio_order(folio) || folio->mapping ||
		    folio_ref_count(folio) != MMK_FSDAX_IDLE_REFS)
			nr++;
	}
	return nr;
}

/* The device has no driver, and gets that for file systems. */
static void dd_become_fsdev(struct kunit *test, struct dd_dev *dev)
{
	if (dd_bind_to(dev, "fsdev_dax"))
		return;
	KUNIT_ASSERT_TRUE(test, dd_bind(dev));
	kunit_skip(test, "needs drivers/dax/fsdev.c");
}

/**
 * fsdev_has_idle_small_pages() - drivers/dax/fsdev.c
 *
 * The device gets the driver for file systems instead. All of its pages are small then, of
 * the type FS_DAX, and have the references of idle FS_DAX pages; they cannot be mapped by way
 * of the device node. Then it gets its usual driver back: the pages are of their old size,
 * and idle.
 *
 * Contract: ZD-14, ZD-8
 */
static void fsdev_has_idle_small_pages(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = dd_map(dev, DD_RW);
	unsigned int i, other = 0;

	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	KUNIT_ASSERT_EQ(test, vm_munmap(addr, DD_SIZE), 0);
	dd_close(dev);
	dd_unbind(dev);

	dd_become_fsdev(test, dev);

	KUNIT_EXPECT_EQ(test, (int)dev->dax->pgmap->type,
			(int)MEMORY_DEVICE_FS_DAX);
	KUNIT_EXPECT_EQ(test, dd_nr_other_than_fsdev(dev), 0U);
	KUNIT_EXPECT_EQ(test, dd_pgmap_refs(dev),
			DD_PAGES * MMK_IDLE_PAGE_PGMAP_REFS);
	dev->file = dd_open(dev);
	addr = vm_mmap(dev->file, 0, DD_SIZE, DD_RW, MAP_SHARED, 0);
	KUNIT_EXPECT_EQ(test, (long)addr, (long)-ENODEV);
	dd_close(dev);

	dd_unbind(dev);
	KUNIT_ASSERT_TRUE(test, dd_bind(dev));
	DD_EXPECT_IDLE(test, dev);
	for (i = 0; i < dd_nr(dev); i++)
		other += folio_size(dd_folio(dev, i)) != dev->align;
	KUNIT_EXPECT_EQ(test, other, 0U);
	dev->file = dd_open(dev);
	addr = dd_map(dev, DD_RW);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	KUNIT_EXPECT_EQ(test, dd_uses(dd_folio(dev, 0)), 1);
}

/**
 * fsdev_cannot_be_mapped() - A mapping that is older than the driver
 *
 * A process has mapped the device before it gets the driver for file systems, which has no
 * mmap(). An access to the mapping gets SIGBUS, and all pages stay idle.
 *
 * Contract: ZD-14, ZD-8
 */
static void fsdev_cannot_be_mapped(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = dd_map(dev, DD_RW);

	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	dd_unbind(dev);
	dd_become_fsdev(test, dev);

	KUNIT_EXPECT_EQ(test, (int)dd_fault(test, mm, addr, 0),
			(int)VM_FAULT_SIGBUS);
	KUNIT_EXPECT_EQ(test, (int)dd_fault(test, mm, addr, FAULT_FLAG_WRITE),
			(int)VM_FAULT_SIGBUS);
	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, addr), NULL);
	KUNIT_EXPECT_EQ(test, dd_nr_other_than_fsdev(dev), 0U);
	KUNIT_EXPECT_EQ(test, dd_pgmap_refs(dev),
			DD_PAGES * MMK_IDLE_PAGE_PGMAP_REFS);
}

/**
 * struct dd_reader - A task that accesses a page until it gets SIGBUS
 * @task: the thread
 * @addr: the page
 * @got: how often it got the page
 */
struct dd_reader {
	struct mmk_task task;
	unsigned long addr;
	unsigned int got;
};

static void dd_reader_main(struct mmk_task *task)
{
	struct dd_reader *reader = container_of(task, struct dd_reader, task);

	while (!mmk_fault_in(task->mm, reader->addr, reader->got & 1)) {
		/* It is there: have the next access fault again. */
		do_madvise(task->mm, reader->addr & PMD_MASK, PMD_SIZE,
			   MADV_DONTNEED);
		WRITE_ONCE(reader->got, reader->got + 1);
		usleep_range(1, 2);
	}
}

/**
 * device_goes_while_it_is_used() - Unbind against faults
 *
 * Two tasks access a page and unmap it, all the time. The driver goes: from then on an access
 * gets SIGBUS. Nothing is mapped then, and when the driver is back, all pages are idle.
 *
 * Contract: ZD-14
 */
static void device_goes_while_it_is_used(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = dd_map(dev, DD_RW);
	struct dd_reader *readers[2];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i] = mmk_task_alloc(test, sizeof(*readers[i]), mm,
					    dd_reader_main);
		readers[i]->addr = addr;
		mmk_task_start(&readers[i]->task);
	}
	for (i = 0; i < ARRAY_SIZE(readers); i++)
		KUNIT_EXPECT_TRUE(test, mmk_wait_for(READ_ONCE(readers[i]->got) > 2));

	dd_unbind(dev);

	for (i = 0; i < ARRAY_SIZE(readers); i++)
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&readers[i]->task));
	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, addr), NULL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_FILEPAGES), 0UL);
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, DD_SIZE), 0);
	dd_close(dev);

	KUNIT_ASSERT_TRUE(test, dd_bind(dev));
	DD_EXPECT_IDLE(test, dev);
}

static struct kunit_case dax_life_cases[] = {
	KUNIT_CASE_PARAM(device_waits_for_page_in_use, dd_hold_gen_params),
	KUNIT_CASE_PARAM(late_fault_gets_no_page_of_a_pgmap_that_goes,
			 dd_size_gen_params),
	KUNIT_CASE_PARAM(device_goes_and_comes_back, dd_size_gen_params),
	KUNIT_CASE_PARAM(open_device_comes_back, dd_size_gen_params),
	KUNIT_CASE_PARAM(fsdev_has_idle_small_pages, dd_size_gen_params),
	KUNIT_CASE_PARAM(fsdev_cannot_be_mapped, dd_size_gen_params),
	KUNIT_CASE_PARAM(device_goes_while_it_is_used, dd_size_gen_params),
	{}
};

static struct kunit_suite dax_life_suite = {
	.name = "dax_life",
	.init = mmk_case_init,
	.test_cases = dax_life_cases,
};

kunit_test_suite(dax_life_suite);
