/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cases whose parameters are counted out
 */
#ifndef _MM_KUNIT_COMPAT_PARAM_H
#define _MM_KUNIT_COMPAT_PARAM_H

#include <kunit/test.h>

/* The head of a function that gives one parameter after the other. */
#ifdef MMK_HAVE_PARAM_OF_TEST
#define MMK_GEN_PARAMS(name)						\
	static const void *name##_gen_params(struct kunit *test,	\
					     const void *prev, char *desc)
#else
#define MMK_GEN_PARAMS(name)						\
	static const void *name##_gen_params(const void *prev, char *desc)
#endif

#endif /* _MM_KUNIT_COMPAT_PARAM_H */
