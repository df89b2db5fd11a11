// SPDX-License-Identifier: GPL-2.0
/*
 * Device memory: pages of a pgmap of our own, and a driver that counts its
 * calls.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/completion.h>
#include <linux/highmem.h>
#include <linux/ioport.h>
#include <linux/kthread.h>
#include <linux/memcontrol.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/percpu-refcount.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../compat/mm.h"
#include "../compat/pgmap.h"
#include "device.h"
#include "snapshot.h"
#include "task.h"
#include "wait.h"

/* One sub-section: the smallest range that memremap_pages() takes. */
#define DEV_PAGES	(SUBSECTION_SIZE >> PAGE_SHIFT)

static struct mmk_dev *page_dev(struct page *page)
{
	return container_of(page_pgmap(page), struct mmk_dev, pgmap);
}

static void dev_folio_free(struct folio *folio)
{
	struct page *page = folio_page(folio, 0);
	struct mmk_dev *dev = page_dev(page);
	bool atomic = !preemptible();
	struct mmk_free_event *event;
	struct page *backing = NULL;
	unsigned long irqflags;
	int nr;

	spin_lock_irqsave(&dev->lock, irqflags);
	nr = atomic_inc_return(&dev->nr_free);
	if (nr <= MMK_DEV_LOG) {
		event = &dev->log[nr - 1];
		event->page = page;
		event->refcount = page_ref_count(page);
		event->mapping = folio->mapping;
		event->anon_exclusive = test_bit(PG_anon_exclusive,
						 mmk_page_flags(page));
		event->locked = folio_test_locked(folio);
		event->charged = folio_memcg_charged(folio);
		event->atomic = atomic;
		event->pgmap_live = !percpu_ref_is_zero(&dev->pgmap.ref);
		event->pgmap_refs = mmk_dev_refs(dev);
		event->task = current;
	}
	bitmap_clear(dev->busy,
		     page_to_pfn(page) - PHYS_PFN(dev->pgmap.range.start),
		     folio_nr_pages(folio));
	/* Freed once, even if the driver is told twice. */
	if (mmk_dev_backing(page))
		swap(backing, page->zone_device_data);
	spin_unlock_irqrestore(&dev->lock, irqflags);

	if (backing)
		__free_page(backing);
}

MMK_DEFINE_FOLIO_FREE(dev_folio_free)

static vm_fault_t dev_migrate_to_ram(struct vm_fault *vmf)
{
	struct mmk_dev *dev = page_dev(vmf->page);

	atomic_inc(&dev->nr_to_ram);
	return dev->to_ram(dev, vmf);
}

static const struct dev_pagemap_ops dev_ops =
	MMK_PGMAP_OPS(dev_folio_free, dev_migrate_to_ram);

/**
 * mmk_dev_to_ram() - Migrate a device-private page back to system memory
 * @dev: the device
 * @vmf: the fault, under mmap_lock
 *
 * What &struct mmk_dev does in migrate_to_ram unless the case says otherwise.
 * Not being able to migrate is no error: the fault is then taken again.
 *
 * Return: 0, VM_FAULT_SIGBUS or VM_FAULT_OOM.
 */
vm_fault_t mmk_dev_to_ram(struct mmk_dev *dev, struct vm_fault *vmf)
{
	unsigned long src = 0, dst = 0;
	struct migrate_vma args = {
		.vma		= vmf->vma,
		.start		= vmf->address & PAGE_MASK,
		.end		= (vmf->address & PAGE_MASK) + PAGE_SIZE,
		.src		= &src,
		.dst		= &dst,
		.pgmap_owner	= dev->pgmap.owner,
		.fault_page	= vmf->page,
		.flags		= MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
	};
	vm_fault_t ret = 0;
	struct page *page;

	if (migrate_vma_setup(&args))
		return VM_FAULT_SIGBUS;
	if (dev->collected)
		dev->collected(dev);
	/* What was there may have been unmapped: leave the hole alone. */
	if ((src & MIGRATE_PFN_MIGRATE) && migrate_pfn_to_page(src)) {
		page = alloc_page_vma(GFP_HIGHUSER_MOVABLE, vmf->vma,
				      args.start);
		if (page) {
			lock_page(page);
			copy_highpage(page, mmk_dev_backing(vmf->page));
			dst = migrate_pfn(page_to_pfn(page));
			if (src & MIGRATE_PFN_WRITE)
				dst |= MIGRATE_PFN_WRITE;
		} else {
			ret = VM_FAULT_OOM;
		}
	}
	migrate_vma_pages(&args);
	migrate_vma_finalize(&args);
	return ret;
}

