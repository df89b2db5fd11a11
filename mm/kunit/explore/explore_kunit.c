// SPDX-License-Identifier: GPL-2.0
/*
 * Two or three operations on a page, in many orders of their steps: each order
 * ends as if the operations had run one after the other.
 *
 * A case tries all schedules with one switch of some programs. With
 * mm_kunit.explore_serve=1 it gets one program ready, and copies of the kernel
 * run one schedule each; see Documentation/schedules.rst.
 */
#include <kunit/test.h>
#include <linux/cpumask.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/vmalloc.h>

#include "../../internal.h"
#include "../compat/fault.h"
#include "../compat/param.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "conflict.h"
#include "program.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX	"mm_kunit."

static char explore_program[64];
module_param_string(explore_program, explore_program, sizeof(explore_program),
		    0444);
MODULE_PARM_DESC(explore_program, "The one program to run, as moving:read+end");

static char explore_order[MMX_TASKS + 1];
module_param_string(explore_order, explore_order, sizeof(explore_order), 0444);
MODULE_PARM_DESC(explore_order, "The order in which the tasks begin, as 01");

static char explore_at[16 * MMX_SWITCHES];
module_param_string(explore_at, explore_at, sizeof(explore_at), 0444);
MODULE_PARM_DESC(explore_at, "Switches, as 12:1,40:0: at point 12 to task 1");

static bool explore_serve;
module_param_named(explore_serve, explore_serve, bool, 0444);
MODULE_PARM_DESC(explore_serve, "Make copies of the kernel, one for each schedule");

static bool explore_trace;
module_param_named(explore_trace, explore_trace, bool, 0444);
MODULE_PARM_DESC(explore_trace, "Print each point");

static bool explore_reduce = true;
module_param_named(explore_reduce, explore_reduce, bool, 0444);
MODULE_PARM_DESC(explore_reduce, "Only places that touch what others touch are points");

static bool explore_aside;
module_param_named(explore_aside, explore_aside, bool, 0444);
MODULE_PARM_DESC(explore_aside, "Tasks give way where they hold locks of page tables and wait queues, too");

static char explore_places[3000];
module_param_string(explore_places, explore_places, sizeof(explore_places),
		    0444);
MODULE_PARM_DESC(explore_places, "Such places that are known already, each by how far it is behind the one before, in hexadecimal");

static uint explore_some;
module_param_named(explore_some, explore_some, uint, 0444);
MODULE_PARM_DESC(explore_some, "Schedules with one switch to try in a case, for each order; 0 for all");

/* More than any program has that differ */
#define MAX_ENDS	64

/**
 * struct ends - How a program may end
 * @nr: how many ends there are
 * @end: the operations that were done, a bit each, and the state
 */
struct ends {
	unsigned int nr;
	struct {
		unsigned int done;
		char text[MMX_END];
	} end[MAX_ENDS];
};

static bool is_end(const struct ends *ends, const struct mmx_run *run)
{
	unsigned int i;

	for (i = 0; i < ends->nr; i++)
		if (ends->end[i].done == run->done &&
		    !strcmp(ends->end[i].text, run->end))
			return true;
	return false;
}

/*
 * The same for a schedule. An operation that does not tell whether it has given up
 * has done so if the end is only that of the others.
 */
static bool is_good_end(const struct ends *ends, struct mmx_run *run)
{
	unsigned int i, done = run->done;

	if (is_end(ends, run))
		return true;
	for (i = 0; i < run->program->nr; i++)
		if (run->program->ops[i]->silent)
			run->done &= ~BIT(i);
	if (is_end(ends, run))
		return true;
	run->done = done;
	return false;
}

static bool ends_later(const struct mmx_program *program)
{
	unsigned int i;

	for (i = 0; i < program->nr; i++)
		if (program->ops[i]->finish)
			return true;
	return false;
}

static void run_order(struct kunit *test, const struct mmx_program *program,
		      struct ends *ends, const u8 *order, unsigned int nr)
{
	struct mmx_run *run = kunit_kzalloc(test, sizeof(*run), GFP_KERNEL);
	unsigned int which = 0, i;

	KUNIT_ASSERT_NOT_NULL(test, run);
	for (i = 0; i < nr; i++)
		which |= BIT(order[i] & ~MMX_TOUCH);
	run->program = program;
	mmx_set_up(test, run, which);
	mmx_run_serial(test, run, order, nr);
	/* An operation that waits for a later one cannot be the first. */
	if ((!run->overlapped || ends_later(program)) && !is_end(ends, run)) {
		KUNIT_ASSERT_LT(test, ends->nr, MAX_ENDS);
		ends->end[ends->nr].done = run->done;
		strscpy(ends->end[ends->nr++].text, run->end, MMX_END);
		if (explore_program[0])
			pr_info("explore: serial %x: %s\n", run->done, run->end);
	}
	mmx_tear_down(test, run);
}

