// SPDX-License-Identifier: GPL-2.0
/*
 * A real swap area on a RAM disk, through swapon and swapoff.
 */
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/major.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/namei.h>
#include <linux/percpu-refcount.h>
#include <linux/poison.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/file.h"
#include "../compat/swap.h"
#include "mm.h"
#include "snapshot.h"
#include "swap.h"
#include "task.h"
#include "wait.h"

/* One node for each RAM disk; brd makes the disk when it is first opened. */
#define SWAP_NODE_SIZE	16

/* Pages of each area but the first, with the header */
#define SWAP_SMALL	16

static void swap_node_name(char *name, unsigned int minor)
{
	scnprintf(name, SWAP_NODE_SIZE, "/mmk_swap%u", minor);
}

static int swap_make_node(unsigned int minor)
{
	char name[SWAP_NODE_SIZE];
	struct dentry *dentry;
	struct path path;
	int err;

	swap_node_name(name, minor);
	dentry = start_creating_path(AT_FDCWD, name, &path, 0);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry) == -EEXIST ? 0 : PTR_ERR(dentry);
	err = mmk_mknod(&path, dentry, S_IFBLK | 0600,
			MKDEV(RAMDISK_MAJOR, minor));
	end_creating_path(&path, dentry);
	return err;
}

static int swap_write_header(unsigned int minor)
{
	char name[SWAP_NODE_SIZE];
	union swap_header *header;
	struct file *file;
	loff_t pos = 0;
	ssize_t ret;
	unsigned int i, pages = 1;

	swap_node_name(name, minor);
	file = filp_open(name, O_RDWR | O_LARGEFILE, 0);
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
	if (minor) {
		pages = SWAP_SMALL;
		header->info.last_page = pages - 1;
	}
	memcpy(header->magic.magic, "SWAPSPACE2", 10);
	/* The disk then has all of its pages: see mmk_swap_prepare(). */
	for (i = 0; i < pages; i++) {
		ret = kernel_write(file, header, PAGE_SIZE, &pos);
		if (ret != PAGE_SIZE)
			break;
		memset(header, 0, PAGE_SIZE);
	}
	kfree(header);
	if (ret == PAGE_SIZE)
		ret = vfs_fsync(file, 0);
	else if (ret >= 0)
		ret = -EIO;
	filp_close(file, NULL);
	return ret;
}

/**
 * mmk_swap_prepare() - Let the RAM disk allocate all of its pages
 *
 * A RAM disk keeps a page that has been written to once: a leak, as it would
 * seem, of the case that writes first.
 */
void mmk_swap_prepare(void)
{
	void *zeroes = kzalloc(PAGE_SIZE, GFP_KERNEL);
	char name[SWAP_NODE_SIZE];
	struct file *file = NULL;
	loff_t pos = 0, size;

	swap_node_name(name, 0);
	scoped_with_init_fs() {
		if (zeroes && !swap_make_node(0))
			file = filp_open(name, O_RDWR | O_LARGEFILE, 0);
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
 * @swap: from mmk_swap_on() or mmk_swap_alloc()
 *
 * Return: what the system call returns.
 */
long mmk_swap_off(struct mmk_swap *swap)
{
	/* Deferred actions run in a thread that has no mm. */
	bool borrow = current->mm != swap->mm;
	long ret = -EINVAL;

	/* The path is in the memory of that mm. */
	if (borrow)
		kthread_use_mm(swap->mm);
	scoped_with_init_fs()
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
 * mmk_swap_format() - Make a RAM disk a swap area
 * @minor: which RAM disk
 *
 * The first is an area as a whole, of any other a few pages. A RAM disk keeps
 * what has been written to it: suites do this before their cases, too.
 *
 * Return: 0 or an error.
 */
int mmk_swap_format(unsigned int minor)
{
	int err = 0;

	scoped_with_init_fs() {
		err = swap_make_node(minor);
		if (!err)
			err = swap_write_header(minor);
	}
	return err;
}

/**
 * mmk_swap_alloc() - Prepare a swap area that is not on yet
 * @test: the case, which has entered an mm
 * @minor: on which RAM disk, see mmk_swap_format()
 *
 * Return: the area, which is turned off when the case ends.
 */
struct mmk_swap *mmk_swap_alloc(struct kunit *test, unsigned int minor)
{
	char name[SWAP_NODE_SIZE];
	struct mmk_swap *swap;

	KUNIT_ASSERT_NOT_NULL(test, current->mm);
	KUNIT_ASSERT_EQ(test, mmk_swap_format(minor), 0);
	swap = kunit_kzalloc(test, sizeof(*swap), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, swap);
	swap->mm = current->mm;
	swap->path = mmk_map_anon(test, 1);
	swap_node_name(name, minor);
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)swap->path, name,
					   sizeof(name)), 0UL);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, swap_release,
							swap), 0);
	return swap;
}

static long swap_try_on(struct mmk_swap *swap, int flags)
{
	long ret = -EINVAL;

	scoped_with_init_fs()
		ret = sys_swapon((const char __user *)swap->path, flags);
	if (!ret)
		swap->on = true;
	return ret;
}

/**
 * mmk_swap_try_on() - swapon
 * @swap: from mmk_swap_alloc(); current->mm has to be the same as then
 *
 * Return: what the system call returns.
 */
long mmk_swap_try_on(struct mmk_swap *swap)
{
	return swap_try_on(swap, 0);
}

/**
 * mmk_swap_try_prefer() - swapon, with a priority above that of all others
 * @swap: from mmk_swap_alloc(); current->mm has to be the same as then
 *
 * Return: what the system call returns.
 */
long mmk_swap_try_prefer(struct mmk_swap *swap)
{
	return swap_try_on(swap, SWAP_FLAG_PREFER | 1);
}

