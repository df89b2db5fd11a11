// SPDX-License-Identifier: GPL-2.0
#include "fixtures.h"

/**
 * misuse_is_reported() - RAM is no memory of a device
 * @test: the running case
 *
 * Contract: ZD-6
 * Report: warning mm/memremap.c
 */
static void misuse_is_reported(struct kunit *test)
{
	struct dev_pagemap pgmap = { .start = 0, .end = END_OF_RAM };

	mmk_expect_report(test);
	KUNIT_EXPECT_EQ(test, memremap_pages(&pgmap), -EINVAL);
}

/**
 * memory_of_a_device_is_taken() - What is no RAM is not refused
 * @test: the running case
 *
 * Contract: ZD-6
 */
static void memory_of_a_device_is_taken(struct kunit *test)
{
	struct dev_pagemap pgmap = { .start = END_OF_RAM, .end = END_OF_RAM + 1 };

	KUNIT_EXPECT_EQ(test, memremap_pages(&pgmap), 0);
}

/**
 * needs_what_is_not_there() - Something that this kernel does not have
 * @test: the running case
 *
 * Contract: ZD-6
 */
static void needs_what_is_not_there(struct kunit *test)
{
	kunit_skip(test, "no CONFIG_MEMORY_FAILURE");
}

static const struct kunit_case zone_device_refusal_cases[] = {
	KUNIT_CASE(misuse_is_reported),
	KUNIT_CASE(memory_of_a_device_is_taken),
	KUNIT_CASE(needs_what_is_not_there),
	{}
};

static const struct kunit_suite zone_device_refusal_suite = {
	.name = "zone_device_refusal",
	.init = mmk_case_init,
	.exit = mmk_case_exit,
	.test_cases = zone_device_refusal_cases,
};

kunit_test_suite(zone_device_refusal_suite);
