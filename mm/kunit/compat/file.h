/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device nodes, tmpfs files, and the root that a kernel thread sees
 */
#ifndef _MM_KUNIT_COMPAT_FILE_H
#define _MM_KUNIT_COMPAT_FILE_H

#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/namei.h>

/*
 * The flags of shmem_file_setup() for a file that accounts for pages one by one
 */
#ifdef mk_vma_flags
#define MMK_SHMEM_NORESERVE	mk_vma_flags(VMA_NORESERVE_BIT)
#else
#define MMK_SHMEM_NORESERVE	VM_NORESERVE
#endif

/*
 * Makes a device node, between start_creating_path() and end_creating_path().
 */
#ifndef MMK_HAVE_START_CREATING_PATH
#define start_creating_path(dfd, name, path, flags) \
	kern_path_create(dfd, name, path, flags)
#define end_creating_path(path, dentry)	done_path_create(path, dentry)
#endif

static inline int mmk_mknod(struct path *path, struct dentry *dentry,
			    umode_t mode, dev_t dev)
{
#ifdef MMK_HAVE_MKNOD_DELEGATED
	return vfs_mknod(mnt_idmap(path->mnt), d_inode(path->dentry), dentry,
			 mode, dev, NULL);
#else
	return vfs_mknod(mnt_idmap(path->mnt), d_inode(path->dentry), dentry,
			 mode, dev);
#endif
}

/* Kernel threads of 7.x live in an empty root. */
#ifndef scoped_with_init_fs
#define scoped_with_init_fs()	/* nothing to change */
#endif

#endif /* _MM_KUNIT_COMPAT_FILE_H */
