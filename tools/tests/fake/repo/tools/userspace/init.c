// SPDX-License-Identifier: GPL-2.0
/* What the fake kernel runs as its init: one check, which passes. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int check_fork(void)
{
	int status = 1;
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return pid < 0 || waitpid(pid, &status, 0) != pid || status;
}

static const struct {
	const char *name;
	int (*check)(void);
} checks[] = {
	{ "fork", check_fork },
};

int main(void)
{
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		printf("userspace: %s %s\n", checks[i].check() ? "not ok" : "ok",
		       checks[i].name);
	printf("userspace: done\n");
	return 0;
}
