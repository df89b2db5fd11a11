// SPDX-License-Identifier: GPL-2.0
/*
 * snapshot=IN,OUT,SECONDS: fork a child for each line that is read from IN, which is a
 * piece of command line, and tell OUT of it.
 */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/lib.h>

bool snapshot_child;

static int read_line(int file, char *line, int size)
{
	int used = 0;

	while (used < size - 1 && read(file, line + used, 1) == 1) {
		if (line[used] == '\n') {
			line[used] = 0;
			return used;
		}
		used++;
	}
	return -1;
}

static void become_child(int seconds)
{
	struct rlimit limit = { seconds, seconds + 1 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	if (seconds)
		setrlimit(RLIMIT_CPU, &limit);
	snapshot_child = true;
}

/**
 * snapshot() - Fork children, if the command line asks for it
 *
 * Return: in each child, and if it does not; the parent ends here.
 */
void snapshot(void)
{
	static char line[4096];
	const char *where = param("snapshot=");
	int in, out, seconds = 0, status;
	struct rusage usage;
	pid_t pid;

	if (!where || sscanf(where, "%d,%d,%d", &in, &out, &seconds) < 2)
		return;
	dprintf(out, "ready\n");
	while (read_line(in, line, sizeof(line)) >= 0) {
		fflush(NULL);
		pid = fork();
		if (!pid) {
			become_child(seconds);
			if (!strcmp(line, "exit"))
				exit(0);
			add_params(line);
			return;
		}
		if (pid < 0) {
			dprintf(out, "done %d 0 0\n", -errno);
			continue;
		}
		dprintf(out, "child %d\n", pid);
		wait4(pid, &status, 0, &usage);
		dprintf(out, "done %d %d %ld\n", pid, status,
			(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
			usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
	}
	/* Whoever asked is gone. */
	_exit(0);
}
