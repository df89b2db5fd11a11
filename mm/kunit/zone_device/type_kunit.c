// SPDX-License-Identifier: GPL-2.0
/*
 * The references of FS_DAX, GENERIC and P2PDMA pages, and of compound pages.
 */
#include <kunit/test.h>
#include <linux/dax.h>
#include <linux/delay.h>
#include <linux/math.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/wait_bit.h>

#include "../../internal.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/task.h"
#include "device_pages.h"

/**
 * struct zd_generic_case - GENERIC pages
 * @description: for the name of the parameter
 * @order: of the folios
 */
struct zd_generic_case {
	const char *description;
	unsigned int order;
};

static const struct zd_generic_case zd_generics[] = {
	{ "small", 0 },
	{ "compound", 2 },
};

KUNIT_ARRAY_PARAM_DESC(zd_generic, zd_generics, description);

/* A device with GENERIC pages; @nr_folios: how many there are */
static struct mmk_dev *zd_generic_dev(struct kunit *test, unsigned int order,
				      long *nr_folios)
{
	struct mmk_dev *dev = mmk_dev_alloc(test, MEMORY_DEVICE_GENERIC);

	dev->pgmap.vmemmap_shift = order;
	KUNIT_ASSERT_EQ(test, mmk_dev_map(dev), 0);
	*nr_folios = dev->nr_pages >> order;
	return dev;
}

/**
 * compound_device_pages_count_once() - A pgmap of pages of a higher order
 *
 * vmemmap_shift makes compound pages: each head has the references of an idle page, and at
 * most one on the pgmap; its tails have none.
 *
 * Contract: ZD-9, ZD-15
 */
static void compound_device_pages_count_once(struct kunit *test)
{
	const unsigned int order = 2, size = 1 << order;
	struct page *page, *head;
	struct mmk_dev *dev;
	unsigned int i;
	long nr, refs;

	dev = zd_generic_dev(test, order, &nr);
	refs = nr * MMK_IDLE_PAGE_PGMAP_REFS;

	for (i = 0; i < dev->nr_pages; i++) {
		page = mmk_dev_page(dev, i);
		head = mmk_dev_page(dev, round_down(i, size));
		if (compound_head(page) != head ||
		    compound_order(head) != order ||
		    page_ref_count(page) !=
		    (page == head ? MMK_GENERIC_IDLE_REFS : 0) ||
		    page_pgmap(head) != &dev->pgmap)
			break;
	}
	KUNIT_EXPECT_EQ(test, i, dev->nr_pages);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), refs);

	KUNIT_ASSERT_TRUE(test, mmk_dev_unmap_as(test, dev, refs));
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), 0U);
}

/**
 * generic_page_is_idle_again() - The references of a GENERIC page
 *
 * A page is used twice, each time by two users. When both are gone, it has the references of
 * an idle page, and the pgmap has as many as before. A large folio stays whole; nobody is
 * warned: large folios that are not anonymous have always been there.
 *
 * Where GENERIC pages count from one, a put too many calls the driver, if the kernel has
 * that callback, and then gives the page its reference back.
 *
 * Contract: ZD-9, ZD-15
 */
static void generic_page_is_idle_again(struct kunit *test)
{
	const struct zd_generic_case *param = test->param_value;
	const unsigned int size = 1 << param->order;
	int i, j, freed = 0, tails = 0;
	struct folio *folio;
	struct mmk_dev *dev;
	long nr, refs;

	dev = zd_generic_dev(test, param->order, &nr);
	refs = nr * MMK_IDLE_PAGE_PGMAP_REFS;
	folio = page_folio(mmk_dev_page(dev, size));
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), refs);

	for (i = 0; i < 2; i++) {
		for (j = 1; j <= 2; j++) {
			KUNIT_ASSERT_TRUE(test, mmk_generic_get(&folio->page));
			KUNIT_EXPECT_EQ(test, folio_ref_count(folio),
					MMK_GENERIC_IDLE_REFS + j);
			KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev),
					refs + MMK_GENERIC_USE_PGMAP_REFS);
		}
		folio_put(folio);
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio),
				MMK_GENERIC_IDLE_REFS + 1);
		KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev),
				refs + MMK_GENERIC_USE_PGMAP_REFS);
		folio_put(folio);
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio),
				MMK_GENERIC_IDLE_REFS);
		KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), refs);
		KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), freed);

		if (MMK_GENERIC_IDLE_REFS) {
			folio_put(folio);
			freed += MMK_GENERIC_CALLS_FREE;
			KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
			KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), refs);
			KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), freed);
		}
	}
	KUNIT_EXPECT_EQ(test, dev->log[0].refcount, 0);
	KUNIT_EXPECT_EQ(test, folio_order(folio), param->order);
	for (i = 1; i < size; i++)
		tails += !page_ref_count(mmk_dev_page(dev, size + i)) &&
			 page_folio(mmk_dev_page(dev, size + i)) == folio;
	KUNIT_EXPECT_EQ(test, tails, (int)size - 1);
	KUNIT_ASSERT_TRUE(test, mmk_dev_unmap_as(test, dev, refs));
}

