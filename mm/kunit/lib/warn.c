// SPDX-License-Identifier: GPL-2.0
/*
 * WARNs that a case provokes: counted, and suppressed if the case wants that.
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

/* WARNs since mmk_warn_count() */
static atomic_t nr_warns;

static void warn_seen(void *unused, enum error_detector detector,
		      unsigned long id)
{
	if (detector == ERROR_DETECTOR_WARN)
		atomic_inc(&nr_warns);
}

static void warn_count_release(void *unused)
{
	unregister_trace_error_report_end(warn_seen, NULL);
	tracepoint_synchronize_unregister();
}

/* As debugfs' clear_warn_once: WARN_ONCE() and the like may WARN again. */
static void warn_again(void)
{
	generic_bug_clear_once();
	memset(__start_once, 0, __end_once - __start_once);
}

/**
 * mmk_warn_count() - Count WARNs until the case ends
 * @test: the case; skipped if this kernel panics on a WARN
 *
 * The WARNs are printed, and taint the kernel.
 */
void mmk_warn_count(struct kunit *test)
{
	if (panic_on_warn)
		kunit_skip(test, "WARNs, on which this kernel panics");

	warn_again();
	atomic_set(&nr_warns, 0);
	KUNIT_ASSERT_EQ(test, register_trace_error_report_end(warn_seen, NULL),
			0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
							warn_count_release,
							NULL), 0);
}

/**
 * mmk_warns() - WARNs since mmk_warn_count()
 *
 * Return: how many, of all tasks.
 */
int mmk_warns(void)
{
	return atomic_read(&nr_warns);
}

#ifdef MMK_HAVE_SUPPRESS_WARNING
static struct kunit_suppressed_warning *suppressed;

static void warn_suppress(struct kunit *test)
{
	warn_again();
	suppressed = kunit_start_suppress_warning(test);
	KUNIT_ASSERT_NOT_NULL(test, suppressed);
}

static int warn_unsuppress(struct kunit *test)
{
	int nr = kunit_suppressed_warning_count(suppressed);

	kunit_end_suppress_warning(test, suppressed);
	return nr;
}
#else
/**
 * struct warn_quiet - What warn_suppress() has changed
 * @loglevel: console loglevel before
 * @tainted: a WARN had tainted the kernel before
 * @taints: the kernel's taints
 */
static struct warn_quiet {
	int loglevel;
	bool tainted;
	unsigned long *taints;
} warn_quiet;

/* The console has printed all earlier messages when this returns. */
static void warn_set_loglevel(int loglevel)
{
	console_lock();
	console_unlock();
	console_loglevel = loglevel;
}

static void warn_quiet_release(void *unused)
{
	warn_set_loglevel(warn_quiet.loglevel);
	if (!warn_quiet.tainted)
		clear_bit(TAINT_WARN, warn_quiet.taints);
}

static void warn_suppress(struct kunit *test)
{
	warn_quiet.taints = (unsigned long *)
			    kallsyms_lookup_name("tainted_mask");
	if (!warn_quiet.taints)
		kunit_skip(test, "WARNs, and needs CONFIG_KALLSYMS_ALL");

	mmk_warn_count(test);
	warn_quiet.tainted = test_taint(TAINT_WARN);
	warn_quiet.loglevel = console_loglevel;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
							warn_quiet_release,
							NULL), 0);
	/* A line of KTAP without its end would be taken for one of the WARN. */
	kunit_info(test, "the kernel may WARN now, which goes to its log only");
	warn_set_loglevel(CONSOLE_LOGLEVEL_SILENT);
}

static int warn_unsuppress(struct kunit *test)
{
	kunit_release_action(test, warn_quiet_release, NULL);
	kunit_release_action(test, warn_count_release, NULL);
	return mmk_warns();
}
#endif

/**
 * mmk_warn_begin() - Suppress WARNs of the current task
 * @test: the case
 *
 * Until mmk_warn_end(), or else until the case ends, WARNs are counted. They are not
 * printed, and do not taint the kernel. Those that come once a boot may come again.
 * The case is skipped if the kernel can only suppress them by not printing them, and
 * panics on a WARN.
 */
void mmk_warn_begin(struct kunit *test)
{
	warn_suppress(test);
}

/**
 * mmk_warn_end() - Do not suppress WARNs any more
 * @test: the case
 *
 * Return: the number of WARNs since mmk_warn_begin().
 */
int mmk_warn_end(struct kunit *test)
{
	return warn_unsuppress(test);
}
