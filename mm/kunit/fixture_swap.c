// SPDX-License-Identifier: GPL-2.0
/*
 * A real swap area on a RAM disk, through swapon and swapoff.
 */
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/major.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../internal.h"
#include "fixtures.h"

#define SWAP_NODE	"/mmk_swap"

static int swap_make_node(void)
{
	struct dentry *dentry;
	struct path path;
	int err;

	dentry = kern_path_create(AT_FDCWD, SWAP_NODE, &path, 0);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry) == -EEXIST ? 0 : PTR_ERR(dentry);
	err = vfs_mknod(mnt_idmap(path.mnt), d_inode(path.dentry), dentry,
			S_IFBLK | 0600, MKDEV(RAMDISK_MAJOR, 0));
	done_path_create(&path, dentry);
	return err;
}

static int swap_write_header(void)
{
	union swap_header *header;
	struct file *file;
	loff_t pos = 0;
	ssize_t ret;

	file = filp_open(SWAP_NODE, O_RDWR | O_LARGEFILE, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);

	header = kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!header) {
		filp_close(file, NULL);
		return -ENOMEM;
	}
	header->info.version = 1;
	header->info.last_page =
		(i_size_read(file->f_mapping->host) >> PAGE_SHIFT) - 1;
	memcpy(header->magic.magic, "SWAPSPACE2", 10);
	ret = kernel_write(file, header, PAGE_SIZE, &pos);
	kfree(header);
	if (ret == PAGE_SIZE)
		ret = vfs_fsync(file, 0);
	else if (ret >= 0)
		ret = -EIO;
	filp_close(file, NULL);
	return ret;
}

/**
 * mmk_swap_prepare() - Let the RAM disk take all the pages that it will ever hold
 *
 * It keeps what has once been written to, which would look like a leak of the
 * case that does so first.
 */
void mmk_swap_prepare(void)
{
	void *zeroes = kzalloc(PAGE_SIZE, GFP_KERNEL);
	struct file *file = NULL;
	loff_t pos = 0, size;

	scoped_with_init_fs() {
		if (zeroes && !swap_make_node())
			file = filp_open(SWAP_NODE, O_RDWR | O_LARGEFILE, 0);
	}
	if (!IS_ERR_OR_NULL(file)) {
		size = i_size_read(file->f_mapping->host);
		while (pos < size &&
		       kernel_write(file, zeroes, PAGE_SIZE, &pos) > 0)
			;
		vfs_fsync(file, 0);
		filp_close(file, NULL);
	}
	kfree(zeroes);
}

/**
 * mmk_swap_off() - swapoff
 * @swap: from mmk_swap_on()
 *
 * Return: what the system call returns.
 */
long mmk_swap_off(struct mmk_swap *swap)
{
	/* Deferred actions run in a thread that has no mm. */
	bool borrow = current->mm != swap->mm;
	long ret;

	/* The path is a user pointer. */
	if (borrow)
		kthread_use_mm(swap->mm);
	ret = sys_swapoff((const char __user *)swap->path);
	if (!ret)
		swap->on = false;
	if (borrow)
		kthread_unuse_mm(swap->mm);
	return ret;
}

static void swap_release(void *data)
{
	struct mmk_swap *swap = data;

	if (swap->on)
		mmk_swap_off(swap);
}

/**
 * mmk_swap_on() - Turn a swap area on until the case ends
 * @test: the running case, which has entered an mm
 *
 * Return: the area.
 */
struct mmk_swap *mmk_swap_on(struct kunit *test)
{
	struct mmk_swap *swap;

	KUNIT_ASSERT_NOT_NULL(test, current->mm);
	scoped_with_init_fs() {
		KUNIT_ASSERT_EQ(test, swap_make_node(), 0);
		KUNIT_ASSERT_EQ(test, swap_write_header(), 0);
	}

	swap = kunit_kzalloc(test, sizeof(*swap), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, swap);
	swap->mm = current->mm;
	swap->path = mmk_map_anon(test, 1);
	KUNIT_ASSERT_EQ(test, 0UL,
			copy_to_user((void __user *)swap->path, SWAP_NODE,
				     sizeof(SWAP_NODE)));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, swap_release,
							swap), 0);
	scoped_with_init_fs()
		KUNIT_ASSERT_EQ(test, 0L,
				sys_swapon((const char __user *)swap->path, 0));
	swap->on = true;
	return swap;
}

/**
 * mmk_pageout() - Reclaim pages of current->mm
 * @addr: start
 * @len: bytes
 *
 * A folio that somebody else holds a reference on is unmapped but stays in the
 * swap cache.
 *
 * Return: what madvise(MADV_PAGEOUT) returns.
 */
int mmk_pageout(unsigned long addr, size_t len)
{
	return do_madvise(current->mm, addr, len, MADV_PAGEOUT);
}
