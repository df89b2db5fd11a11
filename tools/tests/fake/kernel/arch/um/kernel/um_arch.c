// SPDX-License-Identifier: GPL-2.0
/*
 * The program: a kernel that is run as User-Mode Linux is, and says the same.
 */
#include <stdarg.h>
#include <time.h>

#include <kunit/test.h>

const char *saved_command_line;
static int nr_params;
static char **params;

/**
 * param() - A parameter of the command line
 * @name: up to and with its =, or the whole word
 *
 * Return: what follows it, or NULL. The last one counts.
 */
const char *param(const char *name)
{
	for (int nr = nr_params - 1; nr > 0; nr--)
		if (!strncmp(params[nr], name, strlen(name)))
			return params[nr] + strlen(name);
	return NULL;
}

void printk(const char *format, ...)
{
	static struct timespec began;
	struct timespec now;
	va_list args;
	double since;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!began.tv_sec)
		began = now;
	since = now.tv_sec - began.tv_sec +
		(now.tv_nsec - began.tv_nsec) / 1e9;
	printf("[%12.6f] ", since);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	fflush(stdout);
}

static void save_command_line(int argc, char **argv)
{
	static char line[4096];
	size_t used = 0;

	nr_params = argc;
	params = argv;
	for (int nr = 1; nr < argc && used < sizeof(line); nr++)
		used += snprintf(line + used, sizeof(line) - used, "%s%s",
				 nr > 1 ? " " : "", argv[nr]);
	saved_command_line = line;
}

void trap_init(void);
int start_kernel(void);

int main(int argc, char **argv)
{
	save_command_line(argc, argv);
	trap_init();
	return start_kernel();
}
