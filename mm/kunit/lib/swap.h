/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A real swap area
 */
#ifndef _MM_KUNIT_LIB_SWAP_H
#define _MM_KUNIT_LIB_SWAP_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/types.h>

struct mmk_swap {
	unsigned long path;
	struct mm_struct *mm;
	bool on;
};

void mmk_swap_prepare(void);
int mmk_swap_format(unsigned int minor);
struct mmk_swap *mmk_swap_alloc(struct kunit *test, unsigned int minor);
long mmk_swap_try_on(struct mmk_swap *swap);
long mmk_swap_try_prefer(struct mmk_swap *swap);
struct mmk_swap *mmk_swap_on(struct kunit *test);
struct mmk_swap *mmk_swap_on_slow(struct kunit *test);
long mmk_swap_off(struct mmk_swap *swap);
int mmk_pageout(unsigned long addr, size_t len);

#endif /* _MM_KUNIT_LIB_SWAP_H */
