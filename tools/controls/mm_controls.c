// SPDX-License-Identifier: GPL-2.0
/*
 * Which control a kernel with all of them has to be, and whether it was entered.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm_controls.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#ifdef CONFIG_UML
#include <os.h>
#endif

#define MM_CONTROL_SITES	65536

static const struct {
	unsigned int number;
	const char *name;
} mm_control_names[] = {
#include "mm_control_names.h"
};

unsigned int mm_control;
bool mm_control_trace;

static unsigned long mm_control_entered;
static bool mm_control_reached[MM_CONTROL_SITES];

/*
 * Say something without printk(), whose locks a function under test may hold, and
 * whose work a case might count.
 */
static void mm_control_say(const char *what, unsigned long n)
{
	char line[64];
	int len = scnprintf(line, sizeof(line), "mm_control: %s %lu\n", what, n);

#ifdef CONFIG_UML
	os_write_file(1, line, len);
#else
	printk_deferred(KERN_INFO "%.*s", len, line);
#endif
}

/* The version of the chosen control is entered: say so the 1st, 2nd, 4th, ... time. */
void mm_control_enter(void)
{
	unsigned long n = ++mm_control_entered;

	if (is_power_of_2(n))
		mm_control_say("entered", n);
}

/* A function that some control changes is entered. */
void mm_control_reach(unsigned int site)
{
	if (site >= MM_CONTROL_SITES || mm_control_reached[site])
		return;
	mm_control_reached[site] = true;
	mm_control_say("site", site);
}

static int mm_control_set(const char *val, const struct kernel_param *kp)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mm_control_names); i++) {
		if (strcmp(val, mm_control_names[i].name))
			continue;
		mm_control = mm_control_names[i].number;
		mm_control_entered = 0;
		return 0;
	}
	return -EINVAL;
}

static const struct kernel_param_ops mm_control_ops = { .set = mm_control_set };

/* mm_control=NAME; none: the kernel as it should be. */
__module_param_call("", mm_control, &mm_control_ops, NULL, 0444, -1, 0);

static int mm_control_trace_set(const char *val, const struct kernel_param *kp)
{
	memset(mm_control_reached, 0, sizeof(mm_control_reached));
	return param_set_bool(val, kp);
}

static const struct kernel_param_ops mm_control_trace_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = mm_control_trace_set,
	.get = param_get_bool,
};

/* mm_control_trace: say which functions are entered from now on, each of them once. */
__module_param_call("", mm_control_trace, &mm_control_trace_ops, &mm_control_trace, 0444,
		    -1, 0);
