// SPDX-License-Identifier: GPL-2.0
/*
 * The only program of an ordinary boot: it forks, protects, remaps, has pages
 * write-protected by userfaultfd, poisons some, and checks what it sees. A line for each
 * check goes to the kernel's log, "userspace: ok NAME" or "userspace: not ok
 * NAME: WHY"; the last one is "userspace: done".
 *
 * It is linked statically, and needs an empty folder /mnt.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif

#define NR_PAGES	16
#define HUGE_SIZE	(2UL << 20)

static size_t page;
static int log_fd = -1;

static void say(const char *format, ...)
{
	char line[256];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (write(log_fd, line, len) != len)
		_exit(3);
}

/* Why the check at hand has failed; "" as long as it has not */
static char why[128];

static void fail(const char *format, ...)
{
	va_list args;

	if (why[0])
		return;
	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
}

#define EXPECT(cond)							\
do {									\
	if (!(cond))							\
		fail("%s (line %d, errno %d)", #cond, __LINE__, errno);	\
} while (0)

/* Memory */

static volatile unsigned char *map(size_t len, int prot)
{
	void *addr = mmap(NULL, len, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (addr == MAP_FAILED) {
		fail("mmap: errno %d", errno);
		say("userspace: not ok mmap: %s\n", why);
		exit(2);
	}
	return addr;
}

static void fill(volatile unsigned char *at, size_t len, unsigned char seed)
{
	size_t i;

	for (i = 0; i < len; i += 64)
		at[i] = seed + i / 64;
}

static bool holds(volatile unsigned char *at, size_t len, unsigned char seed)
{
	size_t i;

	for (i = 0; i < len; i += 64)
		if (at[i] != (unsigned char)(seed + i / 64))
			return false;
	return true;
}

/* Accesses that may fault */

static sigjmp_buf fault_jump;
/* What the last signal has told */
static siginfo_t fault_info;

static void fault_handler(int sig, siginfo_t *info, void *context)
{
	(void)context;
	fault_info = *info;
	siglongjmp(fault_jump, sig);
}

static bool can(volatile unsigned char *at, bool write)
{
	if (sigsetjmp(fault_jump, 1))
		return false;
	if (write)
		*at = *at;
	else
		(void)*at;
	return true;
}

/* Processes */

static int child_status(pid_t pid)
{
	int status = -1;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* fork() */

static void check_fork(void)
{
	volatile unsigned char *at = map(NR_PAGES * page, PROT_READ | PROT_WRITE);
	pid_t pid;

	fill(at, NR_PAGES * page, 1);
	pid = fork();
	if (!pid) {
		bool same = holds(at, NR_PAGES * page, 1);

		fill(at, NR_PAGES * page, 2);
		_exit(!(same && holds(at, NR_PAGES * page, 2)));
	}
	EXPECT(child_status(pid) == 0);
	EXPECT(holds(at, NR_PAGES * page, 1));
	fill(at, NR_PAGES * page, 3);
	EXPECT(holds(at, NR_PAGES * page, 3));
	munmap((void *)at, NR_PAGES * page);
}

/* mprotect(), and system calls that are given such memory */

static void check_mprotect(void)
{
	volatile unsigned char *at = map(NR_PAGES * page, PROT_READ | PROT_WRITE);
	void *mid = (void *)(at + 4 * page);
	volatile unsigned char *m = mid;
	int pipes[2];

	fill(at, NR_PAGES * page, 4);
	EXPECT(pipe(pipes) == 0);
	EXPECT(mprotect(mid, page, PROT_READ) == 0);
	EXPECT(can(m, false) && !can(m, true));
	EXPECT(can(m - 1, true) && can(m + page, true));
	EXPECT(write(pipes[1], mid, 8) == 8);
	EXPECT(read(pipes[0], mid, 8) == -1 && errno == EFAULT);

	EXPECT(mprotect(mid, page, PROT_NONE) == 0);
	EXPECT(!can(m, false) && !can(m, true));
	EXPECT(write(pipes[1], mid, 8) == -1 && errno == EFAULT);

	EXPECT(mprotect(mid, page, PROT_READ | PROT_WRITE) == 0);
	EXPECT(can(m, true));
	EXPECT(holds(at, NR_PAGES * page, 4));
	close(pipes[0]);
	close(pipes[1]);
	munmap((void *)at, NR_PAGES * page);
}

/* mremap() */

static void check_mremap(void)
{
	volatile unsigned char *at = map(NR_PAGES * page, PROT_READ | PROT_WRITE);
	volatile unsigned char *to = map(2 * NR_PAGES * page, PROT_NONE), *moved;

	fill(at, NR_PAGES * page, 5);
	moved = mremap((void *)at, NR_PAGES * page, 2 * NR_PAGES * page,
		       MREMAP_MAYMOVE | MREMAP_FIXED, (void *)to);
	EXPECT(moved == to);
	if (moved != to)
		return;
	EXPECT(holds(to, NR_PAGES * page, 5));
	EXPECT(to[NR_PAGES * page] == 0);
	EXPECT(!can(at, false));
	fill(to, 2 * NR_PAGES * page, 6);
	EXPECT(holds(to, 2 * NR_PAGES * page, 6));
	munmap((void *)to, 2 * NR_PAGES * page);
}

/* userfaultfd */

static int uffd_open(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(SYS_userfaultfd,
			 O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);

	EXPECT(fd >= 0 && ioctl(fd, UFFDIO_API, &api) == 0);
	EXPECT(api.features & UFFD_FEATURE_PAGEFAULT_FLAG_WP);
	return fd;
}

static void uffd_watch(int fd, volatile unsigned char *at, size_t len)
{
	struct uffdio_register reg = {
		.range = { .start = (unsigned long)at, .len = len },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};

	EXPECT(ioctl(fd, UFFDIO_REGISTER, &reg) == 0);
}

static void uffd_protect(int fd, volatile unsigned char *at, size_t len, bool on)
{
	struct uffdio_writeprotect wp = {
		.range = { .start = (unsigned long)at, .len = len },
		.mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
	};

	EXPECT(ioctl(fd, UFFDIO_WRITEPROTECT, &wp) == 0);
}

/* A message, at once or after at most five seconds */
static bool uffd_read(int fd, struct uffd_msg *msg, bool wait)
{
	struct pollfd polled = { .fd = fd, .events = POLLIN };

	return poll(&polled, 1, wait ? 5000 : 0) == 1 &&
	       read(fd, msg, sizeof(*msg)) == sizeof(*msg);
}

static volatile unsigned char *target;

/* Runs in the address space of its parent. */
static int write_target(void *unused)
{
	(void)unused;
	*target = 0xee;
	_exit(0);
}

static pid_t write_by_another(volatile unsigned char *at)
{
	static char stack[65536] __attribute__((aligned(16)));

	target = at;
	return clone(write_target, stack + sizeof(stack), CLONE_VM | SIGCHLD,
		     NULL);
}

static void uffd_check(volatile unsigned char *at, size_t len, size_t offset)
{
	volatile unsigned char *w = at + offset;
	unsigned char before;
	struct uffd_msg msg;
	int fd = uffd_open();
	pid_t pid;

	uffd_watch(fd, at, len);
	/* Not protected: not reported */
	EXPECT(child_status(write_by_another(w)) == 0 && *w == 0xee);
	EXPECT(!uffd_read(fd, &msg, false));

	fill(at, len, 7);
	before = *w;
	uffd_protect(fd, at, len, true);
	EXPECT(holds(at, len, 7));
	pid = write_by_another(w);
	EXPECT(uffd_read(fd, &msg, true));
	if (!why[0]) {
		EXPECT(msg.event == UFFD_EVENT_PAGEFAULT);
		EXPECT(msg.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP);
		EXPECT(msg.arg.pagefault.address / page ==
		       (unsigned long)w / page);
		EXPECT(*w == before);
	}
	uffd_protect(fd, at, len, false);
	EXPECT(child_status(pid) == 0 && *w == 0xee);
	EXPECT(!uffd_read(fd, &msg, false));

	/* A child of its own address space is not watched. */
	fill(at, len, 8);
	uffd_protect(fd, at, len, true);
	pid = fork();
	if (!pid) {
		*w = 0x11;
		_exit(*w != 0x11);
	}
	EXPECT(child_status(pid) == 0);
	EXPECT(!uffd_read(fd, &msg, false));
	EXPECT(holds(at, len, 8));
	close(fd);
	/* Nobody watches any more. */
	EXPECT(can(w, true));
}

static void check_userfaultfd(void)
{
	volatile unsigned char *at = map(NR_PAGES * page, PROT_READ | PROT_WRITE);

	uffd_check(at, NR_PAGES * page, 3 * page);
	munmap((void *)at, NR_PAGES * page);
}

/* Soft-dirty */

static void clear_soft_dirty(void)
{
	int fd = open("/mnt/proc/self/clear_refs", O_WRONLY);

	EXPECT(fd >= 0 && write(fd, "4", 1) == 1);
	close(fd);
}

static bool soft_dirty(volatile unsigned char *at)
{
	int fd = open("/mnt/proc/self/pagemap", O_RDONLY);
	uint64_t entry = 0;

	EXPECT(fd >= 0 && pread(fd, &entry, sizeof(entry), (unsigned long)at /
				page * sizeof(entry)) == sizeof(entry));
	close(fd);
	return entry >> 55 & 1;
}

static void soft_dirty_check(volatile unsigned char *at, size_t len)
{
	size_t i;

	fill(at, len, 9);
	EXPECT(soft_dirty(at));
	clear_soft_dirty();
	for (i = 0; i < len; i += page)
		EXPECT(!soft_dirty(at + i));
	EXPECT(holds(at, len, 9));
	EXPECT(!soft_dirty(at + 2 * page));
	at[2 * page] = 1;
	EXPECT(soft_dirty(at + 2 * page));
}

static void check_soft_dirty(void)
{
	volatile unsigned char *at = map(NR_PAGES * page, PROT_READ | PROT_WRITE);
	volatile unsigned char *to = map(page, PROT_NONE);
	pid_t pid;

	soft_dirty_check(at, NR_PAGES * page);
	EXPECT(!soft_dirty(at + 3 * page));
	pid = fork();
	if (!pid) {
		why[0] = 0;
		EXPECT(!soft_dirty(at + 3 * page) && soft_dirty(at + 2 * page));
		at[3 * page] = 1;
		EXPECT(soft_dirty(at + 3 * page));
		_exit(!!why[0]);
	}
	EXPECT(child_status(pid) == 0);
	EXPECT(!soft_dirty(at + 3 * page));
	/* What is moved is new where it comes to. */
	EXPECT(mremap((void *)(at + 4 * page), page, page,
		      MREMAP_MAYMOVE | MREMAP_FIXED, (void *)to) == to);
	EXPECT(soft_dirty(to));
	munmap((void *)at, NR_PAGES * page);
}

/* Huge pages */

static void check_huge_pages(void)
{
	static const char enabled[] =
		"/mnt/sys/kernel/mm/transparent_hugepage/enabled";
	volatile unsigned char *room = map(2 * HUGE_SIZE, PROT_READ | PROT_WRITE);
	volatile unsigned char *at = (void *)(((unsigned long)room + HUGE_SIZE -
					       1) & ~(HUGE_SIZE - 1));
	int fd = open(enabled, O_WRONLY);
	pid_t pid;

	EXPECT(fd >= 0 && write(fd, "madvise", 7) == 7);
	close(fd);
	EXPECT(madvise((void *)at, HUGE_SIZE, MADV_HUGEPAGE) == 0);
	soft_dirty_check(at, HUGE_SIZE);
	uffd_check(at, HUGE_SIZE, 99 * page);
	fill(at, HUGE_SIZE, 10);
	pid = fork();
	if (!pid) {
		at[5 * page] = 1;
		_exit(!holds(at, 5 * page, 10));
	}
	EXPECT(child_status(pid) == 0);
	EXPECT(holds(at, HUGE_SIZE, 10));
	/* A part of it is protected: the mapping is split. */
	EXPECT(mprotect((void *)(at + 7 * page), page, PROT_READ) == 0);
	EXPECT(!can(at + 7 * page, true) && can(at + 8 * page, true));
	EXPECT(holds(at, HUGE_SIZE, 10));
	EXPECT(madvise((void *)at, HUGE_SIZE, MADV_DONTNEED) == 0);
	EXPECT(at[0] == 0 && at[HUGE_SIZE - 1] == 0);
	munmap((void *)room, 2 * HUGE_SIZE);
}

/* Memory that fails */

static void check_memory_failure(void)
{
	volatile unsigned char *at = map(NR_PAGES * page, PROT_READ | PROT_WRITE);
	volatile unsigned char *lost = at + 3 * page;
	pid_t pid;

	fill(at, NR_PAGES * page, 11);
	/* A page that is to fail only soon is replaced. */
	EXPECT(madvise((void *)at, page, MADV_SOFT_OFFLINE) == 0);
	EXPECT(holds(at, NR_PAGES * page, 11));
	/* The caller is told at once. */
	if (!sigsetjmp(fault_jump, 1))
		EXPECT(madvise((void *)lost, page, MADV_HWPOISON) == 0);
	memset(&fault_info, 0, sizeof(fault_info));
	EXPECT(!can(lost, false));
	EXPECT(fault_info.si_signo == SIGBUS);
	EXPECT(fault_info.si_code == BUS_MCEERR_AR);
	EXPECT((unsigned long)fault_info.si_addr / page ==
	       (unsigned long)lost / page);
	EXPECT(1UL << fault_info.si_addr_lsb == page);
	EXPECT(holds(at, 3 * page, 11) && can(lost + page, true));
	pid = fork();
	if (!pid)
		_exit(can(lost, true) || !holds(at, 3 * page, 11));
	EXPECT(child_status(pid) == 0);
	munmap((void *)at, NR_PAGES * page);
}

/* hugetlb */

static void set_huge_pages(const char *number)
{
	int fd = open("/mnt/proc/sys/vm/nr_hugepages", O_WRONLY);

	EXPECT(fd >= 0 && write(fd, number, 1) == 1);
	close(fd);
}

static void check_hugetlb(void)
{
	volatile unsigned char *at;
	pid_t pid;

	set_huge_pages("4");
	at = mmap(NULL, 2 * HUGE_SIZE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	EXPECT((void *)at != MAP_FAILED);
	if (why[0])
		return;
	EXPECT((unsigned long)at % HUGE_SIZE == 0);
	fill(at, 2 * HUGE_SIZE, 12);
	pid = fork();
	if (!pid) {
		bool same = holds(at, 2 * HUGE_SIZE, 12);

		at[5 * page] = 1;
		_exit(!(same && at[5 * page] == 1));
	}
	EXPECT(child_status(pid) == 0);
	EXPECT(holds(at, 2 * HUGE_SIZE, 12));
	EXPECT(mprotect((void *)at, HUGE_SIZE, PROT_READ) == 0);
	EXPECT(!can(at + 7 * page, true) && can(at + 7 * page, false));
	EXPECT(can(at + HUGE_SIZE, true));
	EXPECT(mprotect((void *)at, HUGE_SIZE, PROT_READ | PROT_WRITE) == 0);
	fill(at, 2 * HUGE_SIZE, 13);
	EXPECT(holds(at, 2 * HUGE_SIZE, 13));
	EXPECT(madvise((void *)at, HUGE_SIZE, MADV_DONTNEED) == 0);
	EXPECT(at[0] == 0 && at[HUGE_SIZE - 1] == 0 && at[HUGE_SIZE] != 0);
	munmap((void *)at, 2 * HUGE_SIZE);
	EXPECT(!can(at, false));
	set_huge_pages("0");
}

static const struct {
	const char *name;
	void (*run)(void);
} checks[] = {
	{ "fork", check_fork },
	{ "mprotect", check_mprotect },
	{ "mremap", check_mremap },
	{ "userfaultfd", check_userfaultfd },
	{ "soft_dirty", check_soft_dirty },
	{ "huge_pages", check_huge_pages },
	{ "memory_failure", check_memory_failure },
	{ "hugetlb", check_hugetlb },
};

static bool prepare(void)
{
	if (mount("none", "/mnt", "tmpfs", 0, NULL))
		return false;
	mkdir("/mnt/proc", 0755);
	mkdir("/mnt/sys", 0755);
	if (mknod("/mnt/kmsg", S_IFCHR | 0600, makedev(1, 11)))
		return false;
	log_fd = open("/mnt/kmsg", O_WRONLY | O_CLOEXEC);
	return log_fd >= 0 && !mount("none", "/mnt/proc", "proc", 0, NULL) &&
	       !mount("none", "/mnt/sys", "sysfs", 0, NULL);
}

int main(void)
{
	const struct sigaction action = {
		.sa_sigaction = fault_handler,
		.sa_flags = SA_SIGINFO,
	};
	size_t i;

	page = sysconf(_SC_PAGESIZE);
	if (!prepare())
		return 1;
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		why[0] = 0;
		checks[i].run();
		if (why[0])
			say("userspace: not ok %s: %s\n", checks[i].name, why);
		else
			say("userspace: ok %s\n", checks[i].name);
	}
	say("userspace: done\n");
	reboot(RB_POWER_OFF);
	return 1;
}
