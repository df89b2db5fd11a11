// SPDX-License-Identifier: GPL-2.0
int spare(void);

/* Nothing calls it: the kernel is linked without this object. */
int spare(void)
{
	return 1;
}
