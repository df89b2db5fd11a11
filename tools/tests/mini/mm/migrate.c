// SPDX-License-Identifier: GPL-2.0
#include <linux/facts.h>
#include "internal.h"

#ifndef MORE
#define MORE 0
#endif

int migrate(void)
{
	return 1 + INTERNAL + MORE;
}
