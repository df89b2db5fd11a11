/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The linear map
 */
#ifndef _MM_KUNIT_COMPAT_LINEAR_H
#define _MM_KUNIT_COMPAT_LINEAR_H

#include <linux/types.h>
#include <linux/uaccess.h>

#ifdef CONFIG_UML
#include <os.h>

/*
 * Whether the kernel could read at an address. It would die of it if not; the host, who
 * is asked to write from there, only says so.
 */
static inline bool mmk_linear_map_has(const void *addr)
{
	int fds[2], n;

	if (os_pipe(fds, 1, 1) < 0)
		return false;
	n = os_write_file(fds[1], addr, 1);
	os_close_file(fds[0]);
	os_close_file(fds[1]);
	return n == 1;
}
#else
static inline bool mmk_linear_map_has(const void *addr)
{
	u8 byte;

	return !copy_from_kernel_nofault(&byte, addr, 1);
}
#endif

#endif /* _MM_KUNIT_COMPAT_LINEAR_H */
