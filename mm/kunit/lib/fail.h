/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Out of memory
 */
#ifndef _MM_KUNIT_LIB_FAIL_H
#define _MM_KUNIT_LIB_FAIL_H

#include <kunit/test.h>
#include <linux/types.h>

void mmk_fail_prepare(struct kunit *test);
void mmk_fail_nth(unsigned int nth);
bool mmk_fail_done(void);

#endif /* _MM_KUNIT_LIB_FAIL_H */
