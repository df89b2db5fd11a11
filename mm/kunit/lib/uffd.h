/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A userfaultfd
 */
#ifndef _MM_KUNIT_LIB_UFFD_H
#define _MM_KUNIT_LIB_UFFD_H

#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/types.h>

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
long mmk_uffd_ioctl(struct kunit *test, struct mmk_uffd *uffd, unsigned int cmd,
		    void *arg);
void mmk_uffd_register(struct kunit *test, struct mmk_uffd *uffd,
		       unsigned long addr, size_t len);

#endif /* _MM_KUNIT_LIB_UFFD_H */