/**
 * memunmap_waits_for_generic_page() - Somebody holds a GENERIC page
 *
 * memunmap_pages() is called while a page is in use. The memory map stays until it is given
 * back. Where the first user of a page has to get a reference on the pgmap, no other page can
 * come into use meanwhile.
 *
 * Contract: ZD-7, ZD-15
 */
static void memunmap_waits_for_generic_page(struct kunit *test)
{
	const struct zd_generic_case *param = test->param_value;
	struct mm_struct *mm;
	struct zd_unmap *unmap;
	struct page *page, *other;
	struct mmk_dev *dev;
	long nr;

	dev = zd_generic_dev(test, param->order, &nr);
	mm = mmk_mm_enter(test);
	page = mmk_dev_page(dev, 0);
	other = mmk_dev_page(dev, dev->nr_pages - (1 << param->order));
	KUNIT_ASSERT_TRUE(test, mmk_generic_get(page));

	unmap = zd_unmap_start(test, dev, mm);
	if (!zd_unmap_waits(unmap, 1)) {
		KUNIT_FAIL(test, "the memory map is gone while a page is in use");
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&unmap->task));
		return;
	}
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), dev->nr_pages);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	if (!MMK_GENERIC_IDLE_REFS) {
		KUNIT_EXPECT_FALSE(test, mmk_generic_get(other));
		KUNIT_EXPECT_EQ(test, page_ref_count(other), 0);
		KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), 1L);
	}

	put_page(page);

	KUNIT_EXPECT_TRUE(test, mmk_task_join(&unmap->task));
	KUNIT_EXPECT_EQ(test, zd_nr_valid(dev), 0U);
}

#define ZD_USERS	4
#define ZD_USES		500

/**
 * struct zd_user - A task that uses pages again and again
 * @task: the thread
 * @dev: their device
 * @refused: how often it did not get a page
 */
struct zd_user {
	struct mmk_task task;
	struct mmk_dev *dev;
	unsigned int refused;
};

static void zd_user_main(struct mmk_task *task)
{
	struct zd_user *user = container_of(task, struct zd_user, task);
	unsigned int i;

	for (i = 0; i < ZD_USES; i++) {
		struct page *page = mmk_dev_page(user->dev, i & 1);

		if (!mmk_generic_get(page)) {
			user->refused++;
			continue;
		}
		/* Others come and go while it has the page. */
		if (!(i & 15))
			usleep_range(1, 2);
		put_page(page);
	}
}

/**
 * generic_pages_are_counted_exactly() - First users and last users at once
 *
 * Four tasks use the same two pages, again and again: a page comes into use while its last
 * user leaves it. Every task always gets it. In the end both pages are idle, and so is the
 * pgmap.
 *
 * Contract: ZD-9, ZD-10, ZD-15
 */
