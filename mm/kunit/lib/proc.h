/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files in /proc that tell of an address space
 */
#ifndef _MM_KUNIT_LIB_PROC_H
#define _MM_KUNIT_LIB_PROC_H

#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/types.h>

#include "task.h"

/**
 * struct mmk_proc - The files in /proc of current->mm
 * @mnt: proc
 * @task: a process that has the mm; it waits
 * @buffer: user memory that reads and writes go through
 * @size: of it
 */
struct mmk_proc {
	struct vfsmount *mnt;
	struct mmk_task *task;
	unsigned long buffer;
	size_t size;
};

/**
 * struct mmk_smaps - What smaps says of one VMA, or of all, in kB
 * @rss: Rss
 * @pss: Pss
 * @anonymous: Anonymous
 * @swap: Swap
 * @referenced: Referenced
 * @shared: Shared_Clean and Shared_Dirty
 * @private: Private_Clean and Private_Dirty
 * @clean: Shared_Clean and Private_Clean
 * @swap_pss: SwapPss
 * @locked: Locked
 * @lazyfree: LazyFree
 */
struct mmk_smaps {
	long rss;
	long pss;
	long anonymous;
	long swap;
	long referenced;
	long shared;
	long private;
	long clean;
	long swap_pss;
	long locked;
	long lazyfree;
};

struct mmk_proc *mmk_proc_alloc(struct kunit *test);
void mmk_proc_end(struct kunit *test, struct mmk_proc *proc);
size_t mmk_proc_read(struct kunit *test, struct mmk_proc *proc,
		     const char *name, loff_t pos, void *to, size_t len);
void mmk_proc_write(struct kunit *test, struct mmk_proc *proc,
		    const char *name, const char *text);
void mmk_proc_smaps(struct kunit *test, struct mmk_proc *proc,
		    unsigned long addr, struct mmk_smaps *smaps);
long mmk_proc_scan(struct kunit *test, struct mmk_proc *proc,
		   struct pm_scan_arg *arg, struct page_region *regions,
		   unsigned int nr);
long mmk_proc_scan_pages(struct kunit *test, struct mmk_proc *proc,
			 unsigned long addr, unsigned long nr, u64 mask,
			 u64 flags);

#endif /* _MM_KUNIT_LIB_PROC_H */
