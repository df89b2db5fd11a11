/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A task that holds spinlocks gives way, as if another CPU went on
 */
#ifndef _MM_KUNIT_EXPLORE_ASIDE_H
#define _MM_KUNIT_EXPLORE_ASIDE_H

#include <linux/lockdep.h>
#include <linux/types.h>

bool mmx_aside_possible(void);
void mmx_aside(unsigned int task, void (*lift)(int task), int to);
int mmx_aside_owner(const struct lockdep_map *lock);

#endif /* _MM_KUNIT_EXPLORE_ASIDE_H */
