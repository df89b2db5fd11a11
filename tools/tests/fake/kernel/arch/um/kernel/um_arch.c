// SPDX-License-Identifier: GPL-2.0
/*
 * The program: a kernel that is run as User-Mode Linux is, and says the same.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <kunit/test.h>

const char *saved_command_line;
#define MAX_PARAMS 256

static int nr_params;
static char *params[MAX_PARAMS];

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

/**
 * add_params() - Take in more of a command line
 * @line: parameters, with blanks in between; they are kept in there
 */
void add_params(char *line)
{
	char *word = strtok(line, " ");

	for (; word && nr_params < MAX_PARAMS; word = strtok(NULL, " "))
		params[nr_params++] = word;
}

void printk(const char *format, ...)
{
	static unsigned long nr_lines;
	static struct timespec began;
	struct timespec now;
	va_list args;
	double since;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!began.tv_sec)
		began = now;
	since = now.tv_sec - began.tv_sec +
		(now.tv_nsec - began.tv_nsec) / 1e9;
	/* No time passes, but for what a line takes. */
	if (param("time-travel=inf-cpu"))
		since = ++nr_lines / 1e6;
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

	for (int nr = 0; nr < argc && nr < MAX_PARAMS; nr++)
		params[nr_params++] = argv[nr];
	for (int nr = 1; nr < argc && used < sizeof(line); nr++)
		used += snprintf(line + used, sizeof(line) - used, "%s%s",
				 nr > 1 ? " " : "", argv[nr]);
	saved_command_line = line;
}

void trap_init(void);
int start_kernel(void);
const char *__asan_default_options(void);

/*
 * For CONFIG_KASAN, which is the sanitizer of the host here. What leaks, the suites
 * notice; and in the end it would stop the process to look for itself, which does not
 * always do for one that was forked.
 */
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

int main(int argc, char **argv)
{
	save_command_line(argc, argv);
	trap_init();
	if (param("init=/init") && param("rootflags=")) {
		/* A user space: a program below the folder that is its root */
		char path[4096];

		snprintf(path, sizeof(path), "%s/init", param("rootflags="));
		if (system(path))
			return 1;
	}
	return start_kernel();
}
