// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel reports, in the words of the real one.
 */
#include <signal.h>
#include <unistd.h>

#include <linux/lib.h>

int lock_events;

void trap_init(void);

void warn_slowpath(const char *file, int line, const char *function,
		   const char *what)
{
	printk("------------[ cut here ]------------\n");
	printk("WARNING: CPU: 0 PID: 1 at %s:%d %s+0x10/0x20\n", file, line,
	       function);
	if (*what)
		printk("%s\n", what);
	printk("CPU: 0 UID: 0 PID: 1 Comm: kunit_try_catch Tainted: G N %s #1\n",
	       UTS_RELEASE);
	printk("Call Trace:\n");
	printk("---[ end trace 0000000000000000 ]---\n");
}

void panic(const char *what)
{
	printk("Kernel panic - not syncing: %s\n", what);
	printk("CPU: 0 UID: 0 PID: 1 Comm: kunit_try_catch Not tainted %s #1\n",
	       UTS_RELEASE);
	printk("Call Trace:\n");
	fflush(stdout);
	/* As User-Mode Linux ends after a panic. */
	signal(SIGABRT, SIG_DFL);
	abort();
}

static void trap(int number)
{
	panic(number == SIGSEGV ? "Segfault with no mm" : "Kernel mode fault");
}

void trap_init(void)
{
	signal(SIGSEGV, trap);
	signal(SIGILL, trap);
	signal(SIGTRAP, trap);
	signal(SIGFPE, trap);
}

void lock_take(struct lock *lock)
{
	WARN(lock->held, "possible recursive locking detected");
	lock->held = true;
	lock->locked = ++lock_events;
}

void lock_drop(struct lock *lock)
{
	WARN(!lock->held, "bad unlock balance detected!");
	lock->held = false;
	lock->unlocked = ++lock_events;
}