static void generic_pages_are_counted_exactly(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_GENERIC);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct zd_user *users[ZD_USERS];
	unsigned int i;

	for (i = 0; i < ZD_USERS; i++) {
		users[i] = mmk_task_alloc(test, sizeof(*users[i]), mm,
					  zd_user_main);
		users[i]->dev = dev;
	}
	for (i = 0; i < ZD_USERS; i++)
		mmk_task_start(&users[i]->task);
	for (i = 0; i < ZD_USERS; i++) {
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&users[i]->task));
		KUNIT_EXPECT_EQ(test, users[i]->refused, 0U);
	}
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, page_ref_count(mmk_dev_page(dev, i)),
				MMK_GENERIC_IDLE_REFS);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev),
			dev->nr_pages * MMK_IDLE_PAGE_PGMAP_REFS);
}

/**
 * p2pdma_page_goes_back_to_driver() - The last put of a P2PDMA page
 *
 * A page of a P2PDMA pgmap is used twice. Each time only the last put calls the
 * driver, and leaves the page idle as in the beginning. The references on the
 * pgmap stay as they are.
 *
 * Contract: ZD-3, ZD-5
 */
static void p2pdma_page_goes_back_to_driver(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PCI_P2PDMA);
	struct page *page = mmk_dev_page(dev, 3);
	int i;

	for (i = 1; i <= 2; i++) {
		/* Drivers hand it out with one reference. */
		set_page_count(page, 1);
		get_page(page);
		put_page(page);
		KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
		KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), i - 1);

		put_page(page);

		KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), i);
		KUNIT_EXPECT_PTR_EQ(test, dev->log[i - 1].page, page);
		KUNIT_EXPECT_EQ(test, dev->log[i - 1].refcount, 0);
		KUNIT_EXPECT_EQ(test, page_ref_count(page),
				MMK_P2PDMA_IDLE_REFS);
		KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), dev->nr_pages * MMK_IDLE_PAGE_PGMAP_REFS);
	}
}

/**
 * struct zd_idle_case - A type of device memory that anonymous pages are not in
 * @description: its name
 * @type: what memremap_pages() is told
 * @refs: references of an idle page
 */
struct zd_idle_case {
	const char *description;
	enum memory_type type;
	int refs;
};

static const struct zd_idle_case zd_idles[] = {
	{ "FS_DAX", MEMORY_DEVICE_FS_DAX, MMK_FSDAX_IDLE_REFS },
	{ "P2PDMA", MEMORY_DEVICE_PCI_P2PDMA, MMK_P2PDMA_IDLE_REFS },
	{ "GENERIC", MEMORY_DEVICE_GENERIC, MMK_GENERIC_IDLE_REFS },
};

KUNIT_ARRAY_PARAM_DESC(zd_idle, zd_idles, description);

/**
 * pages_begin_idle() - The references of unused pages
 *
 * Every page of a new pgmap has the references of an idle page. If that is
 * none, folio_try_get() fails. The pgmap has as many references of each.
 *
 * Contract: ZD-1, ZD-9, ZD-15
 */
static void pages_begin_idle(struct kunit *test)
{
	const struct zd_idle_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, param->type);
	unsigned int i, had = 0;
	struct folio *folio;

	KUNIT_EXPECT_EQ(test, zd_nr_fresh(dev, &dev->pgmap, param->refs),
			dev->nr_pages);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), dev->nr_pages * MMK_IDLE_PAGE_PGMAP_REFS);
	for (i = 0; i < dev->nr_pages; i++) {
		folio = page_folio(mmk_dev_page(dev, i));
		if (!folio_try_get(folio))
			continue;
		had++;
		folio_ref_dec(folio);
	}
	KUNIT_EXPECT_EQ(test, had, param->refs ? dev->nr_pages : 0);
}

/**
 * struct zd_idle - A task that waits until an FS_DAX page is idle
 * @task: the thread
 * @page: the page
 * @looks: how often it has read the refcount
 */
struct zd_idle {
	struct mmk_task task;
	struct page *page;
	atomic_t looks;
};

static bool zd_looks_idle(struct zd_idle *idle)
{
	atomic_inc(&idle->looks);
	return page_ref_count(idle->page) == MMK_FSDAX_IDLE_REFS;
}

static void zd_idle_main(struct mmk_task *task)
{
	struct zd_idle *idle = container_of(task, struct zd_idle, task);

	wait_var_event(mmk_fsdax_wait_key(idle->page), zd_looks_idle(idle));
}

