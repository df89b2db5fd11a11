// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into a User-Mode Linux kernel: a tick comes at the worst moment.
 *
 * The kernel disarms its timer when it halts, with its signals off; a tick that comes
 * just then stays pending. Whoever turns signals on again has it delivered to a kernel
 * that has no task any more.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int timer_settime(timer_t timer, int flags, const struct itimerspec *new_value,
		  struct itimerspec *old_value)
{
	int result = syscall(SYS_timer_settime, (int)(long)timer, flags, new_value,
			     old_value);

	if (!new_value->it_value.tv_sec && !new_value->it_value.tv_nsec)
		raise(SIGALRM);
	return result;
}
