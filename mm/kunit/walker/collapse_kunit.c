// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of entry, under khugepaged.
 */
#include <kunit/test.h>
#include <linux/khugepaged.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/tracepoint.h>

#include <trace/events/huge_memory.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/wait.h"
#include "walk.h"

MMK_GEN_PARAMS(entry)
{
	return ew_next_entry(prev, desc);
}

MMK_GEN_PARAMS(batch)
{
	return ew_next_batch(prev, desc);
}

/**
 * struct scan - khugepaged, as it comes by
 * @mm: whose page table it is to look at
 * @nr: how often it has
 * @watched: the tracepoint has a probe
 * @running: it has been told to run
 */
struct scan {
	struct mm_struct *mm;
	int nr;
	bool watched;
	bool running;
};

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/* What else the tracepoint gives differs from kernel to kernel. */
static void scanned(void *data, struct mm_struct *mm)
{
	struct scan *scan = data;

	if (mm == scan->mm)
		WRITE_ONCE(scan->nr, scan->nr + 1);
}

static void scan_end(void *data)
{
	struct scan *scan = data;

	if (scan->running) {
		mmk_huge_on(false);
		start_stop_khugepaged();
	}
	scan->running = false;
	if (scan->watched) {
		tracepoint_probe_unregister(&__tracepoint_mm_khugepaged_scan_pmd,
					    scanned, scan);
		tracepoint_synchronize_unregister();
	}
	scan->watched = false;
}

static void scan_begin(struct ew_walk *w, struct scan *scan)
{
	scan->mm = w->mm;
	KUNIT_ASSERT_EQ(w->test, 0,
			kunit_add_action_or_reset(w->test, scan_end, scan));
	KUNIT_ASSERT_EQ(w->test, 0,
			tracepoint_probe_register(&__tracepoint_mm_khugepaged_scan_pmd,
						  scanned, scan));
	scan->watched = true;
	mmk_huge_on(true);
	scan->running = true;
	/* A change of the advice is what khugepaged is told of. */
	KUNIT_ASSERT_EQ(w->test, 0, do_madvise(w->mm, w->start,
					       w->end - w->start,
					       MADV_NOHUGEPAGE));
	KUNIT_ASSERT_EQ(w->test, 0, do_madvise(w->mm, w->start,
					       w->end - w->start,
					       MADV_HUGEPAGE));
	KUNIT_ASSERT_EQ(w->test, 0, start_stop_khugepaged());
}
#else
static void scan_end(void *data)
{
}

static void scan_begin(struct ew_walk *w, struct scan *scan)
{
	kunit_skip(w->test, "this kernel has no huge pages");
}
#endif

/*
 * As many pages as a page table has room for, but for one: what is out comes back
 * only for pages most of which have been used.
 */
static void early_khugepaged(struct ew_walk *w)
{
	unsigned long addr;

	if (w->site->how->huge)
		return;
	for (addr = w->start + w->len; addr < w->end; addr += PAGE_SIZE) {
		KUNIT_ASSERT_EQ(w->test, 0, mmk_fault_in(w->mm, addr, true));
		mmk_pte_set_flags(w->test, w->mm, addr, true, true);
		w->beside++;
	}
}

/* khugepaged itself may wait for the end of a migration. */
static bool is_waited_for(const struct ew_site *s)
{
	return s->hold && folio_test_waiters(s->folio);
}

static void run_khugepaged(struct ew_walk *w)
{
	struct scan *scan = kunit_kzalloc(w->test, sizeof(*scan), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(w->test, scan);
	lru_add_drain_all();
	scan_begin(w, scan);
	KUNIT_EXPECT_TRUE(w->test, mmk_wait_for(READ_ONCE(scan->nr) ||
						is_waited_for(w->site)));
	if (is_waited_for(w->site))
		ew_end_migration(w, w->site);
	KUNIT_EXPECT_TRUE(w->test, mmk_wait_for(READ_ONCE(scan->nr)));
	kunit_release_action(w->test, scan_end, scan);
	ew_say(w, 0);
}

static const struct ew_ops khugepaged_ops = {
	.early = early_khugepaged,
	.run = run_khugepaged,
	.table = true,
	.all = true,
	.splits = true,
};

/**
 * khugepaged_meets_each_entry() - khugepaged
 *
 * The row "khugepaged": all other pages of the page table are there, writable and
 * young. It is started, comes by, and is stopped again.
 *
 * Contract: EW-1
 */
static void khugepaged_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_KHUGEPAGED, &khugepaged_ops);
}

/**
 * khugepaged_tells_neighbours_apart() - khugepaged
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void khugepaged_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_KHUGEPAGED, &khugepaged_ops);
}

/**
 * khugepaged_tells_pages_apart() - khugepaged
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void khugepaged_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_KHUGEPAGED, &khugepaged_ops);
}

static struct kunit_case walker_collapse_cases[] = {
	KUNIT_CASE_PARAM(khugepaged_meets_each_entry, entry_gen_params),
	KUNIT_CASE(khugepaged_tells_neighbours_apart),
	KUNIT_CASE_PARAM(khugepaged_tells_pages_apart, batch_gen_params),
	{}
};

static struct kunit_suite walker_collapse_suite = {
	.name = "walker_collapse",
	.init = mmk_case_init,
	.test_cases = walker_collapse_cases,
};

kunit_test_suite(walker_collapse_suite);
