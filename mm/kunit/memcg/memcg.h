/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory cgroups, as a user of cgroup v2 has them
 */
#ifndef _MM_KUNIT_MEMCG_MEMCG_H
#define _MM_KUNIT_MEMCG_MEMCG_H

#include <kunit/test.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/types.h>

#define MC_SEED		0x3c

/**
 * struct mc - Two memory cgroups
 * @mm: current->mm, whose owner is the task of the case
 * @mnt: cgroup2
 * @fd: its root, for system calls
 * @path: user memory for a name
 * @a: the group that the task of the case is in first
 * @b: another one
 */
struct mc {
	struct mm_struct *mm;
	struct vfsmount *mnt;
	int fd;
	unsigned long path;
	struct mem_cgroup *a;
	struct mem_cgroup *b;
};

/**
 * struct mc_usage - What a group is charged for, in pages
 * @user: memory.current, without what the kernel has for itself
 * @anon: anonymous memory that is mapped
 * @file: page cache, with tmpfs
 * @shmem: tmpfs
 * @swap: memory.swap.current
 */
struct mc_usage {
	long user;
	long anon;
	long file;
	long shmem;
	long swap;
};

struct mem_cgroup *mc_of(struct folio *folio);
void mc_enter(struct kunit *test, struct mc *mc);
void mc_attach(struct kunit *test, struct mc *mc, const char *name);
void mc_write(struct kunit *test, struct mc *mc, const char *name,
	      const char *text);
void mc_write_pages(struct kunit *test, struct mc *mc, const char *name,
		    long pages);
void mc_usage(struct kunit *test, struct mc *mc, const char *name,
	      struct mc_usage *usage);
void mc_expect(struct kunit *test, const char *when, struct mc *mc,
	       const char *name, struct mc_usage wanted);

#endif /* _MM_KUNIT_MEMCG_MEMCG_H */
