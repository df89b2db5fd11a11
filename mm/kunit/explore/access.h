/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the compiler calls ahead of accesses, with -fsanitize=thread
 */
#ifndef _MM_KUNIT_EXPLORE_ACCESS_H
#define _MM_KUNIT_EXPLORE_ACCESS_H

#include <linux/types.h>

void __tsan_read1(void *p);
void __tsan_read2(void *p);
void __tsan_read4(void *p);
void __tsan_read8(void *p);
void __tsan_read16(void *p);
void __tsan_write1(void *p);
void __tsan_write2(void *p);
void __tsan_write4(void *p);
void __tsan_write8(void *p);
void __tsan_write16(void *p);
void __tsan_volatile_read1(void *p);
void __tsan_volatile_read2(void *p);
void __tsan_volatile_read4(void *p);
void __tsan_volatile_read8(void *p);
void __tsan_volatile_read16(void *p);
void __tsan_volatile_write1(void *p);
void __tsan_volatile_write2(void *p);
void __tsan_volatile_write4(void *p);
void __tsan_volatile_write8(void *p);
void __tsan_volatile_write16(void *p);
void __tsan_unaligned_read2(void *p);
void __tsan_unaligned_read4(void *p);
void __tsan_unaligned_read8(void *p);
void __tsan_unaligned_read16(void *p);
void __tsan_unaligned_write2(void *p);
void __tsan_unaligned_write4(void *p);
void __tsan_unaligned_write8(void *p);
void __tsan_unaligned_write16(void *p);
void __tsan_unaligned_volatile_read2(void *p);
void __tsan_unaligned_volatile_read4(void *p);
void __tsan_unaligned_volatile_read8(void *p);
void __tsan_unaligned_volatile_read16(void *p);
void __tsan_unaligned_volatile_write2(void *p);
void __tsan_unaligned_volatile_write4(void *p);
void __tsan_unaligned_volatile_write8(void *p);
void __tsan_unaligned_volatile_write16(void *p);

void __tsan_read_range(void *p, size_t size);
void __tsan_write_range(void *p, size_t size);
void __tsan_init(void);
void __tsan_func_entry(void *pc);
void __tsan_func_exit(void);
void mmx_atomic(const void *p, size_t size, bool write);

#endif /* _MM_KUNIT_EXPLORE_ACCESS_H */
