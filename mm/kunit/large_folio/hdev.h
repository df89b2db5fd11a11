/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device that hands out folios of one page and of a huge page
 */
#ifndef _MM_KUNIT_LARGE_FOLIO_HDEV_H
#define _MM_KUNIT_LARGE_FOLIO_HDEV_H

#include <kunit/test.h>
#include <linux/memremap.h>
#include <linux/mm.h>

#include "../lib/huge.h"
#include "../lib/migrate.h"

/* As many huge pages as the device has room for */
#define HDEV_HUGE	3
#define HDEV_PAGES	(HDEV_HUGE * MMK_HUGE_PAGES)

/* So often migrate_to_ram tries to bring a huge page back in single pages. */
#define HDEV_SMALL_TRIES	4

/**
 * struct hdev - A device with memory of its own
 * @pgmap: its pages; the owner is the &struct hdev itself
 * @res: the range in iomem_resource that the pages stand for
 * @test: the case that made it
 * @mapped: memremap_pages() has been called and not undone
 * @mem: where the bytes of device-private memory are
 * @busy: pages handed out
 * @nr_to_ram: calls of migrate_to_ram
 * @locked: what migrate_to_ram got was locked, each time
 * @nr_free: calls of folio_free, by the order of the folio
 * @freed: pages that have been given back
 * @nr_split: calls of folio_split with a new folio
 * @nr_split_ends: and without one
 * @on_free: called at the end of each folio_free, or NULL
 * @small: migrate_to_ram has no huge page in memory
 * @src: for migrate_to_ram
 * @dst: for migrate_to_ram
 */
struct hdev {
	struct dev_pagemap pgmap;
	struct resource *res;
	struct kunit *test;
	bool mapped;
	struct page *mem[HDEV_HUGE];
	DECLARE_BITMAP(busy, HDEV_PAGES);
	unsigned int nr_to_ram;
	bool locked;
	unsigned int nr_free[PMD_ORDER + 1];
	unsigned int freed;
	unsigned int nr_split;
	unsigned int nr_split_ends;
	void (*on_free)(struct hdev *dev);
	bool small;
	unsigned long src[MMK_HUGE_PAGES];
	unsigned long dst[MMK_HUGE_PAGES];
};

struct hdev *hdev_create_of(struct kunit *test, enum memory_type type);
struct hdev *hdev_create(struct kunit *test);
struct page *hdev_page(struct hdev *dev, unsigned int i);
struct page *hdev_get(struct hdev *dev, unsigned int order);
struct page *hdev_mem(struct hdev *dev, struct page *page);
unsigned int hdev_nr_busy(struct hdev *dev);
struct mmk_vma *hdev_take(struct kunit *test, struct mm_struct *mm,
			  unsigned long addr, struct hdev *dev);
void hdev_give_huge(struct kunit *test, struct mmk_vma *m, struct hdev *dev);
void hdev_give_small(struct kunit *test, struct mmk_vma *m, struct hdev *dev,
		     unsigned int first, unsigned int nr);
struct folio *hdev_move_in(struct kunit *test, struct mm_struct *mm,
			   unsigned long addr, struct hdev *dev);
void hdev_move_out_small(struct kunit *test, struct mm_struct *mm,
			 unsigned long addr, struct hdev *dev);

#endif /* _MM_KUNIT_LARGE_FOLIO_HDEV_H */
