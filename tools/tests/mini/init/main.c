// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <linux/facts.h>

int exports(void);

int main(void)
{
	printf("migrate=%d case=%d lib=%d wide=%d config=%d exports=%d\n", migrate(), a_case(), in_lib(),
	       WIDE, CONFIG_DEFAULT, 1 + exports());
	return 0;
}
