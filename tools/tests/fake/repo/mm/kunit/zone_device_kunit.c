// SPDX-License-Identifier: GPL-2.0
#include "fixtures.h"

/**
 * free_page_is_nobodys() - A page that is free remembers no user
 * @test: the running case
 *
 * Contract: ZD-3
 */
static void free_page_is_nobodys(struct kunit *test)
{
	struct dev_pagemap pgmap = { .start = END_OF_RAM, .end = END_OF_RAM + 1 };
	struct page *page;

	KUNIT_ASSERT_EQ(test, memremap_pages(&pgmap), 0);
	page = zone_device_page_init(&pgmap);
	page->flags |= PG_ANON_EXCLUSIVE;
	page->mapping = page;
	free_zone_device_page(page);
	KUNIT_EXPECT_FALSE(test, page->flags & PG_ANON_EXCLUSIVE);
	KUNIT_EXPECT_TRUE(test, !page->mapping);
	KUNIT_EXPECT_EQ(test, pgmap.freed, 1);
	KUNIT_EXPECT_EQ(test, pgmap.ref, 1);
}

static const struct kunit_case zone_device_cases[] = {
	KUNIT_CASE(free_page_is_nobodys),
	{}
};

static const struct kunit_suite zone_device_suite = {
	.name = "zone_device",
	.init = mmk_case_init,
	.exit = mmk_case_exit,
	.test_cases = zone_device_cases,
};

kunit_test_suite(zone_device_suite);
