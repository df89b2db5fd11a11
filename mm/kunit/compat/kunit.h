/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KUnit
 */
#ifndef _MM_KUNIT_COMPAT_KUNIT_H
#define _MM_KUNIT_COMPAT_KUNIT_H

#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

/* Older kernels have this function, but do not declare it. */
#ifndef MMK_HAVE_ATTACH_MM
static inline int kunit_attach_mm(void)
{
	struct mm_struct *mm = mm_alloc();

	if (!mm)
		return -ENOMEM;
	mm->task_size = TASK_SIZE;
	arch_pick_mmap_layout(mm, &current->signal->rlim[RLIMIT_STACK]);
	kthread_use_mm(mm);
	return 0;
}
#endif

#endif /* _MM_KUNIT_COMPAT_KUNIT_H */
