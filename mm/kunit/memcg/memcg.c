// SPDX-License-Identifier: GPL-2.0
/*
 * Memory cgroups. They are made, entered and read by the files of cgroup v2, as
 * Documentation/admin-guide/cgroup-v2.rst describes them.
 */
#include <kunit/test.h>
#include <linux/fcntl.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../../memcontrol-v1.h"
#include "../compat/memcg.h"
#include "../lib/mm.h"
#include "../lib/swap.h"
#include "../lib/wait.h"
#include "memcg.h"

#define STAT_SIZE	8192

static void mount_end(void *mnt)
{
	mntput(mnt);
}

static void fd_end(void *data)
{
	close_fd((long)data);
}

static struct file *file_open_of(struct mc *mc, const char *name, int flags)
{
	return file_open_root_mnt(mc->mnt, name, flags, 0);
}

static ssize_t file_write(struct mc *mc, const char *name, const char *text)
{
	struct file *file = file_open_of(mc, name, O_WRONLY);
	loff_t pos = 0;
	ssize_t n;

	if (IS_ERR(file))
		return PTR_ERR(file);
	n = kernel_write(file, text, strlen(text), &pos);
	fput(file);
	return n;
}

/**
 * mc_write() - Write to a file of cgroup v2
 * @test: the case
 * @mc: the groups
 * @name: of the file, below the root
 * @text: what to write
 */
void mc_write(struct kunit *test, struct mc *mc, const char *name,
	      const char *text)
{
	KUNIT_ASSERT_EQ_MSG(test, file_write(mc, name, text),
			    (ssize_t)strlen(text), "%s", name);
}

/**
 * mc_write_pages() - Write a number of bytes to a file
 * @test: the case
 * @mc: the groups
 * @name: of the file
 * @pages: the number, in pages
 */
void mc_write_pages(struct kunit *test, struct mc *mc, const char *name,
		    long pages)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", pages * PAGE_SIZE);
	mc_write(test, mc, name, text);
}

/* Returns what a file holds, as a string, in memory of the case. */
static char *file_read(struct kunit *test, struct mc *mc, const char *group,
		       const char *name)
{
	char *text = kunit_kzalloc(test, STAT_SIZE, GFP_KERNEL), path[40];
	struct file *file;
	loff_t pos = 0;
	ssize_t n;

	KUNIT_ASSERT_NOT_NULL(test, text);
	snprintf(path, sizeof(path), "%s/%s", group, name);
	file = file_open_of(mc, path, O_RDONLY);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(file), "%s", path);
	n = kernel_read(file, text, STAT_SIZE - 1, &pos);
	fput(file);
	KUNIT_ASSERT_GT_MSG(test, n, (ssize_t)0, "%s", path);
	return text;
}

static long pages_of(struct kunit *test, struct mc *mc, const char *group,
		     const char *name)
{
	char *text = file_read(test, mc, group, name);
	long bytes = -1;

	KUNIT_ASSERT_EQ(test, kstrtol(text, 10, &bytes), 0);
	kunit_kfree(test, text);
	return bytes / (long)PAGE_SIZE;
}

static long stat_of(struct kunit *test, const char *stat, const char *item)
{
	size_t len = strlen(item);
	const char *line;
	char number[24];
	long bytes = -1;

	for (line = stat; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, item, len) && line[len] == ' ')
			break;
	}
	KUNIT_ASSERT_TRUE_MSG(test, line && *line, "%s", item);
	line += len + 1;
	strscpy(number, line, min_t(size_t, sizeof(number),
				    strchrnul(line, '\n') - line + 1));
	KUNIT_ASSERT_EQ(test, kstrtol(number, 10, &bytes), 0);
	return bytes;
}

/**
 * mc_of() - The group that is charged for a folio
 * @folio: the folio
 *
 * Return: the group, which stays as long as the case has it; or NULL.
 */
struct mem_cgroup *mc_of(struct folio *folio)
{
	struct mem_cgroup *memcg;

	rcu_read_lock();
	memcg = folio_memcg(folio);
	rcu_read_unlock();
	return memcg;
}

/**
 * mc_usage() - Read what a group is charged for
 * @test: the case
 * @mc: the groups
 * @name: of the group: "a" or "b"
 * @usage: filled in
 *
 * Pages that CPUs have been charged for in advance are given back first.
 */
void mc_usage(struct kunit *test, struct mc *mc, const char *name,
	      struct mc_usage *usage)
{
	struct mem_cgroup *memcg = name[0] == 'a' ? mc->a : mc->b;
	long kernel;
	char *stat;

	lru_add_drain_all();
	/* A free slot is charged for as long as a CPU keeps it. */
	mmk_swap_slots_used();
	drain_all_stock(memcg);
	mmk_memcg_flush(memcg);
	stat = file_read(test, mc, name, "memory.stat");
	kernel = stat_of(test, stat, "kernel") / (long)PAGE_SIZE;
	usage->user = pages_of(test, mc, name, "memory.current") - kernel;
	usage->anon = stat_of(test, stat, "anon") / (long)PAGE_SIZE;
	usage->file = stat_of(test, stat, "file") / (long)PAGE_SIZE;
	usage->shmem = stat_of(test, stat, "shmem") / (long)PAGE_SIZE;
	usage->swap = pages_of(test, mc, name, "memory.swap.current");
	kunit_kfree(test, stat);
}

