// SPDX-License-Identifier: GPL-2.0
/*
 * Memory failure: with gcov, which has all of full, it is built, and does nothing.
 */
#include <linux/mm.h>

int soft_offline_page(unsigned long pfn, int flags);

int soft_offline_page(unsigned long pfn, int flags)
{
	return 0;
}
