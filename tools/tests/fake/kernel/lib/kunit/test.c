// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

/**
 * kunit_fail() - Note that a case has failed
 * @test: the case
 * @kind: "EXPECTATION" or "ASSERTION"
 * @file: where
 * @line: where
 * @what: the condition
 * @left: its left hand side
 * @right: its right hand side
 */
void kunit_fail(struct kunit *test, const char *kind, const char *file,
		int line, const char *what, long left, long right)
{
	test->failed = true;
	printk("    # %s: %s FAILED at %s:%d\n", test->name, kind, file, line);
	printk("    Expected %s, but\n", what);
	printk("        left == %ld (0x%lx)\n", left, left);
	printk("        right == %ld (0x%lx)\n", right, right);
}
