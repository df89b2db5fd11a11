/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which places of the code touch what another task touches as well
 */
#ifndef _MM_KUNIT_EXPLORE_CONFLICT_H
#define _MM_KUNIT_EXPLORE_CONFLICT_H

#include <linux/types.h>

int mmx_conflict_prepare(void);
void mmx_conflict_begin(void);
void mmx_conflict_log(unsigned long addr, unsigned long ip, unsigned int task,
		      bool write);
void mmx_conflict_point(unsigned int task);
void mmx_conflict_switch(unsigned int task);
unsigned int mmx_conflict_same(bool aside);
unsigned int mmx_conflict_learn(bool say);
bool mmx_conflict_at(unsigned long ip);
bool mmx_conflict_add(unsigned long ip);

#endif /* _MM_KUNIT_EXPLORE_CONFLICT_H */
