/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/lib.h>

#define kmalloc(size) malloc(size)
#define kfree(pointer) free(pointer)

#endif