/*
 * All orders that begin with the @nr steps in @order. @used has the operations
 * among them, and @touched those whose fault is.
 */
static void run_orders(struct kunit *test, const struct mmx_program *program,
		       struct ends *ends, u8 *order, unsigned int nr,
		       unsigned int used, unsigned int touched)
{
	bool whole = !(touched & ~used);
	unsigned int i;

	for (i = 0; i < program->nr; i++)
		whole &= (used & BIT(i)) || program->ops[i]->may_give_up;
	if (whole)
		run_order(test, program, ends, order, nr);
	for (i = 0; i < program->nr; i++) {
		if (used & BIT(i))
			continue;
		/* A fault right ahead of its access is part of that. */
		if (!nr || order[nr - 1] != (i | MMX_TOUCH)) {
			order[nr] = i;
			run_orders(test, program, ends, order, nr + 1,
				   used | BIT(i), touched);
		}
		if (!program->ops[i]->faults || (touched & BIT(i)))
			continue;
		order[nr] = i | MMX_TOUCH;
		run_orders(test, program, ends, order, nr + 1, used,
			   touched | BIT(i));
	}
}

/* Runs of points at which the same task could be switched to the same others */
static void print_path(const struct mmx_path *path)
{
	unsigned int i, nr = min(path->nr, MMX_POINTS), same = 0;
	char line[200];
	int len = 0;

	for (i = 0; i < nr; i++) {
		same++;
		if (i + 1 < nr && path->who[i + 1] == path->who[i])
			continue;
		len += scnprintf(line + len, sizeof(line) - len, " %02xx%u",
				 path->who[i], same);
		if (i + 1 == nr || len > sizeof(line) - 20) {
			pr_info("explore: path%s\n", line);
			len = 0;
		}
		same = 0;
	}
	pr_info("explore: points %u switches %u\n", path->nr, path->switches);
	if (path->spun)
		pr_info("explore: spun %u\n", path->spun);
}

static void expect_end(struct kunit *test, const struct ends *ends,
		       struct mmx_run *run, const char *schedule)
{
	unsigned int i;

	if (is_good_end(ends, run))
		return;
	KUNIT_FAIL(test, "schedule %s: no serial order ends with %s", schedule,
		   run->end);
	for (i = 0; i < ends->nr; i++)
		if (ends->end[i].done == run->done)
			kunit_info(test, "a serial order ends with %s",
				   ends->end[i].text);
}

/*
 * Two who fault on a page of a device kept each other busy once; a driver that has not
 * yet dropped its reference on a page that it has moved there does so still. And a
 * fault that meets a userfaultfd that is being closed is taken again until it is.
 */
static bool may_spin(const struct mmx_program *program, const struct mmx_op *op)
{
	return op->spins ||
	       ((program->needs & MMX_DEV) &&
		(!MMK_TO_RAM_LOCKED || program->state != MMX_DEVICE)) ||
	       (program->state == MMX_WATCHED && op->faults);
}

/* Nobody waits for another task without sleeping, but for those that always have. */
static void expect_no_spinner(struct kunit *test,
			      const struct mmx_program *program,
			      const struct mmx_path *path, const char *schedule)
{
	unsigned int i;

	for (i = 0; i < program->nr; i++)
		if ((path->spinners & BIT(i)) &&
		    !may_spin(program, program->ops[i]))
			KUNIT_FAIL(test, "schedule %s: task %u (%s) waits without sleeping",
				   schedule, i, program->ops[i]->name);
}

static void know_places(void)
{
	unsigned long ip = 0, more;
	const char *p;
	int len;

	for (p = explore_places; sscanf(p, "%lx%n", &more, &len) == 1; p++) {
		ip += more;
		mmx_conflict_add(ip);
		p += len;
		if (*p != ',')
			break;
	}
}

/*
 * Run the schedules without a switch. The kernel has done everything once then,
 * which each copy would have to do for the first time otherwise. And they show
 * most of the places that touch what other tasks touch, if it is wanted that these
 * are learnt; copies say what they find beside.
 */
