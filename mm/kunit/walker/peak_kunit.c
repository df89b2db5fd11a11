// SPDX-License-Identifier: GPL-2.0
/*
 * How much of an mm was resident at most: VmHWM of proc_pid_status(5), the peak resident
 * set size. Whoever takes pages away has to note down before how many there were.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"

#define SEED		0x5e
#define NR_PAGES	64

static void take_munmap(struct kunit *test, unsigned long addr, size_t len)
{
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, len), 0);
}

static void take_dontneed(struct kunit *test, unsigned long addr, size_t len)
{
	KUNIT_EXPECT_EQ(test, do_madvise(current->mm, addr, len, MADV_DONTNEED),
			0);
}

static void take_remove(struct kunit *test, unsigned long addr, size_t len)
{
	KUNIT_EXPECT_EQ(test, do_madvise(current->mm, addr, len, MADV_REMOVE),
			0);
}

static void take_shrink(struct kunit *test, unsigned long addr, size_t len)
{
	KUNIT_EXPECT_EQ(test, (unsigned long)
			sys_mremap(addr, len, PAGE_SIZE, 0, 0), addr);
}

static void take_pageout(struct kunit *test, unsigned long addr, size_t len)
{
	mmk_swap_on(test);
	KUNIT_EXPECT_EQ(test, mmk_pageout(addr, len), 0);
}

static void take_free(struct kunit *test, unsigned long addr, size_t len)
{
	KUNIT_ASSERT_EQ(test, do_madvise(current->mm, addr, len, MADV_FREE), 0);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, mmk_pageout(addr, len), 0);
}

/**
 * enum peak_map - What is mapped
 * @PEAK_ANON: anonymous memory
 * @PEAK_FILE: tmpfs
 * @PEAK_HUGE: a huge page
 */
enum peak_map {
	PEAK_ANON,
	PEAK_FILE,
	PEAK_HUGE,
};

/**
 * struct peak_case - A way to have fewer pages
 * @description: for the KTAP line
 * @map: what is mapped
 * @take: takes pages away, or all but the first
 */
struct peak_case {
	const char *description;
	enum peak_map map;
	void (*take)(struct kunit *test, unsigned long addr, size_t len);
};

static const struct peak_case peak_cases[] = {
	{ "munmap()", PEAK_ANON, take_munmap },
	{ "munmap() of a file", PEAK_FILE, take_munmap },
	{ "munmap() of a huge page", PEAK_HUGE, take_munmap },
	{ "mremap() to a smaller size", PEAK_ANON, take_shrink },
	{ "MADV_DONTNEED", PEAK_ANON, take_dontneed },
	{ "MADV_DONTNEED of a huge page", PEAK_HUGE, take_dontneed },
	{ "MADV_REMOVE", PEAK_FILE, take_remove },
	{ "MADV_PAGEOUT", PEAK_ANON, take_pageout },
	{ "MADV_PAGEOUT of a file", PEAK_FILE, take_pageout },
	{ "MADV_FREE and MADV_PAGEOUT", PEAK_ANON, take_free },
};

KUNIT_ARRAY_PARAM_DESC(peak, peak_cases, description);

/**
 * peak_is_remembered() - VmHWM, when pages are taken away
 *
 * Pages go, one way or another. What was resident before counts as the peak afterwards.
 *
 * Contract: EW-1
 */
static void peak_is_remembered(struct kunit *test)
{
	const struct peak_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	size_t len = NR_PAGES * PAGE_SIZE;
	struct file *file = NULL;
	unsigned long addr, peak;

	switch (c->map) {
	case PEAK_HUGE:
		addr = mmk_map_huge(test, mm, 1);
		len = MMK_HUGE_SIZE;
		break;
	case PEAK_FILE:
		file = mmk_shmem_file(test, NR_PAGES);
		fallthrough;
	default:
		addr = mmk_mmap(test, file, len, PROT_READ | PROT_WRITE,
				file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS);
		mmk_fill(test, addr, NR_PAGES, SEED);
	}
	lru_add_drain_all();
	peak = get_mm_rss(mm);
	/* As if it had never been looked at */
	mm->hiwater_rss = 0;
	c->take(test, addr, len);
	KUNIT_EXPECT_LT(test, get_mm_rss(mm), peak);
	KUNIT_EXPECT_GE(test, get_mm_hiwater_rss(mm), peak);
}

static struct kunit_case walker_peak_cases[] = {
	KUNIT_CASE_PARAM(peak_is_remembered, peak_gen_params),
	{}
};

static struct kunit_suite walker_peak_suite = {
	.name = "walker_peak",
	.init = mmk_case_init,
	.test_cases = walker_peak_cases,
};

kunit_test_suite(walker_peak_suite);
