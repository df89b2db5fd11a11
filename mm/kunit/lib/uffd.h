/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A userfaultfd
 */
#ifndef _MM_KUNIT_LIB_UFFD_H
#define _MM_KUNIT_LIB_UFFD_H

#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/types.h>
#include <linux/userfaultfd.h>

/**
 * struct mmk_uffd - A userfaultfd for current->mm
 * @file: the userfaultfd
 * @arg: user memory for the arguments of ioctl()
 */
struct mmk_uffd {
	struct file *file;
	unsigned long arg;
};

struct mmk_uffd *mmk_uffd_open(struct kunit *test);
struct mmk_uffd *mmk_uffd_open_with(struct kunit *test, u64 features);
void mmk_uffd_close(struct kunit *test, struct mmk_uffd *uffd);
long mmk_uffd_ioctl(struct kunit *test, struct mmk_uffd *uffd, unsigned int cmd,
		    void *arg);
u64 mmk_uffd_register(struct kunit *test, struct mmk_uffd *uffd,
		      unsigned long addr, size_t len);
void mmk_uffd_zero(struct kunit *test, struct mmk_uffd *uffd,
		   unsigned long addr);
u64 mmk_uffd_watch(struct kunit *test, struct mmk_uffd *uffd,
		   unsigned long addr, size_t len, u64 mode);
void mmk_uffd_protect(struct kunit *test, struct mmk_uffd *uffd,
		      unsigned long addr, size_t len, bool on);
bool mmk_uffd_read(struct mmk_uffd *uffd, struct uffd_msg *msg);

#endif /* _MM_KUNIT_LIB_UFFD_H */