static void rehearse(struct kunit *test, const struct mmx_program *program,
		     bool learn)
{
	struct mmx_schedule schedule = { .nr_tasks = program->nr };
	unsigned int first, i;
	struct mmx_run *run;

	if (learn) {
		KUNIT_ASSERT_EQ(test, mmx_conflict_prepare(), 0);
		know_places();
	}
	for (first = 0; first < program->nr; first++) {
		for (i = 0; i < program->nr; i++)
			schedule.order[i] = (first + i) % program->nr;
		run = kunit_kzalloc(test, sizeof(*run), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, run);
		run->program = program;
		mmx_set_up(test, run, BIT(program->nr) - 1);
		mmx_run_schedule(test, run, &schedule);
		if (learn)
			KUNIT_EXPECT_NE(test, mmx_conflict_learn(false),
					UINT_MAX);
		mmx_tear_down(test, run);
	}
	if (learn)
		mmx_reduce();
}

/* What has been put off so far is not for each copy to do. */
static void settle(void)
{
	rcu_barrier();
	tracepoint_synchronize_unregister();
	schedule_timeout_uninterruptible(HZ);
	vm_unmap_aliases();
}

/* In a copy of the kernel that has been made for it */
static void run_one(struct kunit *test, const struct mmx_program *program,
		    const struct ends *ends)
{
	struct mmx_run *run = kunit_kzalloc(test, sizeof(*run), GFP_KERNEL);
	struct mmx_schedule schedule;
	const struct mmx_path *path;

	const bool reduces = IS_ENABLED(CONFIG_MM_KUNIT_EXPLORE_ACCESSES) &&
			     explore_reduce;

	KUNIT_ASSERT_NOT_NULL(test, run);
	if (explore_aside)
		mmx_step_aside();
	rehearse(test, program, reduces);
	run->program = program;
	mmx_set_up(test, run, BIT(program->nr) - 1);
	if (explore_serve) {
		settle();
		kunit_arch_before_tests();
	}
	KUNIT_ASSERT_TRUE_MSG(test,
			      mmx_parse(&schedule, explore_order, explore_at) &&
			      schedule.nr_tasks == program->nr,
			      "'%s' '%s' is no schedule of %s", explore_order,
			      explore_at, program->name);
	if (explore_trace)
		KUNIT_ASSERT_EQ(test, mmx_trace(), 0);
	path = mmx_run_schedule(test, run, &schedule);
	print_path(path);
	mmx_print_trace();
	if (reduces) {
		pr_info("explore: same %u\n", mmx_conflict_same(explore_aside));
		KUNIT_EXPECT_NE(test, mmx_conflict_learn(true), UINT_MAX);
	}
	expect_end(test, ends, run, explore_at);
	expect_no_spinner(test, program, path, explore_at);
	pr_info("explore: end %x: %s\n", run->done, run->end);
	KUNIT_EXPECT_FALSE_MSG(test, path->misfit,
			       "there is no such schedule: the task cannot run");
	KUNIT_EXPECT_EQ_MSG(test, path->switches, schedule.nr,
			    "there is no such schedule: it has fewer points");
	mmx_tear_down(test, run);
}

/* Adds the operations that were given up to @gave_up. Returns the points. */
static unsigned int run_here(struct kunit *test,
			     const struct mmx_program *program,
			     const struct ends *ends,
			     const struct mmx_schedule *schedule,
			     unsigned int *done, struct mmx_path *path)
{
	struct mmx_run *run = kunit_kzalloc(test, sizeof(*run), GFP_KERNEL);
	const struct mmx_path *passed;
	char text[32] = "";

	KUNIT_ASSERT_NOT_NULL(test, run);
	run->program = program;
	mmx_set_up(test, run, BIT(program->nr) - 1);
	passed = mmx_run_schedule(test, run, schedule);
	if (schedule->nr)
		snprintf(text, sizeof(text), "%u:%u", schedule->at[0].at,
			 schedule->at[0].to);
	expect_end(test, ends, run, text);
	expect_no_spinner(test, program, passed, text);
	*done |= run->done;
	if (path)
		*path = *passed;
	mmx_tear_down(test, run);
	return passed->nr;
}

