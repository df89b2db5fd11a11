// SPDX-License-Identifier: GPL-2.0
/*
 * Cases that misbehave on purpose.
 */
#include <unistd.h>

#include "../fixtures.h"

/**
 * behaves() - Nothing is wrong here
 * @test: the running case
 *
 * Guard: passed -
 */
static void behaves(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, true);
}

/**
 * fails_an_assertion() - An ordinary failure that ends the case
 * @test: the running case
 *
 * Guard: failed ASSERTION FAILED
 */
static void fails_an_assertion(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, 1, 2);
}

/**
 * warns() - A warning of the kernel
 * @test: the running case
 *
 * Guard: failed warning: WARNING: CPU
 */
static void warns(struct kunit *test)
{
	WARN_ON(test);
}

/**
 * leaks_a_page() - Something is left behind
 * @test: the running case
 *
 * Guard: failed fixture_guard.c
 */
static void leaks_a_page(struct kunit *test)
{
	alloc_page();
}

/**
 * crashes() - The kernel goes down
 * @test: the running case
 *
 * Guard: crashed Segfault with no mm
 */
static void crashes(struct kunit *test)
{
	*(volatile int *)8 = 1;
}

/**
 * hangs() - There is no result
 * @test: the running case
 *
 * Guard: hung no progress
 */
static void hangs(struct kunit *test)
{
	while (test)
		pause();
}

/**
 * loops() - There is no result, and it keeps the CPU busy
 * @test: the running case
 *
 * Guard: hung s of CPU time
 */
static void loops(struct kunit *test)
{
	while (*(struct kunit * volatile *)&test)
		;
}

/**
 * exits() - The kernel ends before its time
 * @test: the running case
 *
 * Guard: crashed exit status 3
 */
static void exits(struct kunit *test)
{
	exit(3);
}

/**
 * needs_kasan() - What this kernel lacks
 * @test: the running case
 *
 * Guard: failed kasan
 */
static void needs_kasan(struct kunit *test)
{
	kunit_skip(test, "needs CONFIG_KASAN");
}

static const struct kunit_case guard_selftest_cases[] = {
	KUNIT_CASE(behaves),
	KUNIT_CASE(fails_an_assertion),
	KUNIT_CASE(warns),
	KUNIT_CASE(leaks_a_page),
	KUNIT_CASE(crashes),
	KUNIT_CASE(hangs),
	KUNIT_CASE(loops),
	KUNIT_CASE(exits),
	KUNIT_CASE(needs_kasan),
	{}
};

static const struct kunit_suite guard_selftest_suite = {
	.name = "guard_selftest",
	.init = mmk_case_init,
	.exit = mmk_case_exit,
	.test_cases = guard_selftest_cases,
};

kunit_test_suite(guard_selftest_suite);
