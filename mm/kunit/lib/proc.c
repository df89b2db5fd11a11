// SPDX-License-Identifier: GPL-2.0
/*
 * The files in /proc that tell of an address space, as a process reads them.
 */
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "mm.h"
#include "proc.h"
#include "task.h"

#define PROC_BUFFER_SIZE	(4 * PAGE_SIZE)

static void proc_release(void *mnt)
{
	kern_unmount(mnt);
}

static struct vfsmount *proc_mount(struct kunit *test)
{
	struct file_system_type *type = get_fs_type("proc");
	struct vfsmount *mnt;

	if (!type || !IS_ENABLED(CONFIG_PROC_PAGE_MONITOR))
		kunit_skip(test, "needs CONFIG_PROC_PAGE_MONITOR");

	mnt = kern_mount(type);
	put_filesystem(type);
	KUNIT_ASSERT_FALSE(test, IS_ERR(mnt));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, proc_release,
							mnt), 0);
	return mnt;
}

static void proc_idle(struct mmk_task *task)
{
}

/**
 * mmk_proc_alloc() - Get at the files in /proc of current->mm
 * @test: the case; skipped if there are none
 *
 * Takes a process, which mmk_proc_end() lets go, and a VMA that is shared, so that
 * it is not merged with any other.
 *
 * Return: the files.
 */
struct mmk_proc *mmk_proc_alloc(struct kunit *test)
{
	struct mmk_proc *proc = kunit_kzalloc(test, sizeof(*proc), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, proc);
	proc->size = PROC_BUFFER_SIZE;
	proc->mnt = proc_mount(test);
	proc->buffer = mmk_mmap(test, NULL, proc->size, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS);
	KUNIT_ASSERT_EQ(test, 0UL, clear_user((void __user *)proc->buffer,
					      proc->size));
	proc->task = mmk_process_alloc(test, sizeof(*proc->task), proc_idle);
	return proc;
}

/**
 * mmk_proc_end() - Let the process go
 * @test: the case
 * @proc: from mmk_proc_alloc()
 */
void mmk_proc_end(struct kunit *test, struct mmk_proc *proc)
{
	mmk_process_start(proc->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(proc->task));
}

static struct file *proc_open(struct kunit *test, struct mmk_proc *proc,
			      const char *name, int flags)
{
	char path[32];
	struct file *file;

	snprintf(path, sizeof(path), "%d/%s", task_pid_nr(proc->task->task),
		 name);
	file = file_open_root_mnt(proc->mnt, path, flags, 0);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "%s", path);
	return file;
}

/**
 * mmk_proc_read() - Read one of the files
 * @test: the case
 * @proc: from mmk_proc_alloc()
 * @name: of the file
 * @pos: where to begin
 * @to: where to
 * @len: bytes, &mmk_proc.size at most
 *
 * Return: how many bytes there were.
 */
size_t mmk_proc_read(struct kunit *test, struct mmk_proc *proc,
		     const char *name, loff_t pos, void *to, size_t len)
{
	struct file *file = proc_open(test, proc, name, O_RDONLY);
	size_t got = 0;
	ssize_t n;

	do {
		n = vfs_read(file, (char __user *)proc->buffer + got,
			     min(len, proc->size) - got, &pos);
		got += max_t(ssize_t, n, 0);
	} while (n > 0);
	fput(file);
	KUNIT_ASSERT_EQ(test, n, (ssize_t)0);
	KUNIT_ASSERT_EQ(test, 0UL,
			copy_from_user(to, (void __user *)proc->buffer, got));
	return got;
}

/**
 * mmk_proc_write() - Write to one of the files
 * @test: the case
 * @proc: from mmk_proc_alloc()
 * @name: of the file
 * @text: what to write
 */
void mmk_proc_write(struct kunit *test, struct mmk_proc *proc,
		    const char *name, const char *text)
{
	struct file *file = proc_open(test, proc, name, O_WRONLY);
	ssize_t len = strlen(text), n;
	loff_t pos = 0;

	KUNIT_ASSERT_EQ(test, 0UL, copy_to_user((void __user *)proc->buffer,
						text, len));
	n = vfs_write(file, (char __user *)proc->buffer, len, &pos);
	fput(file);
	KUNIT_ASSERT_EQ(test, n, len);
}

static long smaps_field(struct kunit *test, const char *vma, const char *name)
{
	const char *at = strstr(vma, name);
	long kb = -1;
	int nr;

	KUNIT_ASSERT_NOT_NULL_MSG(test, at, "no %s in:\n%s", name, vma);
	nr = sscanf(at + strlen(name), " %ld kB", &kb);
	KUNIT_ASSERT_EQ(test, nr, 1);
	return kb;
}

