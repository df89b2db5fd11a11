// SPDX-License-Identifier: GPL-2.0
/*
 * A device-dax device with memory of our own. It is made, opened, mapped and
 * faulted as a user of /dev/dax does it.
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/dax.h>
#include <linux/device.h>
#include <linux/device/driver.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/namei.h>
#include <linux/percpu-refcount.h>
#include <linux/rcupdate.h>

#include "../../internal.h"
#include "../compat/file.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/huge.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "dax_device.h"

const struct dd_size_case dd_sizes[DD_NR_SIZES] = {
	{ "small pages", PAGE_SIZE },
	{ "huge pages", PMD_SIZE },
};

/* A leaked page would let memunmap_pages() wait for ever. */
static void dd_settle(void *data)
{
	struct dd_dev *dev = data;
	struct dev_pagemap *pgmap = dev->dax->pgmap;
	unsigned int i;
	long leaked;

	if (!pgmap || pgmap->type != MEMORY_DEVICE_GENERIC)
		return;
	if (dd_nr_in_use(dev))
		KUNIT_FAIL(dev->test, "%u page(s) of the device leaked",
			   dd_nr_in_use(dev));
	for (i = 0; i < dd_nr(dev); i++)
		if (dd_uses(dd_folio(dev, i)) > 0)
			folio_put_refs(dd_folio(dev, i), dd_uses(dd_folio(dev, i)));
	leaked = dd_pgmap_refs(dev) - MMK_IDLE_PAGE_PGMAP_REFS * dd_nr(dev);
	if (leaked)
		KUNIT_FAIL(dev->test, "%ld pgmap reference(s) leaked", leaked);
	if (leaked > 0)
		percpu_ref_put_many(&pgmap->ref, leaked);
}

static void dd_fput(void *file)
{
	__fput_sync(file);
}

/**
 * dd_open_node() - Try to open a node of a device
 * @dev: the device
 * @name: path of the node, which is made if it is not there
 *
 * Return: the file, which the case gives back, or an error in ERR_PTR().
 */
struct file *dd_open_node(struct dd_dev *dev, const char *name)
{
	struct kunit *test = dev->test;
	struct file *file = ERR_PTR(-ENOENT);
	struct dentry *dentry;
	struct path path;

	scoped_with_init_fs() {
		dentry = start_creating_path(AT_FDCWD, name, &path, 0);
		if (!IS_ERR(dentry)) {
			mmk_mknod(&path, dentry, S_IFCHR | 0600, dev->devt);
			end_creating_path(&path, dentry);
		}
		file = filp_open(name, O_RDWR | O_LARGEFILE, 0);
	}
	if (!IS_ERR(file))
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, dd_fput,
								file), 0);
	return file;
}

/**
 * dd_open() - Open the usual node of a device
 * @dev: the device, with a driver
 *
 * Return: the file, which the case gives back.
 */
struct file *dd_open(struct dd_dev *dev)
{
	struct file *file = dd_open_node(dev, dev->node);

	KUNIT_ASSERT_FALSE_MSG(dev->test, IS_ERR(file), "open: %ld",
			       PTR_ERR(file));
	return file;
}

/**
 * dd_close_node() - Close a file of dd_open_node()
 * @dev: the device
 * @file: the file, which nobody has mapped any more
 *
 * It is gone when this returns.
 */
void dd_close_node(struct dd_dev *dev, struct file *file)
{
	kunit_release_action(dev->test, dd_fput, file);
	/* Those that munmap() and exit_mmap() have let go */
	flush_delayed_fput();
}

/**
 * dd_close() - Close the node of a device
 * @dev: the device, which nobody has mapped any more
 *
 * The file is gone when this returns.
 */
void dd_close(struct dd_dev *dev)
{
	dd_close_node(dev, dev->file);
	dev->file = NULL;
}

/**
 * dd_create() - Make a device-dax device, and open it
 * @test: the case
 * @align: size of its pages, in bytes
 *
 * Its memory is DD_SIZE bytes. Call it before mmk_mm_enter(): the mm is then
 * released before the device.
 *
 * Return: the device, with its driver.
 */
