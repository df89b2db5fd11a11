// SPDX-License-Identifier: GPL-2.0
/*
 * Which cases run, and what is said of them.
 */
#include <kunit/test.h>

#define MAX_SUITES 32

static const struct kunit_suite *suites[MAX_SUITES];
static int nr_suites;

/* Totals of a suite, or of everything. */
struct tally {
	int passed;
	int failed;
	int skipped;
};

void kunit_register(const struct kunit_suite *suite)
{
	BUG_ON(nr_suites == MAX_SUITES);
	suites[nr_suites++] = suite;
}

static bool wanted(const struct kunit_suite *suite, const char *name)
{
	const char *glob = param("kunit.filter_glob=");
	const char *dot = glob ? strchr(glob, '.') : NULL;
	char head[256];

	if (!glob || !*glob)
		return true;
	snprintf(head, sizeof(head), "%.*s",
		 (int)(dot ? dot - glob : (long)strlen(glob)), glob);
	return glob_match(head, suite->name) &&
	       (!dot || glob_match(dot + 1, name));
}

static int count(const struct kunit_suite *suite)
{
	const struct kunit_case *test_case = suite->test_cases;
	int number = 0;

	for (; test_case->run_case; test_case++)
		number += wanted(suite, test_case->name);
	return number;
}

static void run_once(const struct kunit_suite *suite,
		     const struct kunit_case *test_case, struct kunit *test)
{
	/* After a longjmp() the case goes on here, and is taken down. */
	if (!setjmp(test->out)) {
		if (suite->init && suite->init(test))
			test->failed = true;
		else
			test_case->run_case(test);
	}
	if (suite->exit && !setjmp(test->out))
		suite->exit(test);
}

static void note(struct tally *tally, const struct kunit *test)
{
	tally->failed += test->failed;
	tally->skipped += !test->failed && test->skip;
	tally->passed += !test->failed && !test->skip;
}

static void run_params(const struct kunit_suite *suite,
		       const struct kunit_case *test_case, struct kunit *test)
{
	char desc[KUNIT_PARAM_DESC_SIZE];
	struct tally tally = {};
	const void *value;
	int number = 0;

	printk("        KTAP version 1\n");
	printk("        # Subtest: %s\n", test_case->name);
	for (value = test_case->generate_params(NULL, desc); value;
	     value = test_case->generate_params(value, desc)) {
		struct kunit one = {
			.name = test_case->name, .param_value = value
		};

		run_once(suite, test_case, &one);
		note(&tally, &one);
		test->failed |= one.failed;
		printk("        %sok %d %s%s%s\n", one.failed ? "not " : "",
		       ++number, desc, one.skip ? " # SKIP " : "",
		       one.skip ?: "");
	}
	if (tally.skipped == number)
		test->skip = "";
	printk("    # %s: pass:%d fail:%d skip:%d total:%d\n", test_case->name,
	       tally.passed, tally.failed, tally.skipped, number);
}

static bool run_suite(const struct kunit_suite *suite, struct tally *total)
{
	const struct kunit_case *test_case = suite->test_cases;
	struct tally tally = {};
	int number = 0;

	printk("    KTAP version 1\n");
	printk("    # Subtest: %s\n", suite->name);
	printk("    # module: %s_kunit\n", suite->name);
	printk("    1..%d\n", count(suite));
	for (; test_case->run_case; test_case++) {
		struct kunit test = { .name = test_case->name };

		if (!wanted(suite, test_case->name))
			continue;
		if (test_case->generate_params)
			run_params(suite, test_case, &test);
		else
			run_once(suite, test_case, &test);
		note(&tally, &test);
		printk("    %sok %d %s%s%s\n", test.failed ? "not " : "",
		       ++number, test_case->name,
		       test.skip && !test.failed ? " # SKIP " : "",
		       test.skip && !test.failed ? test.skip : "");
	}
	printk("# %s: pass:%d fail:%d skip:%d total:%d\n", suite->name,
	       tally.passed, tally.failed, tally.skipped, number);
	total->passed += tally.passed;
	total->failed += tally.failed;
	total->skipped += tally.skipped;
	return !tally.failed;
}

static void list_tests(void)
{
	for (int nr = 0; nr < nr_suites; nr++) {
		const struct kunit_case *test_case = suites[nr]->test_cases;

		for (; test_case->run_case; test_case++)
			if (wanted(suites[nr], test_case->name))
				printk("%s.%s\n", suites[nr]->name,
				       test_case->name);
	}
}

static int run_all(void)
{
	const char *action = param("kunit.action=");
	struct tally total = {};
	int number = 0;

	for (int nr = 0; nr < nr_suites; nr++)
		number += count(suites[nr]) > 0;
	printk("KTAP version 1\n");
	printk("1..%d\n", number);
	if (action && !strcmp(action, "list")) {
		list_tests();
		return 0;
	}
	number = 0;
	for (int nr = 0; nr < nr_suites; nr++) {
		bool good;

		if (!count(suites[nr]))
			continue;
		good = run_suite(suites[nr], &total);
		printk("%sok %d %s\n", good ? "" : "not ", ++number,
		       suites[nr]->name);
	}
	printk("# Totals: pass:%d fail:%d skip:%d total:%d\n", total.passed,
	       total.failed, total.skipped,
	       total.passed + total.failed + total.skipped);
	return 0;
}

/**
 * kunit_run_all() - Run the cases that the command line asks for, or list them
 *
 * Return: the exit code of the kernel. A child does not return.
 */
int kunit_run_all(void)
{
	int code;

	snapshot();
	code = run_all();
	if (snapshot_child)
		exit(code);
	return code;
}
