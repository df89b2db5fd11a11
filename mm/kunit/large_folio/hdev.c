// SPDX-License-Identifier: GPL-2.0
/*
 * A device that hands out folios of one page and of a huge page, and notes what it is
 * told of them.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/highmem.h>
#include <linux/ioport.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/mm.h"
#include "../lib/wait.h"
#include "hdev.h"
#include "hpage.h"

static struct hdev *page_hdev(struct page *page)
{
	return container_of(page_pgmap(page), struct hdev, pgmap);
}

static unsigned int hdev_index(struct hdev *dev, struct page *page)
{
	return page_to_pfn(page) - PHYS_PFN(dev->pgmap.range.start);
}

static void hdev_folio_free(struct folio *folio)
{
	struct page *page = folio_page(folio, 0);
	struct hdev *dev = page_hdev(page);
	unsigned int order = folio_order(folio);

	KUNIT_EXPECT_EQ(dev->test, folio_ref_count(folio), 0);
	KUNIT_EXPECT_NULL(dev->test, folio->mapping);
	dev->nr_free[min_t(unsigned int, order, PMD_ORDER)]++;
	dev->freed += 1 << order;
	bitmap_clear(dev->busy, hdev_index(dev, page), 1 << order);
	if (dev->on_free)
		dev->on_free(dev);
}

MMK_DEFINE_FOLIO_FREE(hdev_folio_free)

static void __maybe_unused hdev_folio_split(struct folio *head,
					    struct folio *tail)
{
	struct hdev *dev = page_hdev(folio_page(head, 0));

	if (!tail) {
		dev->nr_split_ends++;
		return;
	}
	dev->nr_split++;
	mmk_device_folio_copy(tail, head);
}

/* A system folio for what @src stands for, locked; or none */
static unsigned long hdev_to_ram_page(struct hdev *dev, unsigned long src,
				      unsigned int order, struct page *from)
{
	struct folio *folio = folio_alloc(GFP_HIGHUSER_MOVABLE, order);
	unsigned int i;

	if (!folio)
		return 0;
	folio_lock(folio);
	for (i = 0; i < 1 << order; i++)
		copy_highpage(folio_page(folio, i), hdev_mem(dev, from + i));
	return migrate_pfn(folio_pfn(folio)) |
	       (order ? MIGRATE_PFN_COMPOUND : 0) | (src & MIGRATE_PFN_WRITE);
}

static vm_fault_t hdev_to_ram(struct vm_fault *vmf)
{
	struct hdev *dev = page_hdev(vmf->page);
	/* A part of a huge page that a pte maps comes back alone. */
	bool huge = !vmf->pte && folio_test_large(page_folio(vmf->page));
	unsigned long size = huge ? MMK_HUGE_SIZE : PAGE_SIZE;
	struct migrate_vma args = {
		.vma		= vmf->vma,
		.start		= vmf->address & ~(size - 1),
		.end		= (vmf->address & ~(size - 1)) + size,
		.src		= dev->src,
		.dst		= dev->dst,
		.pgmap_owner	= dev,
		.fault_page	= vmf->page,
		.flags		= MIGRATE_VMA_SELECT_DEVICE_PRIVATE |
				  (huge ? MIGRATE_VMA_SELECT_COMPOUND : 0),
	};
	struct page *from;
	unsigned int i;

	dev->nr_to_ram++;
	dev->locked &= PageLocked(vmf->page);
	/* A fault that gets nowhere would come again for ever. */
	if (dev->small && dev->nr_to_ram > HDEV_SMALL_TRIES)
		return VM_FAULT_SIGBUS;
	if (migrate_vma_setup(&args))
		return VM_FAULT_SIGBUS;
	if (args.cpages && dev->src[0] & MIGRATE_PFN_COMPOUND) {
		from = migrate_pfn_to_page(dev->src[0]);
		if (!dev->small)
			dev->dst[0] = hdev_to_ram_page(dev, dev->src[0],
						       PMD_ORDER, from);
		for (i = 0; dev->small && i < MMK_HUGE_PAGES; i++)
			dev->dst[i] = hdev_to_ram_page(dev, dev->src[0], 0,
						       from + i);
	} else {
		for (i = 0; i < args.npages; i++) {
			from = migrate_pfn_to_page(dev->src[i]);
			if (from && dev->src[i] & MIGRATE_PFN_MIGRATE)
				dev->dst[i] = hdev_to_ram_page(dev, dev->src[i],
							       0, from);
		}
	}
	migrate_vma_pages(&args);
	migrate_vma_finalize(&args);
	return 0;
}

static const struct dev_pagemap_ops hdev_ops =
	MMK_PGMAP_SPLIT_OPS(hdev_folio_free, hdev_to_ram, hdev_folio_split);

