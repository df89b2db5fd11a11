/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Read ahead of all else in files whose accesses are points: the kernel's atomic
 * operations are in assembler, which the compiler does not look into. They tell
 * KCSAN, and so us.
 */
#ifndef _MM_KUNIT_EXPLORE_ATOMIC_H
#define _MM_KUNIT_EXPLORE_ATOMIC_H

#ifdef __SANITIZE_THREAD__
#include <linux/kcsan-checks.h>
#include <linux/types.h>

void mmx_atomic(const void *p, size_t size, bool write);

#define __kcsan_check_access(ptr, size, type) \
	mmx_atomic((const void *)(ptr), size, (type) & KCSAN_ACCESS_WRITE)
#endif

#endif /* _MM_KUNIT_EXPLORE_ATOMIC_H */
