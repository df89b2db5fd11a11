/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MM_KUNIT_FIXTURES_H
#define _MM_KUNIT_FIXTURES_H

#include <kunit/test.h>
#include <linux/memremap.h>
#include <linux/migrate.h>

int mmk_case_init(struct kunit *test);
void mmk_case_exit(struct kunit *test);
void mmk_expect_report(struct kunit *test);
struct page *mmk_map(struct vm_area *vma, int nr, unsigned long flags);
void mmk_unmap(struct vm_area *vma);

#endif