static void hdev_release(void *data)
{
	struct hdev *dev = data;
	unsigned int i;

	lru_add_drain_all();
	if (dev->mapped) {
		mmk_wait_for(!hdev_nr_busy(dev));
		if (hdev_nr_busy(dev)) {
			KUNIT_FAIL(dev->test, "%u device page(s) leaked",
				   hdev_nr_busy(dev));
			return;
		}
		if (!mmk_pgmap_unmap(dev->test, &dev->pgmap, 0))
			return;
	}
	if (dev->res)
		release_mem_region(dev->res->start, resource_size(dev->res));
	for (i = 0; i < HDEV_HUGE; i++)
		if (dev->mem[i])
			__free_pages(dev->mem[i], PMD_ORDER);
	kvfree(dev);
}

/**
 * hdev_create_of() - Make a device
 * @test: the case, which has no mm yet; skipped where devices have no huge pages
 * @type: of its memory: private or coherent
 *
 * Return: the device, its pages free.
 */
struct hdev *hdev_create_of(struct kunit *test, enum memory_type type)
{
	struct hdev *dev;
	unsigned int i;
	void *p;

	if (!MMK_DEVICE_HAS_HUGE_PAGES)
		kunit_skip(test, "needs MIGRATE_VMA_SELECT_COMPOUND");
	KUNIT_ASSERT_NULL_MSG(test, current->mm, "make devices before the mm");
	dev = kvzalloc(sizeof(*dev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, hdev_release,
							dev), 0);
	dev->test = test;
	dev->locked = true;
	for (i = 0; type == MEMORY_DEVICE_PRIVATE && i < HDEV_HUGE; i++) {
		dev->mem[i] = alloc_pages(GFP_KERNEL | __GFP_ZERO, PMD_ORDER);
		KUNIT_ASSERT_NOT_NULL(test, dev->mem[i]);
	}
	dev->res = request_free_mem_region(&iomem_resource,
					   HDEV_PAGES * PAGE_SIZE, "mmk-huge");
	if (IS_ERR(dev->res))
		dev->res = NULL;
	KUNIT_ASSERT_NOT_NULL(test, dev->res);
	dev->pgmap.type = type;
	dev->pgmap.range.start = dev->res->start;
	dev->pgmap.range.end = dev->res->start + HDEV_PAGES * PAGE_SIZE - 1;
	dev->pgmap.nr_range = 1;
	dev->pgmap.ops = &hdev_ops;
	dev->pgmap.owner = dev;
	p = memremap_pages(&dev->pgmap, numa_node_id());
	KUNIT_ASSERT_FALSE(test, IS_ERR(p));
	dev->mapped = true;
	KUNIT_ASSERT_EQ(test, page_to_pfn(hdev_page(dev, 0)) % MMK_HUGE_PAGES,
			0UL);
	return dev;
}

/* A device with device-private memory */
struct hdev *hdev_create(struct kunit *test)
{
	return hdev_create_of(test, MEMORY_DEVICE_PRIVATE);
}

/* A page of a device, free or not */
struct page *hdev_page(struct hdev *dev, unsigned int i)
{
	return pfn_to_page(PHYS_PFN(dev->pgmap.range.start) + i);
}

/* Hand out a folio: locked, with one reference */
struct page *hdev_get(struct hdev *dev, unsigned int order)
{
	unsigned int i;

	i = bitmap_find_next_zero_area(dev->busy, HDEV_PAGES, 0, 1 << order,
				       (1 << order) - 1);
	KUNIT_ASSERT_LT_MSG(dev->test, i, HDEV_PAGES, "all device pages in use");
	bitmap_set(dev->busy, i, 1 << order);
	mmk_device_folio_init(hdev_page(dev, i), &dev->pgmap, order);
	return hdev_page(dev, i);
}

/* Where the bytes of a device page are */
struct page *hdev_mem(struct hdev *dev, struct page *page)
{
	unsigned int i = hdev_index(dev, page);

	if (dev->pgmap.type != MEMORY_DEVICE_PRIVATE)
		return page;
	return dev->mem[i / MMK_HUGE_PAGES] + i % MMK_HUGE_PAGES;
}

/* Pages handed out and not given back */
unsigned int hdev_nr_busy(struct hdev *dev)
{
	return bitmap_weight(dev->busy, HDEV_PAGES);
}

/* Ask for a huge page of system memory, in one piece */
struct mmk_vma *hdev_take(struct kunit *test, struct mm_struct *mm,
			  unsigned long addr, struct hdev *dev)
{
	struct mmk_vma *m = mmk_vma_alloc(test, mm, addr, MMK_HUGE_PAGES,
					  MIGRATE_VMA_SELECT_SYSTEM |
					  MIGRATE_VMA_SELECT_COMPOUND, dev);

	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, mmk_vma_overrun(m), 0U);
	KUNIT_ASSERT_EQ(test, m->args.npages, (unsigned long)MMK_HUGE_PAGES);
	return m;
}

