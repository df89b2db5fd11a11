/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A real swap area
 */
#ifndef _MM_KUNIT_LIB_SWAP_H
#define _MM_KUNIT_LIB_SWAP_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/types.h>

#include "task.h"

/**
 * struct mmk_swap - A swap area on a RAM disk
 * @path: of the disk, in user memory
 * @mm: whose memory that is
 * @on: the area is on
 */
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
struct mmk_swap *mmk_swap_on_watched(struct kunit *test, bool slow);
long mmk_swap_slots_used(void);
void mmk_scrub_free_pages(void);

/**
 * struct mmk_swapoff - A task that turns a swap area off
 * @task: the task
 * @swap: the area
 * @ret: what swapoff returned
 */
struct mmk_swapoff {
	struct mmk_task task;
	struct mmk_swap *swap;
	long ret;
};

struct mmk_swapoff *mmk_swapoff_alloc(struct kunit *test,
				      struct mmk_swap *swap);
struct mmk_swapoff *mmk_swapoff_process(struct kunit *test,
					struct mmk_swap *swap);
bool mmk_swapoff(struct kunit *test, struct mmk_swap *swap);

#endif /* _MM_KUNIT_LIB_SWAP_H */
