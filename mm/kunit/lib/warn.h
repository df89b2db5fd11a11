/* SPDX-License-Identifier: GPL-2.0 */
/*
 * WARNs that a case provokes
 */
#ifndef _MM_KUNIT_LIB_WARN_H
#define _MM_KUNIT_LIB_WARN_H

#include <kunit/test.h>

void mmk_warn_count(struct kunit *test);
int mmk_warns(void);
void mmk_warn_begin(struct kunit *test);
int mmk_warn_end(struct kunit *test);

#endif /* _MM_KUNIT_LIB_WARN_H */
