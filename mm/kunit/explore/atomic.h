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

/* Behind the above: it brings atomic operations in. */
#include <asm/page.h>

/* The bytes of a page are touched by memcpy() and memset(), which tell nobody. */
#undef copy_page
#define copy_page(to, from)						\
do {									\
	void *__to = (void *)(to);					\
	const void *__from = (const void *)(from);			\
									\
	mmx_atomic(__from, 1, false);					\
	mmx_atomic(__to, 1, true);					\
	memcpy(__to, __from, PAGE_SIZE);				\
} while (0)
#endif

#endif /* _MM_KUNIT_EXPLORE_ATOMIC_H */
