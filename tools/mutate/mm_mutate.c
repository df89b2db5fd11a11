// SPDX-License-Identifier: GPL-2.0
/*
 * What a kernel with mutants needs at run time: which of them it is, which were
 * reached by each KUnit case, and which cases to run.
 */
#include <kunit/test.h>
#include <linux/hex.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/string.h>

#include "mm_mutate.h"

extern struct kunit_suite * const __kunit_suites_start[];
extern struct kunit_suite * const __kunit_suites_end[];

/* mm_mutant=N on the command line; 0 is the kernel as it should be. */
unsigned int mm_mutant;
core_param(mm_mutant, mm_mutant, uint, 0444);

/* mm_mutate_trace: say after each case what it reached. */
static bool mm_mutate_trace;
core_param(mm_mutate_trace, mm_mutate_trace, bool, 0444);

/* mm_mutate_cases=HEX: bit N of digit N / 4 stands for the case in the N-th place. */
static char *mm_mutate_cases;
core_param(mm_mutate_cases, mm_mutate_cases, charp, 0444);

u8 mm_mutant_reached[MM_MUTANTS];

static const char *mm_mutate_case = "boot";
static int (*mm_mutate_init_of[256])(struct kunit *test);

static void mm_mutate_report(void)
{
	unsigned int i, end;

	for (i = 1; i < MM_MUTANTS; i = end + 1) {
		end = i;
		if (!mm_mutant_reached[i])
			continue;
		while (end + 1 < MM_MUTANTS && mm_mutant_reached[end + 1])
			end++;
		pr_info("mm_mutate: %s %u-%u\n", mm_mutate_case, i, end);
	}
	memset(mm_mutant_reached, 0, sizeof(mm_mutant_reached));
}

static int mm_mutate_init(struct kunit *test)
{
	struct kunit_suite * const *suite;
	struct kunit_case *test_case;

	if (mm_mutate_case != test->name) {
		mm_mutate_report();
		mm_mutate_case = test->name;
	}
	for (suite = __kunit_suites_start; suite < __kunit_suites_end; suite++)
		kunit_suite_for_each_test_case((*suite), test_case)
			if (test_case->name == test->name)
				return mm_mutate_init_of[suite - __kunit_suites_start](test);
	return -ENOENT;
}

static int mm_mutate_stop(struct notifier_block *nb, unsigned long action, void *data)
{
	mm_mutate_report();
	return NOTIFY_DONE;
}

static struct notifier_block mm_mutate_nb = { .notifier_call = mm_mutate_stop };

static bool mm_mutate_wanted(unsigned int nr)
{
	int digit;

	if (!mm_mutate_cases)
		return true;
	if (nr / 4 >= strlen(mm_mutate_cases))
		return false;
	digit = hex_to_bin(mm_mutate_cases[nr / 4]);
	return digit >= 0 && digit & BIT(nr % 4);
}

static int __init mm_mutate_start(void)
{
	struct kunit_suite * const *suite;
	unsigned int nr = 0;

	for (suite = __kunit_suites_start; suite < __kunit_suites_end; suite++) {
		struct kunit_case *from = (*suite)->test_cases, *to = from;

		for (; from->run_case; from++)
			if (mm_mutate_wanted(nr++))
				*to++ = *from;
		memset(to, 0, (from - to) * sizeof(*to));
		if (!mm_mutate_trace || !(*suite)->init)
			continue;
		if (WARN_ON(suite - __kunit_suites_start >= ARRAY_SIZE(mm_mutate_init_of)))
			break;
		mm_mutate_init_of[suite - __kunit_suites_start] = (*suite)->init;
		(*suite)->init = mm_mutate_init;
	}
	return mm_mutate_trace ? register_reboot_notifier(&mm_mutate_nb) : 0;
}
late_initcall(mm_mutate_start);