static void hdev_copy_in(struct hdev *dev, struct page *to, struct page *from)
{
	if (from)
		copy_highpage(hdev_mem(dev, to), from);
	else
		clear_highpage(hdev_mem(dev, to));
}

/* One huge device page for all of it */
void hdev_give_huge(struct kunit *test, struct mmk_vma *m, struct hdev *dev)
{
	struct page *from = migrate_pfn_to_page(m->src[0]);
	struct page *page = hdev_get(dev, PMD_ORDER);
	unsigned int i;

	for (i = 0; i < MMK_HUGE_PAGES; i++)
		hdev_copy_in(dev, page + i, from ? from + i : NULL);
	m->dst[0] = migrate_pfn(page_to_pfn(page)) | MIGRATE_PFN_COMPOUND;
}

/* Device pages for a part of it, page by page */
void hdev_give_small(struct kunit *test, struct mmk_vma *m, struct hdev *dev,
		     unsigned int first, unsigned int nr)
{
	struct page *from = migrate_pfn_to_page(m->src[0]);
	struct page *page;
	unsigned int i;

	for (i = first; i < first + nr; i++) {
		page = hdev_get(dev, 0);
		hdev_copy_in(dev, page, from ? from + i : NULL);
		m->dst[i] = migrate_pfn(page_to_pfn(page));
	}
}

/**
 * hdev_move_in() - Move a huge page to the device in one piece
 * @test: the case
 * @mm: address space
 * @addr: of a pmd that maps a huge page
 * @dev: where to
 *
 * Return: the device folio, which the pmd refers to.
 */
struct folio *hdev_move_in(struct kunit *test, struct mm_struct *mm,
			   unsigned long addr, struct hdev *dev)
{
	struct mmk_vma *m = hdev_take(test, mm, addr, dev);
	struct folio *folio;

	KUNIT_ASSERT_TRUE(test, m->src[0] & MIGRATE_PFN_COMPOUND);
	KUNIT_ASSERT_TRUE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	hdev_give_huge(test, m, dev);
	folio = page_folio(migrate_pfn_to_page(m->dst[0]));
	mmk_vma_pages(m);
	KUNIT_ASSERT_TRUE(test, m->src[0] & MIGRATE_PFN_MIGRATE);
	mmk_vma_finalize(m);
	KUNIT_ASSERT_EQ(test, folio_order(folio), (unsigned int)PMD_ORDER);
	KUNIT_ASSERT_PTR_EQ(test, mmk_pmd_folio(test, mm, addr), folio);
	return folio;
}

/**
 * hdev_move_out_small() - Move a huge page of the device to single pages of memory
 * @test: the case
 * @mm: address space
 * @addr: of a pmd that refers to a huge page of the device
 * @dev: the device
 */
void hdev_move_out_small(struct kunit *test, struct mm_struct *mm,
			 unsigned long addr, struct hdev *dev)
{
	struct mmk_vma *m;
	struct page *from;
	unsigned int i;

	m = mmk_vma_alloc(test, mm, addr, MMK_HUGE_PAGES,
			  MIGRATE_VMA_SELECT_DEVICE_PRIVATE |
			  MIGRATE_VMA_SELECT_COMPOUND, dev);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, m->args.cpages, 1UL);
	KUNIT_ASSERT_TRUE(test, m->src[0] & MIGRATE_PFN_COMPOUND);
	from = migrate_pfn_to_page(m->src[0]);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		m->dst[i] = hdev_to_ram_page(dev, m->src[0], 0, from + i);
	mmk_vma_pages(m);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		if (!(m->src[i] & MIGRATE_PFN_MIGRATE))
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, (unsigned int)MMK_HUGE_PAGES,
			    "first page that does not move");
	mmk_vma_finalize(m);
}

/* A huge page that has to give an entry of the given kind, and a device */
void hpage_init_of(struct kunit *test, struct hpage *h, enum mmk_pte_kind kind,
		   enum memory_type type)
{
	memset(h, 0, sizeof(*h));
	h->dev = hdev_create_of(test, type);
	h->mm = mmk_mm_enter(test);
	h->addr = mmk_map_huge(test, h->mm, 1);
	h->child = mmk_huge_prepare(test, h->addr, kind, MMK_LARGE_SEED);
	h->folio = mmk_pmd_folio(test, h->mm, h->addr);
	KUNIT_ASSERT_EQ(test, folio_order(h->folio), (unsigned int)PMD_ORDER);
	mmk_folio_snapshot(h->folio, &h->state);
	mmk_mm_snapshot(h->mm, &h->rss);
	h->thps = mmk_mthp_stat(MTHP_STAT_NR_ANON);
}

/* The same, and a device with device-private memory */
void hpage_init(struct kunit *test, struct hpage *h, enum mmk_pte_kind kind)
{
	hpage_init_of(test, h, kind, MEMORY_DEVICE_PRIVATE);
}
