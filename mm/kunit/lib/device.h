/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device memory
 */
#ifndef _MM_KUNIT_LIB_DEVICE_H
#define _MM_KUNIT_LIB_DEVICE_H

#include <kunit/test.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * struct mmk_free_event - What the free callback saw
 * @page: the page that was freed
 * @refcount: its references
 * @mapping: its mapping
 * @anon_exclusive: whether PG_anon_exclusive was set
 * @locked: whether it was locked
 * @charged: whether it was charged to a memory cgroup
 * @atomic: whether the callback could not have slept
 * @pgmap_live: whether its pgmap still held the page's reference
 * @pgmap_refs: mmk_dev_refs()
 * @task: the task that freed it
 */
struct mmk_free_event {
	struct page *page;
	int refcount;
	void *mapping;
	bool anon_exclusive;
	bool locked;
	bool charged;
	bool atomic;
	bool pgmap_live;
	long pgmap_refs;
	struct task_struct *task;
};

#define MMK_DEV_LOG	64

/**
 * struct mmk_dev - A small device with memory of its own
 * @pgmap: its pages; the owner is the &struct mmk_dev itself
 * @res: the range in iomem_resource that the pages stand for
 * @test: the case that made it
 * @nr_pages: number of pages
 * @next: first page to look at for a free one
 * @mapped: memremap_pages() has been called and not undone
 * @lock: protects @busy and @log
 * @busy: pages handed out
 * @nr_free: calls of the free callback
 * @nr_to_ram: calls of migrate_to_ram
 * @log: the first MMK_DEV_LOG of those free callbacks
 * @to_ram: what to do in migrate_to_ram; mmk_dev_to_ram() by default
 * @collected: called by mmk_dev_to_ram() after migrate_vma_setup(), or NULL
 * @data: for @to_ram and @collected
 */
struct mmk_dev {
	struct dev_pagemap pgmap;
	struct resource *res;
	struct kunit *test;
	unsigned int nr_pages;
	unsigned int next;
	bool mapped;
	spinlock_t lock;
	unsigned long *busy;
	atomic_t nr_free;
	atomic_t nr_to_ram;
	struct mmk_free_event log[MMK_DEV_LOG];
	vm_fault_t (*to_ram)(struct mmk_dev *dev, struct vm_fault *vmf);
	void (*collected)(struct mmk_dev *dev);
	void *data;
};

struct mmk_dev *mmk_dev_alloc(struct kunit *test, enum memory_type type);
int mmk_dev_map(struct mmk_dev *dev);
void mmk_dev_unmap(struct mmk_dev *dev);
struct mmk_dev *mmk_dev_create(struct kunit *test, enum memory_type type);
struct page *mmk_dev_page(struct mmk_dev *dev, unsigned int i);
struct page *mmk_dev_get_page(struct kunit *test, struct mmk_dev *dev);
unsigned int mmk_dev_nr_busy(struct mmk_dev *dev);
long mmk_dev_refs(struct mmk_dev *dev);
long mmk_pgmap_refs(struct dev_pagemap *pgmap);
bool mmk_pgmap_unmap(struct kunit *test, struct dev_pagemap *pgmap,
		     long expected);
bool mmk_dev_unmap_as(struct kunit *test, struct mmk_dev *dev, long expected);
struct page *mmk_dev_backing(struct page *page);
vm_fault_t mmk_dev_to_ram(struct mmk_dev *dev, struct vm_fault *vmf);

#endif /* _MM_KUNIT_LIB_DEVICE_H */
