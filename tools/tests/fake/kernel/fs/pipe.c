// SPDX-License-Identifier: GPL-2.0
#include <linux/lib.h>

/* Pipes: something that is built, and that nobody looks at. */
static int pipe_max_size __used = 1048576;