static const struct zd_put_case zd_fsdax_puts[] = {
	{ "put_page", 1, zd_put_page },
	{ "release_pages", 1, zd_release_pages },
	{ "folios_put", 1, zd_folios_put },
	{ "folios_put_refs", 2, zd_folios_put_refs },
	{ "unpin_user_page", GUP_PIN_COUNTING_BIAS, zd_unpin_user_page },
	{ "unpin_user_pages", GUP_PIN_COUNTING_BIAS, zd_unpin_user_pages },
};

KUNIT_ARRAY_PARAM_DESC(zd_fsdax_put, zd_fsdax_puts, description);

/**
 * put_to_idle_wakes_waiter() - The last use of an FS_DAX page ends
 *
 * A file system waits until a page of its device is idle. A put that leaves
 * references does not wake it; the put that makes the page idle does. No driver
 * is called, and the references on the pgmap stay as they are.
 *
 * Contract: ZD-8
 */
static void put_to_idle_wakes_waiter(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_FS_DAX);
	const struct zd_put_case *way = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct page *page = mmk_dev_page(dev, 1);
	struct zd_idle *idle;
	long pgmap_refs;
	int looks;

	KUNIT_EXPECT_EQ(test, zd_nr_fresh(dev, &dev->pgmap,
					  MMK_FSDAX_IDLE_REFS), dev->nr_pages);
	mmk_fsdax_page_use(page);
	pgmap_refs = mmk_dev_refs(dev);
	page_ref_add(page, 2 * way->refs - 1);
	idle = mmk_task_alloc(test, sizeof(*idle), mm, zd_idle_main);
	idle->page = page;
	mmk_task_start(&idle->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&idle->task,
						   "zd_idle_main"));
	looks = atomic_read(&idle->looks);

	way->put(page);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&idle->task,
						   "zd_idle_main"));
	KUNIT_EXPECT_EQ(test, atomic_read(&idle->looks), looks);
	KUNIT_EXPECT_EQ(test, page_ref_count(page),
			MMK_FSDAX_IDLE_REFS + way->refs);

	way->put(page);

	KUNIT_EXPECT_TRUE(test, mmk_task_join(&idle->task));
	KUNIT_EXPECT_EQ(test, page_ref_count(page), MMK_FSDAX_IDLE_REFS);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
	KUNIT_EXPECT_EQ(test, mmk_dev_refs(dev), pgmap_refs);
	/* If the put has not woken it */
	wake_up_var(mmk_fsdax_wait_key(page));
}

/**
 * only_fsdax_enables_managed_key() - The static key of put_page()
 *
 * The key is enabled as long as there are FS_DAX pages, and not for others.
 *
 * Contract: ZD-8
 */
static void only_fsdax_enables_managed_key(struct kunit *test)
{
	struct mmk_dev *private = mmk_dev_alloc(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_dev *fsdax = mmk_dev_alloc(test, MEMORY_DEVICE_FS_DAX);
	int nr = mmk_nr_devmap_managed();

	if (nr < 0)
		kunit_skip(test, "needs devmap_managed_key");

	KUNIT_ASSERT_EQ(test, mmk_dev_map(private), 0);
	KUNIT_EXPECT_EQ(test, mmk_nr_devmap_managed(), nr);
	KUNIT_ASSERT_EQ(test, mmk_dev_map(fsdax), 0);
	KUNIT_EXPECT_EQ(test, mmk_nr_devmap_managed(), nr + 1);
	mmk_dev_unmap(private);
	KUNIT_EXPECT_EQ(test, mmk_nr_devmap_managed(), nr + 1);
	mmk_dev_unmap(fsdax);
	KUNIT_EXPECT_EQ(test, mmk_nr_devmap_managed(), nr);
}

#define ZD_FILE_PAGES	4

/* An entry of fs/dax.c for one page: its pfn, and four flags that are clear */
static void *zd_dax_entry(struct page *page)
{
	return xa_mk_value(page_to_pfn(page) << 4);
}

static void zd_file_release(void *data)
{
	struct inode *inode = data;
	pgoff_t i;

	for (i = 0; i < ZD_FILE_PAGES; i++)
		xa_erase_irq(&inode->i_mapping->i_pages, i);
	inode->i_flags &= ~S_DAX;
}

/* A mapped file whose pages are the first pages of a device */
static struct inode *zd_dax_file(struct kunit *test, struct mmk_dev *dev)
{
	struct file *file = mmk_shmem_file(test, ZD_FILE_PAGES);
	struct inode *inode = file_inode(file);
	void *old;
	pgoff_t i;

	mmk_mmap(test, file, ZD_FILE_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
		 MAP_SHARED);
	inode->i_flags |= S_DAX;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, zd_file_release,
							inode), 0);
	for (i = 0; i < ZD_FILE_PAGES; i++) {
		old = xa_store_irq(&inode->i_mapping->i_pages, i,
				   zd_dax_entry(mmk_dev_page(dev, i)),
				   GFP_KERNEL);
		KUNIT_ASSERT_PTR_EQ(test, old, NULL);
	}
	return inode;
}

