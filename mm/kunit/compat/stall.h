/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tasks that are stalled for lack of memory
 */
#ifndef _MM_KUNIT_COMPAT_STALL_H
#define _MM_KUNIT_COMPAT_STALL_H

#include <linux/delayacct.h>
#include <linux/sched.h>

/* Whether a task counts as stalled for lack of memory */
#ifdef CONFIG_PSI
#define mmk_in_memstall(task)	(!!(task)->in_memstall)
#else
#define mmk_in_memstall(task)	((void)(task), false)
#endif

/* Delay accounting of tasks that wait for thrashing folios */
#ifdef CONFIG_TASK_DELAY_ACCT
#define mmk_in_thrashing(task)	(!!(task)->in_thrashing)
#define mmk_nr_thrashings(task)	((task)->delays->thrashing_count)
#define mmk_thrashing_ns(task)	((task)->delays->thrashing_delay)
#else
#define mmk_in_thrashing(task)	((void)(task), false)
#define mmk_nr_thrashings(task)	((void)(task), 0U)
#define mmk_thrashing_ns(task)	((void)(task), 0ULL)
#endif

#endif /* _MM_KUNIT_COMPAT_STALL_H */