/**
 * mmk_dev_unmap() - memunmap_pages()
 * @dev: the device; waits until the last of its pages is free
 */
void mmk_dev_unmap(struct mmk_dev *dev)
{
	memunmap_pages(&dev->pgmap);
	dev->mapped = false;
}

/* Whether free pages have no reference, and do not pin their pgmap. */
static bool dev_pages_hold_no_pgmap(struct mmk_dev *dev)
{
	return dev->pgmap.type == MEMORY_DEVICE_PRIVATE ||
	       dev->pgmap.type == MEMORY_DEVICE_COHERENT;
}

static void dev_expect_pages_free(struct mmk_dev *dev)
{
	unsigned int i, nr = 0;
	struct page *page;

	if (!dev_pages_hold_no_pgmap(dev))
		return;

	for (i = 0; i < dev->nr_pages; i++) {
		page = mmk_dev_page(dev, i);
		if (page_ref_count(page) || page_folio(page)->mapping)
			nr++;
	}
	KUNIT_EXPECT_EQ_MSG(dev->test, nr, 0U,
			    "free device pages have a reference or a mapping");
}

/**
 * struct unmapping - memunmap_pages() in a thread, which may never return
 * @pgmap: what is unmapped
 * @done: memunmap_pages() has returned
 */
struct unmapping {
	struct dev_pagemap *pgmap;
	struct completion done;
};

static int unmapping_main(void *data)
{
	struct unmapping *unmapping = data;

	memunmap_pages(unmapping->pgmap);
	complete(&unmapping->done);
	return 0;
}

/* Drops the leaked references that memunmap_pages() waits for. */
static void pgmap_settle(struct dev_pagemap *pgmap)
{
	long leaked = mmk_pgmap_refs(pgmap);

	if (leaked > 0)
		percpu_ref_put_many(&pgmap->ref, leaked);
}

/*
 * Unmaps a pgmap with leaked references, which memunmap_pages() may wait for.
 */
static bool pgmap_unmap_leaky(struct dev_pagemap *pgmap)
{
	struct unmapping *unmapping = kzalloc(sizeof(*unmapping), GFP_KERNEL);
	struct task_struct *task;
	bool done;

	if (!unmapping)
		return false;
	unmapping->pgmap = pgmap;
	init_completion(&unmapping->done);
	task = kthread_create(unmapping_main, unmapping, "mmk-unmap");
	if (IS_ERR(task)) {
		kfree(unmapping);
		return false;
	}
	get_task_struct(task);
	wake_up_process(task);
	done = wait_for_completion_timeout(&unmapping->done, MMK_DEADLINE);
	if (!done) {
		pgmap_settle(pgmap);
		done = wait_for_completion_timeout(&unmapping->done,
						   MMK_DEADLINE);
	}
	done = done && mmk_wait_for(READ_ONCE(task->exit_state));
	put_task_struct(task);
	/* A thread that has not exited still uses it. */
	if (done)
		kfree(unmapping);
	return done;
}

/**
 * mmk_pgmap_unmap() - Unmap a pgmap, and report leaked references
 * @test: the case, which fails if there are any
 * @pgmap: what to unmap
 * @expected: references that memunmap_pages() drops itself
 *
 * memunmap_pages() would wait for a leaked reference for ever, unless the page
 * that holds it counts from one.
 *
 * Return: whether memunmap_pages() returned; if not, it still uses @pgmap.
 */
