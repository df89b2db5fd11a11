// SPDX-License-Identifier: GPL-2.0
/*
 * WARNs that a case provokes, which are the result and no news to anybody.
 */
#include <kunit/test.h>
#include <linux/bug.h>
#include <linux/console.h>
#include <linux/kallsyms.h>
#include <linux/panic.h>
#include <linux/tracepoint.h>

#include <asm/sections.h>
#include <trace/events/error_report.h>

#include "warn.h"

/**
 * struct warn_watch - What mmk_warn_begin() has changed
 * @nr: WARNs since
 * @loglevel: what was printed to the console before
 * @tainted: a WARN had tainted the kernel before
 * @taints: the kernel's taints
 */
static struct warn_watch {
	atomic_t nr;
	int loglevel;
	bool tainted;
	unsigned long *taints;
} warn_watch;

static void warn_seen(void *unused, enum error_detector detector,
		      unsigned long id)
{
	if (detector == ERROR_DETECTOR_WARN)
		atomic_inc(&warn_watch.nr);
}

/* What has been logged so far is on the console, or not, once this returns. */
static void warn_set_loglevel(int loglevel)
{
	console_lock();
	console_unlock();
	console_loglevel = loglevel;
}

static void warn_release(void *unused)
{
	unregister_trace_error_report_end(warn_seen, NULL);
	tracepoint_synchronize_unregister();
	warn_set_loglevel(warn_watch.loglevel);
	if (!warn_watch.tainted)
		clear_bit(TAINT_WARN, warn_watch.taints);
}

/**
 * mmk_warn_again() - Let what WARNs once a boot do so again
 *
 * As debugfs' clear_warn_once does.
 */
void mmk_warn_again(void)
{
	generic_bug_clear_once();
	memset(__start_once, 0, __end_once - __start_once);
}

/**
 * mmk_warn_begin() - From here on the kernel may WARN
 * @test: the case
 *
 * Until mmk_warn_end(), or else the end of the case, WARNs are counted; they do
 * not go to the console, and the taint that they leave is taken away. Those
 * that come once a boot may come again. A kernel that panics on them is not
 * given any: the case is then skipped.
 */
void mmk_warn_begin(struct kunit *test)
{
	if (panic_on_warn)
		kunit_skip(test, "WARNs, on which this kernel panics");
	warn_watch.taints = (unsigned long *)
			    kallsyms_lookup_name("tainted_mask");
	if (!warn_watch.taints)
		kunit_skip(test, "WARNs, and needs CONFIG_KALLSYMS_ALL");

	mmk_warn_again();
	atomic_set(&warn_watch.nr, 0);
	warn_watch.tainted = test_taint(TAINT_WARN);
	warn_watch.loglevel = console_loglevel;
	KUNIT_ASSERT_EQ(test, 0,
			register_trace_error_report_end(warn_seen, NULL));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, warn_release,
							   NULL));
	/* A line of KTAP without its end would be taken for one of the WARN. */
	kunit_info(test, "the kernel may WARN now, which goes to its log only");
	warn_set_loglevel(CONSOLE_LOGLEVEL_SILENT);
}

/**
 * mmk_warn_end() - From here on a WARN is an error again
 * @test: the case
 *
 * Return: how many there have been since mmk_warn_begin().
 */
int mmk_warn_end(struct kunit *test)
{
	kunit_release_action(test, warn_release, NULL);
	return atomic_read(&warn_watch.nr);
}
