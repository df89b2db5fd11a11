/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KUNIT_TEST_H
#define _KUNIT_TEST_H

#include <setjmp.h>

#include <linux/lib.h>

struct kunit;

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char *name;
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	const struct kunit_case *test_cases;
};

/**
 * struct kunit - A case that runs
 * @name: what it is called
 * @param_value: its parameter, if it has one
 * @failed: whether an expectation or an assertion has failed
 * @skip: why it was skipped, if it was
 * @out: where an assertion that fails, or a skip, goes on
 */
struct kunit {
	const char *name;
	const void *param_value;
	bool failed;
	const char *skip;
	jmp_buf out;
};

#define KUNIT_PARAM_DESC_SIZE 64
#define KUNIT_CASE(function) { .run_case = function, .name = #function }
#define KUNIT_CASE_PARAM(function, generate) \
	{ .run_case = function, .name = #function, .generate_params = generate }

void kunit_register(const struct kunit_suite *suite);

/* In the order of the objects, as the section of the real kernel is. */
#define kunit_test_suite(suite)						\
	static void __attribute__((constructor)) suite##_register(void)	\
	{								\
		kunit_register(&suite);					\
	}

void kunit_fail(struct kunit *test, const char *kind, const char *file,
		int line, const char *what, long left, long right);

#define kunit_skip(test, reason) do {					\
	(test)->skip = reason;						\
	longjmp((test)->out, 1);					\
} while (0)

#define KUNIT_EXPECT(test, a, op, b) do {				\
	long left_ = (long)(a), right_ = (long)(b);			\
									\
	if (!(left_ op right_))						\
		kunit_fail(test, "EXPECTATION", __FILE__, __LINE__,	\
			   #a " " #op " " #b, left_, right_);		\
} while (0)

#define KUNIT_ASSERT(test, a, op, b) do {				\
	long left_ = (long)(a), right_ = (long)(b);			\
									\
	if (!(left_ op right_)) {					\
		kunit_fail(test, "ASSERTION", __FILE__, __LINE__,	\
			   #a " " #op " " #b, left_, right_);		\
		longjmp((test)->out, 1);				\
	}								\
} while (0)

#define KUNIT_EXPECT_EQ(test, a, b) KUNIT_EXPECT(test, a, ==, b)
#define KUNIT_EXPECT_NE(test, a, b) KUNIT_EXPECT(test, a, !=, b)
#define KUNIT_EXPECT_LT(test, a, b) KUNIT_EXPECT(test, a, <, b)
#define KUNIT_EXPECT_TRUE(test, a) KUNIT_EXPECT(test, !!(a), ==, 1)
#define KUNIT_EXPECT_FALSE(test, a) KUNIT_EXPECT(test, !!(a), ==, 0)
#define KUNIT_ASSERT_EQ(test, a, b) KUNIT_ASSERT(test, a, ==, b)
#define KUNIT_ASSERT_TRUE(test, a) KUNIT_ASSERT(test, !!(a), ==, 1)

int kunit_run_all(void);

#endif
