/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device-dax device, and what a process does with it
 */
#ifndef _MM_KUNIT_DAX_DAX_DEVICE_H
#define _MM_KUNIT_DAX_DAX_DEVICE_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/range.h>

#include "../../../drivers/dax/bus.h"
#include "../../../drivers/dax/dax-private.h"
#include "../lib/task.h"

/* Two huge pages */
#define DD_SIZE		(2 * PMD_SIZE)
#define DD_PAGES	((unsigned int)(DD_SIZE / PAGE_SIZE))

/**
 * struct dd_size_case - The pages that a device consists of
 * @description: for the name of the parameter
 * @align: size of a page, in bytes; mappings are aligned to it
 */
struct dd_size_case {
	const char *description;
	unsigned long align;
};

#define DD_NR_SIZES	2

extern const struct dd_size_case dd_sizes[DD_NR_SIZES];

/**
 * struct dd_dev - A device-dax device
 * @test: the case that made it
 * @dax: the device
 * @parent: the device that it is a child of
 * @devt: its number
 * @node: path of its usual node
 * @other: path of another one
 * @file: the usual node, open
 * @range: its memory
 * @align: size of a page, in bytes
 */
struct dd_dev {
	struct kunit *test;
	struct dev_dax *dax;
	struct device *parent;
	dev_t devt;
	char node[24];
	char other[24];
	struct file *file;
	struct range range;
	unsigned long align;
};

struct dd_dev *dd_create(struct kunit *test, unsigned long align);
void dd_destroy(struct dd_dev *dev);
struct file *dd_open_node(struct dd_dev *dev, const char *name);
struct file *dd_open(struct dd_dev *dev);
void dd_close_node(struct dd_dev *dev, struct file *file);
void dd_close(struct dd_dev *dev);
bool dd_bind(struct dd_dev *dev);
bool dd_bind_to(struct dd_dev *dev, const char *driver);
void dd_unbind(struct dd_dev *dev);

/**
 * struct dd_unbind_task - A task that takes the driver off a device
 * @task: the thread
 * @dev: the device
 * @pgmap: the pgmap that it has before
 */
struct dd_unbind_task {
	struct mmk_task task;
	struct dd_dev *dev;
	struct dev_pagemap *pgmap;
};

struct dd_unbind_task *dd_unbind_start(struct kunit *test, struct dd_dev *dev,
				       struct mm_struct *mm);

bool dd_unbind_waits(struct dd_unbind_task *unbind);
unsigned long dd_map(struct dd_dev *dev, unsigned long prot);
struct folio *dd_folio(struct dd_dev *dev, unsigned int i);
struct page *dd_page(struct dd_dev *dev, unsigned int i);
long dd_pgmap_refs(struct dd_dev *dev);
vm_fault_t dd_fault(struct kunit *test, struct mm_struct *mm,
		    unsigned long addr, unsigned int flags);
int dd_uses(struct folio *folio);
unsigned int dd_nr_in_use(struct dd_dev *dev);
struct page *dd_mapped(struct dd_dev *dev, struct mm_struct *mm,
		       unsigned long addr);

/* How many pages a device consists of, and how many small pages each has */
static inline unsigned int dd_nr(const struct dd_dev *dev)
{
	return DD_SIZE / dev->align;
}

static inline unsigned int dd_nr_small(const struct dd_dev *dev)
{
	return dev->align / PAGE_SIZE;
}

/**
 * DD_EXPECT_IDLE() - Expect that nobody uses a page of a device
 * @test: the case
 * @dev: the device
 */
#define DD_EXPECT_IDLE(test, dev)					\
	KUNIT_EXPECT_EQ_MSG(test, dd_nr_in_use(dev), 0U,		\
			    "pages of the device are in use")

#endif /* _MM_KUNIT_DAX_DAX_DEVICE_H */