struct dd_dev *dd_create(struct kunit *test, unsigned long align)
{
	struct dd_dev *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);
	struct dev_dax_data data = { .size = DD_SIZE, .id = -1 };
	static unsigned int nr_made;
	struct resource *res;

	KUNIT_ASSERT_NULL_MSG(test, current->mm, "make devices before the mm");
	KUNIT_ASSERT_NOT_NULL(test, dev);
	dev->test = test;
	dev->align = align;
	/* The driver wants to request the range itself. */
	res = request_free_mem_region(&iomem_resource, DD_SIZE, "mmk");
	KUNIT_ASSERT_FALSE(test, IS_ERR(res));
	dev->range.start = res->start;
	dev->range.end = res->start + DD_SIZE - 1;
	release_mem_region(res->start, resource_size(res));

	dev->parent = kunit_device_register(test, "dax");
	KUNIT_ASSERT_FALSE(test, IS_ERR(dev->parent));
	data.dax_region = alloc_dax_region(dev->parent, 0, &dev->range,
					   NUMA_NO_NODE, align, 0);
	KUNIT_ASSERT_NOT_NULL(test, data.dax_region);
	dev->dax = devm_create_dev_dax(&data);
	KUNIT_ASSERT_FALSE(test, IS_ERR(dev->dax));
	KUNIT_ASSERT_NOT_NULL(test, dev->dax->dev.driver);
	KUNIT_ASSERT_STREQ(test, dev->dax->dev.driver->name, "device_dax");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, dd_settle, dev),
			0);
	dev->devt = dev->dax->dev.devt;
	/* Numbers of devices come back, nodes stay. */
	snprintf(dev->node, sizeof(dev->node), "/mmk-dax-%u", nr_made);
	snprintf(dev->other, sizeof(dev->other), "/mmk-other-%u", nr_made++);
	dev->file = dd_open(dev);
	return dev;
}

/**
 * dd_destroy() - Let a device go, with its driver and its number
 * @dev: the device, which nobody has open
 *
 * Its node stays. Nothing of the struct dev_dax is left when this returns.
 */
void dd_destroy(struct dd_dev *dev)
{
	kunit_release_action(dev->test, dd_settle, dev);
	kunit_device_unregister(dev->test, dev->parent);
	dev->dax = NULL;
	/* Its inode is freed after a grace period. */
	rcu_barrier();
}

/**
 * dd_unbind() - Take the driver off a device
 * @dev: the device; its memory is gone afterwards
 */
void dd_unbind(struct dd_dev *dev)
{
	device_release_driver(&dev->dax->dev);
}

/**
 * dd_bind() - Give a device the driver that it has by default
 * @dev: the device, without a driver
 *
 * Return: whether it has one.
 */
bool dd_bind(struct dd_dev *dev)
{
	return device_attach(&dev->dax->dev) == 1;
}

static ssize_t dd_store_id(struct device_driver *driver, const char *file,
			   const char *name)
{
	struct attribute **attr = driver->bus->drv_groups[0]->attrs;

	while (*attr && strcmp((*attr)->name, file))
		attr++;
	return *attr ? container_of(*attr, struct driver_attribute,
				    attr)->store(driver, name, strlen(name)) :
		       -ENOENT;
}

/**
 * dd_bind_to() - Give a device a driver by name
 * @dev: the device, without a driver
 * @driver: name of the driver
 *
 * As a write to its new_id in sysfs. The driver forgets the device again, so
 * that dd_bind() finds the usual one.
 *
 * Return: whether the device has this driver; false if there is none.
 */
bool dd_bind_to(struct dd_dev *dev, const char *driver)
{
	struct device *device = &dev->dax->dev;
	struct device_driver *found = driver_find(driver, device->bus);
	ssize_t ret;

	if (!found)
		return false;
	ret = dd_store_id(found, "new_id", dev_name(device));
	dd_store_id(found, "remove_id", dev_name(device));
	return ret > 0 && device->driver == found;
}

static void dd_unbind_main(struct mmk_task *task)
{
	dd_unbind(container_of(task, struct dd_unbind_task, task)->dev);
}

/**
 * dd_unbind_start() - Let a task take the driver off a device
 * @test: the case
 * @dev: the device
 * @mm: for the task
 *
 * Call dd_unbind_waits(), once, before the task is joined.
 *
 * Return: the task.
 */
struct dd_unbind_task *dd_unbind_start(struct kunit *test, struct dd_dev *dev,
				       struct mm_struct *mm)
{
	struct dd_unbind_task *unbind;

	unbind = mmk_task_alloc(test, sizeof(*unbind), mm, dd_unbind_main);
	unbind->dev = dev;
	unbind->pgmap = dev->dax->pgmap;
	percpu_ref_get(&unbind->pgmap->ref);
	mmk_task_start(&unbind->task);
	return unbind;
}

