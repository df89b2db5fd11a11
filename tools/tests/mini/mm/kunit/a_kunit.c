// SPDX-License-Identifier: GPL-2.0
#include <linux/facts.h>
#include "../internal.h"

int a_case(void)
{
	return 1 + INTERNAL;
}