/* The first busy page among pages @first to @last of a file */
static struct page *zd_busy_page(struct address_space *mapping, pgoff_t first,
				 pgoff_t last)
{
	return dax_layout_busy_page_range(mapping, first * PAGE_SIZE,
					  (last + 1) * PAGE_SIZE - 1);
}

/**
 * busy_fsdax_page_is_found() - dax_layout_busy_page()
 *
 * A file on a DAX device is about to be truncated. As long as its pages are
 * idle, no busy page is found. If two pages are in use, the first of them in
 * the range is. When both are idle again, no page is.
 *
 * Contract: ZD-8
 */
static void busy_fsdax_page_is_found(struct kunit *test)
{
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_FS_DAX);
	struct page *second = mmk_dev_page(dev, 1), *last = mmk_dev_page(dev, 3);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct inode *inode = zd_dax_file(test, dev);
	struct address_space *mapping = inode->i_mapping;

	KUNIT_EXPECT_EQ(test, mm->map_count, 1);
	KUNIT_EXPECT_PTR_EQ(test, dax_layout_busy_page(mapping), NULL);

	mmk_fsdax_page_use(last);
	KUNIT_EXPECT_PTR_EQ(test, dax_layout_busy_page(mapping), last);
	mmk_fsdax_page_use(second);
	KUNIT_EXPECT_PTR_EQ(test, dax_layout_busy_page(mapping), second);
	KUNIT_EXPECT_PTR_EQ(test, zd_busy_page(mapping, 0, 0), NULL);
	KUNIT_EXPECT_PTR_EQ(test, zd_busy_page(mapping, 0, 1), second);
	KUNIT_EXPECT_PTR_EQ(test, zd_busy_page(mapping, 1, 1), second);
	KUNIT_EXPECT_PTR_EQ(test, zd_busy_page(mapping, 2, 3), last);
	KUNIT_EXPECT_PTR_EQ(test, zd_busy_page(mapping, 2, 2), NULL);

	put_page(second);
	KUNIT_EXPECT_PTR_EQ(test, dax_layout_busy_page(mapping), last);
	put_page(last);
	KUNIT_EXPECT_PTR_EQ(test, dax_layout_busy_page(mapping), NULL);
}

static struct kunit_case zone_device_type_cases[] = {
	KUNIT_CASE_PARAM(pages_begin_idle, zd_idle_gen_params),
	KUNIT_CASE_PARAM(put_to_idle_wakes_waiter, zd_fsdax_put_gen_params),
	KUNIT_CASE(only_fsdax_enables_managed_key),
	KUNIT_CASE(busy_fsdax_page_is_found),
	KUNIT_CASE_PARAM(generic_page_is_idle_again, zd_generic_gen_params),
	KUNIT_CASE_PARAM(memunmap_waits_for_generic_page, zd_generic_gen_params),
	KUNIT_CASE(generic_pages_are_counted_exactly),
	KUNIT_CASE(p2pdma_page_goes_back_to_driver),
	KUNIT_CASE(compound_device_pages_count_once),
	{}
};

static struct kunit_suite zone_device_type_suite = {
	.name = "zone_device_type",
	.init = mmk_case_init,
	.test_cases = zone_device_type_cases,
};

kunit_test_suite(zone_device_type_suite);