/**
 * mc_expect() - Expect a group to be charged for so much
 * @test: the case
 * @when: for messages
 * @mc: the groups
 * @name: of the group
 * @wanted: what it has to be charged for
 */
void mc_expect(struct kunit *test, const char *when, struct mc *mc,
	       const char *name, struct mc_usage wanted)
{
	struct mc_usage is;

	mc_usage(test, mc, name, &is);
	KUNIT_EXPECT_EQ_MSG(test, is.user, wanted.user, "charged to %s, %s",
			    name, when);
	KUNIT_EXPECT_EQ_MSG(test, is.anon, wanted.anon, "anon of %s, %s", name,
			    when);
	KUNIT_EXPECT_EQ_MSG(test, is.file, wanted.file, "file of %s, %s", name,
			    when);
	KUNIT_EXPECT_EQ_MSG(test, is.shmem, wanted.shmem, "shmem of %s, %s",
			    name, when);
	KUNIT_EXPECT_EQ_MSG(test, is.swap, wanted.swap, "swap of %s, %s", name,
			    when);
}

/**
 * mc_attach() - Move the task of the case to a group
 * @test: the case
 * @mc: the groups
 * @name: "a", "b", or "" for the root
 *
 * What is charged already stays where it is.
 */
void mc_attach(struct kunit *test, struct mc *mc, const char *name)
{
	char path[24];

	snprintf(path, sizeof(path), "%s/cgroup.procs", name);
	mc_write(test, mc, path + !*name, "0");
}

static void group_path(struct kunit *test, struct mc *mc, const char *name)
{
	KUNIT_ASSERT_EQ(test, copy_to_user((void __user *)mc->path, name,
					   strlen(name) + 1), 0UL);
}

static struct mem_cgroup *group_make(struct kunit *test, struct mc *mc,
				     const char *name)
{
	char path[24];
	struct mem_cgroup *memcg;

	group_path(test, mc, name);
	KUNIT_ASSERT_EQ(test, sys_mkdirat(mc->fd, (char __user *)mc->path,
					  0755), 0L);
	snprintf(path, sizeof(path), "%s/cgroup.procs", name);
	mc_write(test, mc, path, "0");
	rcu_read_lock();
	memcg = mem_cgroup_from_task(current);
	rcu_read_unlock();
	KUNIT_ASSERT_FALSE(test, mem_cgroup_is_root(memcg));
	return memcg;
}

/* The groups go when nobody is in them; what they are charged for may stay. */
static void groups_end(void *data)
{
	static const char * const names[] = { "a", "b" };
	struct mc *mc = data;
	bool borrow = current->mm != mc->mm;
	unsigned long i;

	if (borrow)
		kthread_use_mm(mc->mm);
	file_write(mc, "cgroup.procs", "0");
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (copy_to_user((void __user *)mc->path, names[i], 2))
			continue;
		mmk_wait_for(sys_unlinkat(mc->fd, (char __user *)mc->path,
					  AT_REMOVEDIR) != -EBUSY);
	}
	file_write(mc, "cgroup.subtree_control", "-memory");
	if (borrow)
		kthread_unuse_mm(mc->mm);
}

/**
 * mc_enter() - Make two memory cgroups, and enter the first
 * @test: the case
 * @mc: filled in
 *
 * The groups go when the case ends, before its address space does.
 */
void mc_enter(struct kunit *test, struct mc *mc)
{
	struct file_system_type *type = get_fs_type("cgroup2");
	struct mc *kept = kunit_kzalloc(test, sizeof(*kept), GFP_KERNEL);
	struct file *root;

	KUNIT_ASSERT_NOT_NULL(test, type);
	KUNIT_ASSERT_NOT_NULL(test, kept);
	mc->mnt = vfs_kern_mount(type, SB_KERNMOUNT, "none", NULL);
	put_filesystem(type);
	KUNIT_ASSERT_FALSE(test, IS_ERR(mc->mnt));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, mount_end,
							mc->mnt), 0);
	root = file_open_of(mc, "/", O_RDONLY | O_DIRECTORY);
	KUNIT_ASSERT_FALSE(test, IS_ERR(root));
	mc->fd = get_unused_fd_flags(O_CLOEXEC);
	KUNIT_ASSERT_GE(test, mc->fd, 0);
	fd_install(mc->fd, root);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, fd_end,
							(void *)(long)mc->fd),
			0);

	mc->mm = mmk_mm_enter(test);
	mc->path = mmk_mmap(test, NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mc->mm, mc->path, true), 0);
	mc_write(test, mc, "cgroup.subtree_control", "+memory");
	*kept = *mc;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, groups_end, kept),
			0);
	mc->b = group_make(test, mc, "b");
	mc->a = group_make(test, mc, "a");
}