bool mmk_pgmap_unmap(struct kunit *test, struct dev_pagemap *pgmap,
		     long expected)
{
	long leaked = mmk_pgmap_refs(pgmap) - expected;

	if (leaked)
		KUNIT_FAIL(test, "%ld pgmap reference(s) leaked", leaked);
	if (leaked > 0)
		return pgmap_unmap_leaky(pgmap);
	if (leaked < 0)
		percpu_ref_get_many(&pgmap->ref, -leaked);
	memunmap_pages(pgmap);
	return true;
}

/**
 * mmk_dev_unmap_as() - mmk_dev_unmap(), and report leaked references
 * @test: the case
 * @dev: the device
 * @expected: as in mmk_pgmap_unmap()
 *
 * Return: whether its pages are gone.
 */
bool mmk_dev_unmap_as(struct kunit *test, struct mmk_dev *dev, long expected)
{
	if (!mmk_pgmap_unmap(test, &dev->pgmap, expected))
		return false;
	dev->mapped = false;
	return true;
}

/* A task of the case has called memunmap_pages(), and has not returned yet. */
static bool dev_wait_until_unmapped(struct mmk_dev *dev)
{
	if (mmk_wait_for(!READ_ONCE(dev->mapped)))
		return true;
	KUNIT_FAIL(dev->test, "%ld pgmap reference(s) leaked",
		   mmk_pgmap_refs(&dev->pgmap));
	pgmap_settle(&dev->pgmap);
	return mmk_wait_for(!READ_ONCE(dev->mapped));
}

static void dev_release(void *data)
{
	struct mmk_dev *dev = data;
	bool gone;

	if (dev->mapped) {
		/* munlock keeps pages of a VM_LOCKED VMA in a batch. */
		lru_add_drain_all();
		/* memunmap_pages() would wait for a leaked page for ever. */
		mmk_wait_for(!mmk_dev_nr_busy(dev) || !mmk_tasks_running());
		if (mmk_dev_nr_busy(dev)) {
			KUNIT_FAIL(dev->test, "%u device page(s) leaked",
				   mmk_dev_nr_busy(dev));
			return;
		}
		if (!percpu_ref_is_dying(&dev->pgmap.ref)) {
			dev_expect_pages_free(dev);
			gone = mmk_dev_unmap_as(dev->test, dev,
						dev_pages_hold_no_pgmap(dev) ?
						0 : dev->nr_pages *
						MMK_IDLE_PAGE_PGMAP_REFS);
		} else {
			gone = dev_wait_until_unmapped(dev);
		}
		if (!gone) {
			KUNIT_FAIL(dev->test,
				   "memunmap_pages() does not return");
			return;
		}
	}
	if (dev->res)
		release_mem_region(dev->res->start, resource_size(dev->res));
	bitmap_free(dev->busy);
	kfree(dev);
}

/**
 * mmk_dev_alloc() - Make a device that has no pages yet
 * @test: the case
 * @type: of its memory
 *
 * Call it before mmk_mm_enter(): the mm, and the device pages that it maps, are
 * then released before the device.
 *
 * Return: the device, its pgmap ready for memremap_pages().
 */
struct mmk_dev *mmk_dev_alloc(struct kunit *test, enum memory_type type)
{
	struct mmk_dev *dev;

	KUNIT_ASSERT_NULL_MSG(test, current->mm, "make devices before the mm");
	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, dev_release, dev),
			0);
	spin_lock_init(&dev->lock);
	dev->test = test;
	dev->nr_pages = DEV_PAGES;
	dev->to_ram = mmk_dev_to_ram;
	dev->busy = bitmap_zalloc(dev->nr_pages, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dev->busy);
	dev->res = request_free_mem_region(&iomem_resource,
					   dev->nr_pages * PAGE_SIZE, "mmk");
	if (IS_ERR(dev->res))
		dev->res = NULL;
	KUNIT_ASSERT_NOT_NULL(test, dev->res);

	dev->pgmap.type = type;
	dev->pgmap.range.start = dev->res->start;
	/* The resource has been rounded up to a section. */
	dev->pgmap.range.end = dev->res->start + dev->nr_pages * PAGE_SIZE - 1;
	dev->pgmap.nr_range = 1;
	dev->pgmap.ops = &dev_ops;
	dev->pgmap.owner = dev;
	return dev;
}

