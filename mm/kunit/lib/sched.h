/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Priorities, and the CPU that a case runs on
 */
#ifndef _MM_KUNIT_LIB_SCHED_H
#define _MM_KUNIT_LIB_SCHED_H

/*
 * The CPU that a case and all of its tasks run on: which of them runs is up to
 * their priorities and sleeps. Cases about tasks that run at the same time
 * place them with mmk_task_place().
 */
#define MMK_CPU	0

void mmk_tasks_prepare(void);

#endif /* _MM_KUNIT_LIB_SCHED_H */
