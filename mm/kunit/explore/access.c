// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses to memory as points: what the compiler calls before each of them, in
 * files built with -fsanitize=thread. It is not the runtime of a sanitizer: all
 * that it does is to tell the scheduler of the program.
 */
#include <linux/kernel.h>
#include <linux/sched/task_stack.h>
#include <linux/types.h>

#include "access.h"
#include "point.h"

static __always_inline void access(const void *p, size_t size, bool write)
{
	if (likely(!READ_ONCE(mmx_listening)) || object_is_on_stack(p))
		return;
	mmx_access((unsigned long)p, size, write, _RET_IP_);
}

#define ACCESS(name, size, write)		\
void notrace name(void *p)			\
{						\
	access(p, size, write);			\
}

ACCESS(__tsan_read1, 1, false)
ACCESS(__tsan_read2, 2, false)
ACCESS(__tsan_read4, 4, false)
ACCESS(__tsan_read8, 8, false)
ACCESS(__tsan_read16, 16, false)
ACCESS(__tsan_write1, 1, true)
ACCESS(__tsan_write2, 2, true)
ACCESS(__tsan_write4, 4, true)
ACCESS(__tsan_write8, 8, true)
ACCESS(__tsan_write16, 16, true)
ACCESS(__tsan_volatile_read1, 1, false)
ACCESS(__tsan_volatile_read2, 2, false)
ACCESS(__tsan_volatile_read4, 4, false)
ACCESS(__tsan_volatile_read8, 8, false)
ACCESS(__tsan_volatile_read16, 16, false)
ACCESS(__tsan_volatile_write1, 1, true)
ACCESS(__tsan_volatile_write2, 2, true)
ACCESS(__tsan_volatile_write4, 4, true)
ACCESS(__tsan_volatile_write8, 8, true)
ACCESS(__tsan_volatile_write16, 16, true)
ACCESS(__tsan_unaligned_read2, 2, false)
ACCESS(__tsan_unaligned_read4, 4, false)
ACCESS(__tsan_unaligned_read8, 8, false)
ACCESS(__tsan_unaligned_read16, 16, false)
ACCESS(__tsan_unaligned_write2, 2, true)
ACCESS(__tsan_unaligned_write4, 4, true)
ACCESS(__tsan_unaligned_write8, 8, true)
ACCESS(__tsan_unaligned_write16, 16, true)
ACCESS(__tsan_unaligned_volatile_read2, 2, false)
ACCESS(__tsan_unaligned_volatile_read4, 4, false)
ACCESS(__tsan_unaligned_volatile_read8, 8, false)
ACCESS(__tsan_unaligned_volatile_read16, 16, false)
ACCESS(__tsan_unaligned_volatile_write2, 2, true)
ACCESS(__tsan_unaligned_volatile_write4, 4, true)
ACCESS(__tsan_unaligned_volatile_write8, 8, true)
ACCESS(__tsan_unaligned_volatile_write16, 16, true)

void notrace __tsan_read_range(void *p, size_t size)
{
	access(p, size, false);
}

void notrace __tsan_write_range(void *p, size_t size)
{
	access(p, size, true);
}

void notrace __tsan_init(void)
{
}

void notrace __tsan_func_entry(void *pc)
{
}

void notrace __tsan_func_exit(void)
{
}

/* Atomic operations of the kernel, see atomic.h */
void notrace mmx_atomic(const void *p, size_t size, bool write)
{
	access(p, size, write);
}
