// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

int start_kernel(void);

int start_kernel(void)
{
	int code = 0;

	printk("Linux version %s (mm-testbed@mm-testbed) (gcc) #1\n",
	       UTS_RELEASE);
	printk("Kernel command line: %s\n", saved_command_line);
	/* What init would do. */
	if (param("kunit.enable=1"))
		code = kunit_run_all();
	printk("reboot: System halted\n");
	return code;
}