/**
 * dd_unbind_waits() - Whether a driver does not go before something happens
 * @unbind: the task that takes it off
 *
 * The task of the unbind has a reference on the pgmap until here, so that the references of
 * others can be told whether memunmap_pages() waits for them or not.
 *
 * Return: whether the task sleeps in memunmap_pages(), the memory map is there, and
 * others have references that it waits for.
 */
bool dd_unbind_waits(struct dd_unbind_task *unbind)
{
	struct dev_pagemap *pgmap = unbind->pgmap;
	bool waits = mmk_task_sleeps_in(&unbind->task, "memunmap_pages") &&
		     pfn_valid(PHYS_PFN(unbind->dev->range.start));

	/* The references can be read from now on. */
	if (waits)
		percpu_ref_switch_to_atomic_sync(&pgmap->ref);
	waits = waits && mmk_pgmap_refs(pgmap) > 1;
	percpu_ref_put(&pgmap->ref);
	return waits;
}

/**
 * dd_map() - Map all of a device into current->mm
 * @dev: the device
 * @prot: PROT_*
 *
 * Return: the address, aligned to a page of the device.
 */
unsigned long dd_map(struct dd_dev *dev, unsigned long prot)
{
	unsigned long addr = mmk_mmap(dev->test, dev->file, DD_SIZE, prot,
				      MAP_SHARED);

	KUNIT_ASSERT_TRUE(dev->test, IS_ALIGNED(addr, dev->align));
	return addr;
}

/**
 * dd_page() - A small page of a device
 * @dev: the device, with a driver
 * @i: which one
 *
 * Return: the page.
 */
struct page *dd_page(struct dd_dev *dev, unsigned int i)
{
	return pfn_to_page(PHYS_PFN(dev->range.start) + i);
}

/**
 * dd_folio() - A page of the size that a device consists of
 * @dev: the device, with a driver
 * @i: which one
 *
 * Return: the folio.
 */
struct folio *dd_folio(struct dd_dev *dev, unsigned int i)
{
	return page_folio(dd_page(dev, i * dd_nr_small(dev)));
}

/**
 * dd_pgmap_refs() - References on the pgmap of a device
 * @dev: the device, with a driver
 *
 * Return: as mmk_pgmap_refs().
 */
long dd_pgmap_refs(struct dd_dev *dev)
{
	return mmk_pgmap_refs(dev->dax->pgmap);
}

/**
 * dd_fault() - Let a task take one page fault
 * @test: the case
 * @mm: its address space
 * @addr: where
 * @flags: FAULT_FLAG_*
 *
 * Return: what handle_mm_fault() said.
 */
vm_fault_t dd_fault(struct kunit *test, struct mm_struct *mm,
		    unsigned long addr, unsigned int flags)
{
	struct mmk_fault *fault = mmk_fault_start(test, mm, addr, flags,
						  MMK_MMAP_LOCK);

	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	return fault->ret;
}

/**
 * dd_uses() - How many references a page has while somebody uses it
 * @folio: of a device
 *
 * Return: its references, but for the one that an idle page has on this kernel.
 */
int dd_uses(struct folio *folio)
{
	return folio_ref_count(folio) - MMK_GENERIC_IDLE_REFS;
}

/**
 * dd_nr_in_use() - Pages of a device that are not as nobody's pages are
 * @dev: the device, with a driver
 *
 * Return: how many have a reference too many or too few, or are mapped.
 */
unsigned int dd_nr_in_use(struct dd_dev *dev)
{
	unsigned int i, nr = 0;
	struct folio *folio;

	for (i = 0; i < dd_nr(dev); i++) {
		folio = dd_folio(dev, i);
		if (dd_uses(folio) || folio_mapped(folio))
			nr++;
	}
	return nr;
}

/**
 * dd_mapped() - What an address maps
 * @dev: the device that is mapped there
 * @mm: address space
 * @addr: user address, of a page of the device
 *
 * Return: the small page, or NULL if there is none.
 */
struct page *dd_mapped(struct dd_dev *dev, struct mm_struct *mm,
		       unsigned long addr)
{
	if (dev->align == PAGE_SIZE)
		return mmk_pte_kind(mm, addr) == MMK_PTE_PRESENT ?
		       mmk_pte_page(mm, addr) : NULL;
	return mmk_pmd_kind(mm, addr) == MMK_PTE_PRESENT ?
	       mmk_pmd_page(mm, addr) : NULL;
}
