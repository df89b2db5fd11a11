// SPDX-License-Identifier: GPL-2.0
/*
 * A userfaultfd, as its monitor has it.
 */
#include <kunit/test.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/userfaultfd.h>

#include "mm.h"
#include "uffd.h"

static void uffd_release(void *file)
{
	fput(file);
}

/**
 * mmk_uffd_ioctl() - ioctl() of a userfaultfd
 * @test: the case
 * @uffd: from mmk_uffd_open()
 * @cmd: UFFDIO_*
 * @arg: its arguments, which it may change
 *
 * Return: what ioctl() returns.
 */
long mmk_uffd_ioctl(struct kunit *test, struct mmk_uffd *uffd, unsigned int cmd,
		    void *arg)
{
	void __user *user = (void __user *)uffd->arg;
	long ret;

	KUNIT_EXPECT_EQ(test, 0UL, copy_to_user(user, arg, _IOC_SIZE(cmd)));
	ret = uffd->file->f_op->unlocked_ioctl(uffd->file, cmd, uffd->arg);
	KUNIT_EXPECT_EQ(test, 0UL, copy_from_user(arg, user, _IOC_SIZE(cmd)));
	return ret;
}

/**
 * mmk_uffd_open_with() - Make a userfaultfd for current->mm that can more
 * @test: the case; skipped if the kernel has none
 * @features: UFFD_FEATURE_*, all of which it has to have
 *
 * Return: the userfaultfd, which watches nothing yet.
 */
struct mmk_uffd *mmk_uffd_open_with(struct kunit *test, u64 features)
{
	struct mmk_uffd *uffd = kunit_kzalloc(test, sizeof(*uffd), GFP_KERNEL);
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd;

	if (!IS_ENABLED(CONFIG_USERFAULTFD))
		kunit_skip(test, "needs CONFIG_USERFAULTFD");
	KUNIT_ASSERT_NOT_NULL(test, uffd);
	uffd->arg = mmk_map_anon(test, 1);
	/* Its protection differs: no other VMA is merged with it. */
	mmk_mmap(test, NULL, PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
	fd = sys_userfaultfd(O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
	KUNIT_ASSERT_GE(test, fd, 0);
	uffd->file = fget(fd);
	close_fd(fd);
	KUNIT_ASSERT_NOT_NULL(test, uffd->file);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, uffd_release,
							uffd->file), 0);
	KUNIT_ASSERT_EQ(test, mmk_uffd_ioctl(test, uffd, UFFDIO_API, &api), 0L);
	KUNIT_ASSERT_EQ(test, api.features & features, features);
	return uffd;
}

/**
 * mmk_uffd_open() - Make a userfaultfd for current->mm
 * @test: the case; skipped if the kernel has none
 *
 * Return: the userfaultfd, which watches nothing yet.
 */
struct mmk_uffd *mmk_uffd_open(struct kunit *test)
{
	return mmk_uffd_open_with(test, 0);
}

/**
 * mmk_uffd_close() - Close it before the case ends
 * @test: the case
 * @uffd: from mmk_uffd_open(); it watches nothing any more when this returns
 */
void mmk_uffd_close(struct kunit *test, struct mmk_uffd *uffd)
{
	kunit_release_action(test, uffd_release, uffd->file);
	/* A kernel thread leaves this to a work queue. */
	flush_delayed_fput();
}

/**
 * mmk_uffd_watch() - Let it watch a range
 * @test: the case
 * @uffd: from mmk_uffd_open()
 * @addr: where
 * @len: bytes
 * @mode: UFFDIO_REGISTER_MODE_*
 *
 * Return: the ioctls that the range has, a bit for each.
 */
u64 mmk_uffd_watch(struct kunit *test, struct mmk_uffd *uffd,
		   unsigned long addr, size_t len, u64 mode)
{
	struct uffdio_register reg = {
		.range = { .start = addr, .len = len },
		.mode = mode,
	};

	KUNIT_ASSERT_EQ(test, mmk_uffd_ioctl(test, uffd, UFFDIO_REGISTER, &reg),
			0L);
	return reg.ioctls;
}

/**
 * mmk_uffd_protect() - UFFDIO_WRITEPROTECT
 * @test: the case
 * @uffd: it watches the range for writes
 * @addr: where
 * @len: bytes
 * @on: whether writes are to be reported from now on; if not, wake who waits
 */
void mmk_uffd_protect(struct kunit *test, struct mmk_uffd *uffd,
		      unsigned long addr, size_t len, bool on)
{
	struct uffdio_writeprotect wp = {
		.range = { .start = addr, .len = len },
		.mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
	};

	KUNIT_ASSERT_EQ(test, mmk_uffd_ioctl(test, uffd, UFFDIO_WRITEPROTECT,
					     &wp), 0L);
}

/**
 * mmk_uffd_read() - Read the next message, if there is one
 * @uffd: the userfaultfd
 * @msg: the message
 *
 * Return: whether there was one.
 */
bool mmk_uffd_read(struct mmk_uffd *uffd, struct uffd_msg *msg)
{
	void __user *user = (void __user *)uffd->arg;
	loff_t pos = 0;

	return vfs_read(uffd->file, user, sizeof(*msg), &pos) == sizeof(*msg) &&
	       !copy_from_user(msg, user, sizeof(*msg));
}

/**
 * mmk_uffd_register() - Let it watch a range for missing pages
 * @test: the case
 * @uffd: from mmk_uffd_open()
 * @addr: where
 * @len: bytes
 *
 * Return: the ioctls that the range has, a bit for each.
 */
u64 mmk_uffd_register(struct kunit *test, struct mmk_uffd *uffd,
		      unsigned long addr, size_t len)
{
	return mmk_uffd_watch(test, uffd, addr, len,
			      UFFDIO_REGISTER_MODE_MISSING);
}

/**
 * mmk_uffd_zero() - Fill a missing page with zeroes
 * @test: the case
 * @uffd: from mmk_uffd_open()
 * @addr: of the page, registered
 *
 * A task that waits for the page is woken.
 */
void mmk_uffd_zero(struct kunit *test, struct mmk_uffd *uffd,
		   unsigned long addr)
{
	struct uffdio_zeropage zero = {
		.range = { .start = addr, .len = PAGE_SIZE },
	};

	KUNIT_EXPECT_EQ(test, mmk_uffd_ioctl(test, uffd, UFFDIO_ZEROPAGE, &zero),
			0L);
	KUNIT_EXPECT_EQ(test, zero.zeropage, (s64)PAGE_SIZE);
}