/* Schedules without a switch, and with one; if only some, spread over the points */
static void run_some(struct kunit *test, const struct mmx_program *program,
		     const struct ends *ends)
{
	struct mmx_path *path = kunit_kzalloc(test, sizeof(*path), GFP_KERNEL);
	unsigned int done = 0, first, i, nr, step, to;
	struct mmx_schedule schedule;

	KUNIT_ASSERT_NOT_NULL(test, path);
	for (first = 0; first < program->nr; first++) {
		memset(&schedule, 0, sizeof(schedule));
		schedule.nr_tasks = program->nr;
		for (i = 0; i < program->nr; i++)
			schedule.order[i] = (first + i) % program->nr;
		nr = run_here(test, program, ends, &schedule, &done, path);
		nr = min(nr, MMX_POINTS);
		step = explore_some ? max(DIV_ROUND_UP(nr, explore_some), 1U) : 1;
		schedule.nr = 1;
		for (i = 0; i < nr; i += step) {
			if (!(path->who[i] & 0xf))
				continue;
			schedule.at[0].at = i;
			for (to = 0; to < program->nr; to++) {
				if (!(path->who[i] & BIT(to)))
					continue;
				schedule.at[0].to = to;
				run_here(test, program, ends, &schedule, &done,
					 NULL);
				if (test->status == KUNIT_FAILURE)
					return;
			}
		}
	}
	KUNIT_EXPECT_EQ_MSG(test, done, BIT(program->nr) - 1,
			    "an operation gives up in each schedule");
}

static void unwatch(void *unused)
{
	/* A copy ends with its case. */
	if (!explore_serve)
		mmx_unwatch();
}

/*
 * What the ordinary run tries: the faults and fork(), against all that changes
 * the page
 */
static const char *const programs[] = {
	"moving:read+end", "moving:write+end", "moving:fork+end",
	"moving:write+fail", "moving:protect+end", "moving:munmap+end",
	"moving:dontneed+end",
	"mapped:read+start", "mapped:write+start", "mapped:fork+start",
	"mapped:write+migrate", "shared:write+migrate",
	"none:read+write", "none:write+fork",
	"shared:write+fork", "shared:write+munmap", "shared:write+protect",
	"shared:write+dontneed", "shared:write+write",
	"mapped:write+pageout", "swapped:write+dontneed", "cached:write+move",
	"mapped:write+mremap", "device:write+dontneed",
	"lazyfree:pin+pageout", "exclusive:read+dontneed",
	"middle:write+munmap", "watched:pin+close",
	"moving:read+write+end", "moving:write+dontneed+end",
};

MMK_GEN_PARAMS(program)
{
	const char *const *next = prev ? (const char *const *)prev + 1 : programs;
	static const char *const chosen[] = { explore_program };

	if (explore_program[0]) {
		if (prev)
			return NULL;
		next = chosen;
	} else if (next == programs + ARRAY_SIZE(programs)) {
		return NULL;
	}
	strscpy(desc, *next, KUNIT_PARAM_DESC_SIZE);
	return next;
}

/**
 * each_schedule_ends_as_a_serial_order() - Operations in tasks of their own
 *
 * Two or three tasks do something to a page, and one of them has to give way to
 * another at a lock, or where it changes a reference. Whatever the place, no task hangs,
 * the kernel reports nothing and leaks nothing, the counts agree with the page
 * tables, and bytes, ptes, counts and results are those of one operation after
 * the other. A migration may give up if the page is in use; it then counts as
 * not done, and must not do so always.
 *
 * Contract: XP-1, XP-2
 */
static void each_schedule_ends_as_a_serial_order(struct kunit *test)
{
	const char *const *name = test->param_value;
	struct mmx_program *program;
	struct ends *ends;
	u8 order[MMX_STEPS];
	int err;

	if (num_online_cpus() > 1)
		kunit_skip(test, "needs one CPU");
	program = kunit_kzalloc(test, sizeof(*program), GFP_KERNEL);
	ends = kunit_kzalloc(test, sizeof(*ends), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, program);
	KUNIT_ASSERT_NOT_NULL(test, ends);
	KUNIT_ASSERT_TRUE_MSG(test, mmx_program_parse(program, *name),
			      "there is no program %s", *name);
	err = mmx_watch();
	if (err == -EOPNOTSUPP)
		kunit_skip(test, "needs CONFIG_LOCKDEP and CONFIG_DEBUG_PAGE_REF");
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unwatch, NULL), 0);

	mmx_ground_devices(test, program);
	mmk_mm_enter(test);
	mmx_ground_mm(test, program);
	run_orders(test, program, ends, order, 0, 0, 0);
	if (explore_serve || explore_order[0])
		run_one(test, program, ends);
	else
		run_some(test, program, ends);
}

static struct kunit_case explore_cases[] = {
	KUNIT_CASE_PARAM(each_schedule_ends_as_a_serial_order,
			 program_gen_params),
	{}
};

static struct kunit_suite explore_suite = {
	.name = "explore",
	.init = mmk_case_init,
	.test_cases = explore_cases,
};

kunit_test_suite(explore_suite);
