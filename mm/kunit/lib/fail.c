// SPDX-License-Identifier: GPL-2.0
/*
 * Out of memory: let one allocation of the running task fail, by the kernel's
 * own fault injection.
 */
#include <kunit/test.h>
#include <linux/fault-inject.h>
#include <linux/kallsyms.h>

#include "fail.h"

#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAIL_PAGE_ALLOC)
/* The first members of fail_page_alloc in mm/fail_page_alloc.c */
struct fail_page_alloc {
	struct fault_attr attr;
	bool ignore_gfp_highmem;
	bool ignore_gfp_reclaim;
	u32 min_order;
};

/* The first members of failslab in mm/failslab.c */
struct failslab {
	struct fault_attr attr;
	bool ignore_gfp_reclaim;
};

static struct fail_page_alloc *fail_page_alloc(void)
{
	return (void *)kallsyms_lookup_name("fail_page_alloc");
}

static struct failslab *failslab(void)
{
	return (void *)kallsyms_lookup_name("failslab");
}

/* By default, allocations that may sleep do not fail. */
static void fail_all_kinds(bool all)
{
	struct fail_page_alloc *pages = fail_page_alloc();
	struct failslab *slab = failslab();

	pages->ignore_gfp_highmem = !all;
	pages->ignore_gfp_reclaim = !all;
	pages->min_order = all ? 0 : 1;
	slab->ignore_gfp_reclaim = !all;
	/* A stack trace for each would bury what matters. */
	pages->attr.verbose = all ? 0 : 2;
	slab->attr.verbose = all ? 0 : 2;
}

static void fail_release(void *unused)
{
	fail_all_kinds(false);
}

/**
 * mmk_fail_prepare() - Get ready to let allocations fail
 * @test: the case; skipped where the kernel cannot inject faults
 */
void mmk_fail_prepare(struct kunit *test)
{
	if (!fail_page_alloc() || !failslab())
		kunit_skip(test, "needs CONFIG_KALLSYMS_ALL");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, fail_release,
							NULL), 0);
	fail_all_kinds(true);
}

/**
 * mmk_fail_nth() - Let one allocation of this task fail
 * @nth: which, from now on; 1 is the next
 *
 * Until mmk_fail_done(), call nothing but what is under test.
 */
void mmk_fail_nth(unsigned int nth)
{
	WRITE_ONCE(current->fail_nth, nth);
}

/**
 * mmk_fail_done() - Let no allocation fail any more
 *
 * Return: whether an allocation has failed; if not, there were less than nth.
 */
bool mmk_fail_done(void)
{
	bool failed = !READ_ONCE(current->fail_nth);

	WRITE_ONCE(current->fail_nth, 0);
	return failed;
}
#else
void mmk_fail_prepare(struct kunit *test)
{
	kunit_skip(test, "needs CONFIG_FAILSLAB and CONFIG_FAIL_PAGE_ALLOC");
}

void mmk_fail_nth(unsigned int nth)
{
}

bool mmk_fail_done(void)
{
	return false;
}
#endif