/**
 * mmk_proc_smaps() - What smaps or smaps_rollup says
 * @test: the case
 * @proc: from mmk_proc_alloc()
 * @addr: of a VMA; 0 for the sum of all, from smaps_rollup
 * @smaps: filled in
 */
void mmk_proc_smaps(struct kunit *test, struct mmk_proc *proc,
		    unsigned long addr, struct mmk_smaps *smaps)
{
	char *text = kunit_kzalloc(test, proc->size + 1, GFP_KERNEL);
	const char *vma = text;
	char name[32];

	KUNIT_ASSERT_NOT_NULL(test, text);
	mmk_proc_read(test, proc, addr ? "smaps" : "smaps_rollup", 0, text,
		      proc->size);
	if (addr) {
		snprintf(name, sizeof(name), "%08lx-", addr);
		vma = strstr(text, name);
		KUNIT_ASSERT_NOT_NULL_MSG(test, vma, "no %s in:\n%s", name,
					  text);
	}
	smaps->rss = smaps_field(test, vma, "\nRss:");
	smaps->pss = smaps_field(test, vma, "\nPss:");
	smaps->anonymous = smaps_field(test, vma, "\nAnonymous:");
	smaps->swap = smaps_field(test, vma, "\nSwap:");
	smaps->referenced = smaps_field(test, vma, "\nReferenced:");
	smaps->shared = smaps_field(test, vma, "\nShared_Clean:") +
			smaps_field(test, vma, "\nShared_Dirty:");
	smaps->private = smaps_field(test, vma, "\nPrivate_Clean:") +
			 smaps_field(test, vma, "\nPrivate_Dirty:");
	smaps->clean = smaps_field(test, vma, "\nShared_Clean:") +
		       smaps_field(test, vma, "\nPrivate_Clean:");
	smaps->swap_pss = smaps_field(test, vma, "\nSwapPss:");
	smaps->locked = smaps_field(test, vma, "\nLocked:");
	smaps->lazyfree = smaps_field(test, vma, "\nLazyFree:");
	kunit_kfree(test, text);
}

/**
 * mmk_proc_scan() - PAGEMAP_SCAN
 * @test: the case
 * @proc: from mmk_proc_alloc()
 * @arg: range, flags and masks; the rest is filled in
 * @regions: what is found; NULL if nothing is to be reported
 * @nr: room in there
 *
 * Return: how many regions there are; negative if the ioctl fails.
 */
long mmk_proc_scan(struct kunit *test, struct mmk_proc *proc,
		   struct pm_scan_arg *arg, struct page_region *regions,
		   unsigned int nr)
{
	void __user *user = (void __user *)proc->buffer;
	struct file *file = proc_open(test, proc, "pagemap", O_RDONLY);
	size_t vec = ALIGN(sizeof(*arg), SZ_256);
	long ret;

	KUNIT_ASSERT_LE(test, vec + nr * sizeof(*regions), proc->size);
	arg->size = sizeof(*arg);
	arg->vec = regions ? proc->buffer + vec : 0;
	arg->vec_len = regions ? nr : 0;
	KUNIT_EXPECT_EQ(test, 0UL, copy_to_user(user, arg, sizeof(*arg)));
	ret = file->f_op->unlocked_ioctl(file, PAGEMAP_SCAN, proc->buffer);
	fput(file);
	KUNIT_EXPECT_EQ(test, 0UL, copy_from_user(arg, user, sizeof(*arg)));
	if (ret > 0)
		KUNIT_EXPECT_EQ(test, 0UL,
				copy_from_user(regions, user + vec,
					       ret * sizeof(*regions)));
	return ret;
}

/**
 * mmk_proc_scan_pages() - Let PAGEMAP_SCAN look for one thing
 * @test: the case
 * @proc: from mmk_proc_alloc()
 * @addr: user address of the first page that is looked at
 * @nr: pages
 * @mask: what is looked for: PAGE_IS_*
 * @flags: PM_SCAN_*
 *
 * Return: the pages of the first run of pages of which @mask is true; negative if it failed.
 */
long mmk_proc_scan_pages(struct kunit *test, struct mmk_proc *proc,
			 unsigned long addr, unsigned long nr, u64 mask,
			 u64 flags)
{
	struct pm_scan_arg arg = {
		.start = addr,
		.end = addr + nr * PAGE_SIZE,
		.flags = flags,
		.category_mask = mask,
		.return_mask = mask,
	};
	struct page_region region = { };
	long ret = mmk_proc_scan(test, proc, &arg, &region, 1);

	if (ret < 0)
		return ret;
	return (region.end - region.start) / PAGE_SIZE;
}
