// SPDX-License-Identifier: GPL-2.0
/*
 * The references of device pages from their beginning to their end, for each type of
 * memory. A table in Documentation/zone-device-at-zero.rst is made from what this prints.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "device_pages.h"

/**
 * struct count_case - How a driver hands out pages of a type of memory
 * @description: for the name of the parameter
 * @type: what memremap_pages() is told
 * @idle: references of a page that nobody uses
 * @idle_pgmap: those on the pgmap, of such a page
 * @use_pgmap: how many more of these a page has that somebody uses
 * @hand_out: takes the first reference for a user, if the page does not have it already
 */
struct count_case {
	const char *description;
	enum memory_type type;
	int idle;
	long idle_pgmap;
	long use_pgmap;
	struct page *(*hand_out)(struct kunit *test, struct mmk_dev *dev);
};

/* Private and coherent memory */
static struct page *count_page_init(struct kunit *test, struct mmk_dev *dev)
{
	struct page *page = mmk_dev_get_page(test, dev);

	unlock_page(page);
	return page;
}

/* A file system maps the page. */
static struct page *count_fsdax(struct kunit *test, struct mmk_dev *dev)
{
	struct page *page = mmk_dev_page(dev, 0);

	mmk_fsdax_page_use(page);
	return page;
}

/* A driver allocates the page. */
static struct page *count_p2pdma(struct kunit *test, struct mmk_dev *dev)
{
	struct page *page = mmk_dev_page(dev, 0);

	set_page_count(page, 1);
	return page;
}

/* A driver allocates the page, or device-dax maps it. */
static struct page *count_generic(struct kunit *test, struct mmk_dev *dev)
{
	struct page *page = mmk_dev_page(dev, 0);

	if (!MMK_GENERIC_IDLE_REFS)
		KUNIT_ASSERT_TRUE(test, mmk_generic_get(page));
	return page;
}

static const struct count_case count_cases[] = {
	{ "PRIVATE", MEMORY_DEVICE_PRIVATE, 0, 0, 1, count_page_init },
	{ "COHERENT", MEMORY_DEVICE_COHERENT, 0, 0, 1, count_page_init },
	{ "FS_DAX", MEMORY_DEVICE_FS_DAX, MMK_FSDAX_IDLE_REFS,
	  MMK_IDLE_PAGE_PGMAP_REFS, 0, count_fsdax },
	{ "P2PDMA", MEMORY_DEVICE_PCI_P2PDMA, MMK_P2PDMA_IDLE_REFS,
	  MMK_IDLE_PAGE_PGMAP_REFS, 0, count_p2pdma },
	{ "GENERIC", MEMORY_DEVICE_GENERIC, MMK_GENERIC_IDLE_REFS,
	  MMK_IDLE_PAGE_PGMAP_REFS, MMK_GENERIC_USE_PGMAP_REFS, count_generic },
};

KUNIT_ARRAY_PARAM_DESC(count, count_cases, description);

/* References on the pgmap of @dev for each of its pages that are not in use, and others */
static long count_rest(const struct count_case *c, struct mmk_dev *dev)
{
	return mmk_dev_refs(dev) - (long)dev->nr_pages * c->idle_pgmap;
}

/**
 * each_page_rests_as_its_type_does() - From memremap_pages() to memunmap_pages()
 *
 * A page of a new pgmap has the references of an idle page, and folio_try_get() does not get
 * it if that is none. Handed out to a user, it has one more, or the one that it had already.
 * The last put makes it idle. memunmap_pages() then takes away the pages, and no other put
 * is needed.
 *
 * Contract: ZD-15, ZD-1, ZD-9
 */
static void each_page_rests_as_its_type_does(struct kunit *test)
{
	const struct count_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, c->type);
	struct page *page = mmk_dev_page(dev, 0);
	int fresh = page_ref_count(page), used, last;
	long pgmap_used, pgmap_last;
	bool got;

	KUNIT_EXPECT_EQ(test, fresh, c->idle);
	KUNIT_EXPECT_EQ(test, count_rest(c, dev), 0L);
	got = folio_try_get(page_folio(page));
	if (got)
		folio_ref_dec(page_folio(page));
	KUNIT_EXPECT_EQ(test, got, fresh > 0);

	KUNIT_ASSERT_PTR_EQ(test, c->hand_out(test, dev), page);
	used = page_ref_count(page);
	pgmap_used = count_rest(c, dev);
	KUNIT_EXPECT_GE(test, used, 1);
	KUNIT_EXPECT_LE(test, used, c->idle + 1);
	KUNIT_EXPECT_EQ(test, pgmap_used, c->use_pgmap);
	get_page(page);
	KUNIT_EXPECT_EQ(test, count_rest(c, dev), c->use_pgmap);
	put_page(page);

	put_page(page);
	last = page_ref_count(page);
	pgmap_last = count_rest(c, dev);
	KUNIT_EXPECT_EQ(test, last, c->idle);
	KUNIT_EXPECT_EQ(test, pgmap_last, 0L);
	KUNIT_EXPECT_TRUE(test, mmk_dev_unmap_as(test, dev, dev->nr_pages *
						 c->idle_pgmap));

	kunit_info(test, "row: %s | %d | %s | %d | %d | %ld | %ld\n",
		   c->description, fresh, got ? "yes" : "no", used, last,
		   c->idle_pgmap, c->idle_pgmap + pgmap_used);
}

static struct kunit_case zone_device_count_cases[] = {
	KUNIT_CASE_PARAM(each_page_rests_as_its_type_does, count_gen_params),
	{}
};

static struct kunit_suite zone_device_count_suite = {
	.name = "zone_device_count",
	.init = mmk_case_init,
	.test_cases = zone_device_count_cases,
};

kunit_test_suite(zone_device_count_suite);
