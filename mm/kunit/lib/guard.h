/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every case has to leave as it was
 */
#ifndef _MM_KUNIT_LIB_GUARD_H
#define _MM_KUNIT_LIB_GUARD_H

#include <kunit/test.h>

/* libgcov, which CONFIG_GCOV links into User-Mode Linux */
void __gcov_reset(void);

int mmk_case_init(struct kunit *test);
void mmk_expect_report(struct kunit *test);
u32 mmk_seed(void);

#endif /* _MM_KUNIT_LIB_GUARD_H */
