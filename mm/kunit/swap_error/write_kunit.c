// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that cannot be written to swap. Nobody has been promised that there is
 * room, so nobody is told: the page stays in memory, with its bytes.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../lib/disk.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"

/* Seed of the bytes in the pages, see mmk_fill() */
#define SEED	0x69

#define NR_PAGES	4

/**
 * struct write_case - Whose pages cannot be written
 * @description: for the KTAP line
 * @shared: those of a file of tmpfs
 * @slow: the area is on a slow disk
 */
struct write_case {
	const char *description;
	bool shared;
	bool slow;
};

static const struct write_case write_cases[] = {
	{ "private", false, false },
	{ "private, slow disk", false, true },
	{ "tmpfs", true, false },
	{ "tmpfs, slow disk", true, true },
};

KUNIT_ARRAY_PARAM_DESC(write, write_cases, description);

/**
 * page_that_was_not_written_is_kept() - Write errors
 *
 * The disk fails while pages are swapped out. They stay in memory, although
 * nobody maps them any more, and are dirty: a second try, with a disk that works
 * again, writes them. The bytes are right whenever they are read.
 *
 * Contract: SE-1
 */
static void page_that_was_not_written_is_kept(struct kunit *test)
{
	const struct write_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr;
	unsigned int i;

	se_area_on(test, c->slow);
	if (c->shared)
		addr = mmk_mmap(test, mmk_shmem_file(test, NR_PAGES),
				NR_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
				MAP_SHARED);
	else
		addr = mmk_map_anon(test, NR_PAGES);
	mmk_fill(test, addr, NR_PAGES, SEED);
	se_fail_reads(test, 0, SE_ALL);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, mmk_pageout(addr, NR_PAGES * PAGE_SIZE),
				0);
	se_reads_work();
	mmk_scrub_free_pages();
	/* The first half is read at once, the other half goes out first. */
	MMK_EXPECT_MM_HOLDS(test, mm, addr, NR_PAGES / 2, SEED);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, mmk_pageout(addr, NR_PAGES * PAGE_SIZE),
				0);
	mmk_scrub_free_pages();
	MMK_EXPECT_MM_HOLDS(test, mm, addr, NR_PAGES, SEED);
}

static struct kunit_case swap_error_write_cases[] = {
	KUNIT_CASE_PARAM(page_that_was_not_written_is_kept, write_gen_params),
	{}
};

static struct kunit_suite swap_error_write_suite = {
	.name = "swap_error_write",
	.init = mmk_case_init,
	.test_cases = swap_error_write_cases,
};

kunit_test_suite(swap_error_write_suite);