/**
 * mmk_swap_on() - Turn a swap area on until the case ends
 * @test: the case, which has entered an mm
 *
 * Return: the area.
 */
struct mmk_swap *mmk_swap_on(struct kunit *test)
{
	struct mmk_swap *swap = mmk_swap_alloc(test, 0);

	KUNIT_ASSERT_EQ(test, mmk_swap_try_on(swap), 0L);
	return swap;
}

/**
 * mmk_swap_on_slow() - Turn on a swap area that counts as slow
 * @test: the case, which has entered an mm
 *
 * Kernels need not keep pages of a RAM disk in the swap cache, since they are
 * fast to read. For cases that are about the swap cache.
 *
 * Return: the area.
 */
struct mmk_swap *mmk_swap_on_slow(struct kunit *test)
{
	struct mmk_swap *swap = mmk_swap_on(test);
	/* There is only this area. */
	struct swap_info_struct *si = __swap_entry_to_info(swp_entry(0, 1));

	KUNIT_ASSERT_NOT_NULL(test, si);
	spin_lock(&si->lock);
	si->flags &= ~SWP_SYNCHRONOUS_IO;
	spin_unlock(&si->lock);
	return swap;
}

/**
 * struct swap_watch - A swap area, and who refers to it
 * @test: the case
 * @swap: the area
 * @si: the area, as the kernel has it
 * @refs: references on it when it was turned on
 */
struct swap_watch {
	struct kunit *test;
	struct mmk_swap *swap;
	struct swap_info_struct *si;
	long refs;
};

/* Reports leaked references and drops them: swapoff would wait for ever. */
static void swap_watch_end(void *data)
{
	struct swap_watch *w = data;
	long leaked;

	mmk_wait_for(!mmk_tasks_running());
	if (!w->swap->on)
		return;
	leaked = mmk_percpu_ref_sum(&w->si->users) - w->refs;
	KUNIT_EXPECT_EQ_MSG(w->test, leaked, 0L,
			    "references on the swap area leaked");
	for (; leaked > 0; leaked--)
		percpu_ref_put(&w->si->users);
	for (; leaked < 0; leaked++)
		percpu_ref_get(&w->si->users);
}

/**
 * mmk_swap_on_watched() - Turn a swap area on, and look for leaked references
 * @test: the case, which fails if a reference on the area is left when it ends
 * @slow: the area counts as slow, see mmk_swap_on_slow()
 *
 * Return: the area, the only one that is on.
 */
struct mmk_swap *mmk_swap_on_watched(struct kunit *test, bool slow)
{
	struct mmk_swap *swap = slow ? mmk_swap_on_slow(test) :
				       mmk_swap_on(test);
	struct swap_watch *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->test = test;
	w->swap = swap;
	w->si = __swap_entry_to_info(swp_entry(0, 1));
	KUNIT_ASSERT_NOT_NULL(test, w->si);
	w->refs = mmk_percpu_ref_sum(&w->si->users);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, swap_watch_end, w),
			0);
	return swap;
}

/**
 * mmk_swap_slots_used() - Slots of all areas that are in use
 *
 * Return: how many.
 */
long mmk_swap_slots_used(void)
{
	mmk_swap_slots_drain();
	return total_swap_pages - get_nr_swap_pages();
}

/**
 * mmk_scrub_free_pages() - Fill free pages with other bytes
 *
 * A page that has not been read might hold the right bytes by chance.
 */
void mmk_scrub_free_pages(void)
{
	struct page *pages[64];
	int nr;

	for (nr = 0; nr < ARRAY_SIZE(pages); nr++) {
		pages[nr] = alloc_page(GFP_HIGHUSER_MOVABLE);
		if (!pages[nr])
			break;
		memset_page(pages[nr], 0, POISON_INUSE, PAGE_SIZE);
	}
	while (nr--)
		__free_page(pages[nr]);
}

static void swapoff_main(struct mmk_task *task)
{
	struct mmk_swapoff *off = container_of(task, struct mmk_swapoff, task);

	off->ret = mmk_swap_off(off->swap);
}

/**
 * mmk_swapoff_alloc() - Make a thread that will turn a swap area off
 * @test: the case
 * @swap: the area
 *
 * Return: the thread, for mmk_task_start().
 */
struct mmk_swapoff *mmk_swapoff_alloc(struct kunit *test, struct mmk_swap *swap)
{
	struct mmk_swapoff *off = mmk_task_alloc(test, sizeof(*off), swap->mm,
						 swapoff_main);

	off->swap = swap;
	return off;
}

/**
 * mmk_swapoff_process() - Make a process that will turn a swap area off
 * @test: the case, which has entered the mm of the area
 * @swap: the area
 *
 * A signal can stop it.
 *
 * Return: the process, for mmk_process_start().
 */
struct mmk_swapoff *mmk_swapoff_process(struct kunit *test,
					struct mmk_swap *swap)
{
	struct mmk_swapoff *off = mmk_process_alloc(test, sizeof(*off),
						    swapoff_main);

	off->swap = swap;
	return off;
}

/**
 * mmk_swapoff() - Turn a swap area off, in a task that can be left behind
 * @test: the case, which fails if swapoff does
 * @swap: the area
 *
 * Return: whether swapoff has come back.
 */
bool mmk_swapoff(struct kunit *test, struct mmk_swap *swap)
{
	struct mmk_swapoff *off = mmk_swapoff_alloc(test, swap);

	mmk_task_start(&off->task);
	if (!mmk_task_join(&off->task)) {
		KUNIT_FAIL(test, "swapoff does not end");
		return false;
	}
	KUNIT_EXPECT_EQ(test, off->ret, 0L);
	/* What a kernel thread closes is open a little longer. */
	flush_delayed_fput();
	return true;
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