/**
 * mmk_dev_map() - memremap_pages()
 * @dev: from mmk_dev_alloc()
 *
 * Return: 0 or what memremap_pages() says.
 */
int mmk_dev_map(struct mmk_dev *dev)
{
	void *p = memremap_pages(&dev->pgmap, numa_node_id());

	if (IS_ERR(p))
		return PTR_ERR(p);
	dev->mapped = true;
	return 0;
}

/**
 * mmk_dev_create() - Make a device with pages
 * @test: the case
 * @type: of its memory
 *
 * Return: the device.
 */
struct mmk_dev *mmk_dev_create(struct kunit *test, enum memory_type type)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, type);

	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);
	return dev;
}

/**
 * mmk_dev_page() - A page of a device, free or not
 * @dev: the device
 * @i: which one
 *
 * Return: the page.
 */
struct page *mmk_dev_page(struct mmk_dev *dev, unsigned int i)
{
	return pfn_to_page(PHYS_PFN(dev->pgmap.range.start) + i);
}

/**
 * mmk_dev_get_page() - Hand out a free page, as a driver does
 * @test: the case
 * @dev: the device
 *
 * Device-private pages get a system page to hold their bytes, see
 * mmk_dev_backing().
 *
 * Return: the page, through zone_device_page_init(): locked, with one
 * reference.
 */
struct page *mmk_dev_get_page(struct kunit *test, struct mmk_dev *dev)
{
	struct page *page, *backing = NULL;
	unsigned int i;

	if (dev->pgmap.type == MEMORY_DEVICE_PRIVATE) {
		backing = alloc_page(GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(test, backing);
	}

	spin_lock_irq(&dev->lock);
	i = find_next_zero_bit(dev->busy, dev->nr_pages, dev->next);
	if (i == dev->nr_pages)
		i = find_first_zero_bit(dev->busy, dev->nr_pages);
	if (i < dev->nr_pages) {
		set_bit(i, dev->busy);
		dev->next = (i + 1) % dev->nr_pages;
	}
	spin_unlock_irq(&dev->lock);
	if (i == dev->nr_pages && backing)
		__free_page(backing);
	KUNIT_ASSERT_LT_MSG(test, i, dev->nr_pages, "all device pages in use");

	page = mmk_dev_page(dev, i);
	mmk_zone_device_init(page, 0);
	page->zone_device_data = backing;
	return page;
}

/**
 * mmk_dev_nr_busy() - Device pages handed out and not freed
 * @dev: the device
 *
 * Return: how many.
 */
unsigned int mmk_dev_nr_busy(struct mmk_dev *dev)
{
	return bitmap_weight(dev->busy, dev->nr_pages);
}

/**
 * mmk_pgmap_refs() - References on a pgmap
 * @pgmap: the pgmap
 *
 * Exact as long as nobody else takes or drops one, and no switch between
 * per-CPU and atomic counting is under way, as there is for a grace period
 * after memunmap_pages() has been called.
 *
 * Return: how many, besides the one that memunmap_pages() drops.
 */
long mmk_pgmap_refs(struct dev_pagemap *pgmap)
{
	return pgmap->ref.data ? mmk_percpu_ref_sum(&pgmap->ref) : 0;
}

/**
 * mmk_dev_refs() - mmk_pgmap_refs() of a device
 * @dev: the device
 *
 * Return: how many.
 */
long mmk_dev_refs(struct mmk_dev *dev)
{
	return mmk_pgmap_refs(&dev->pgmap);
}

/**
 * mmk_dev_backing() - Where the bytes of a device-private page are
 * @page: any page
 *
 * Return: the system page that stands for the device's memory; NULL for pages
 * that the CPU can address itself.
 */
struct page *mmk_dev_backing(struct page *page)
{
	return is_device_private_page(page) ? page->zone_device_data : NULL;
}
