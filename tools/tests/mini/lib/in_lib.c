// SPDX-License-Identifier: GPL-2.0
#include <linux/facts.h>
#include "../mm/internal.h"

int in_lib(void)
{
	return 1 + INTERNAL;
}
