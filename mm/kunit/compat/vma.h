/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VMAs and their locks
 */
#ifndef _MM_KUNIT_COMPAT_VMA_H
#define _MM_KUNIT_COMPAT_VMA_H

#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>

/* The VMA lock */
#ifdef CONFIG_PER_VMA_LOCK
static inline struct vm_area_struct *mmk_lock_vma(struct mm_struct *mm,
						  unsigned long addr)
{
	return lock_vma_under_rcu(mm, addr);
}

static inline void mmk_unlock_vma(struct vm_area_struct *vma)
{
	vma_end_read(vma);
}
#else
static inline struct vm_area_struct *mmk_lock_vma(struct mm_struct *mm,
						  unsigned long addr)
{
	return NULL;
}

static inline void mmk_unlock_vma(struct vm_area_struct *vma)
{
}
#endif

/* The count of a lock, for comparison: its readers and writers as one number */
static inline long mmk_mmap_lock_count(struct mm_struct *mm)
{
	return atomic_long_read(&mm->mmap_lock.count);
}

static inline long mmk_vma_lock_count(struct vm_area_struct *vma)
{
#if !defined(CONFIG_PER_VMA_LOCK)
	return 0;
#elif defined(MMK_HAVE_VMA_LOCK_STRUCT)
	return atomic_long_read(&vma->vm_lock->lock.count);
#else
	return refcount_read(&vma->vm_refcnt);
#endif
}

static inline struct lockdep_map *mmk_vma_lock_map(struct vm_area_struct *vma)
{
#if !defined(CONFIG_LOCKDEP) || !defined(CONFIG_PER_VMA_LOCK)
	return NULL;
#elif defined(MMK_HAVE_VMA_LOCK_STRUCT)
	return &vma->vm_lock->lock.dep_map;
#else
	return &vma->vmlock_dep_map;
#endif
}

/*
 * A VMA that is locked for writing, and a VMA that is detached. Since 6.15 the
 * latter has no reference, and cannot be made up.
 */
#ifdef CONFIG_PER_VMA_LOCK
#define mmk_vma_lock_seq(vma)	((unsigned int)(vma)->vm_lock_seq)
#define mmk_mm_lock_seq(mm)	((unsigned int)(mm)->mm_lock_seq.sequence)
#define mmk_vma_set_lock_seq(vma, seq)	((vma)->vm_lock_seq = (seq))
#define mmk_vma_write_lock(vma) \
	mmk_vma_set_lock_seq(vma, (vma)->vm_mm->mm_lock_seq.sequence)
#else
#define mmk_vma_lock_seq(vma)	0U
#define mmk_mm_lock_seq(mm)	0U
#define mmk_vma_set_lock_seq(vma, seq)	((void)(seq))
#define mmk_vma_write_lock(vma)	do { } while (0)
#endif
#if defined(CONFIG_PER_VMA_LOCK) && defined(MMK_HAVE_VMA_LOCK_STRUCT)
#define MMK_VMA_DETACHED_IS_FLAG	true
#define mmk_vma_set_detached(vma, is)	((vma)->detached = (is))
#else
#define MMK_VMA_DETACHED_IS_FLAG	false
#define mmk_vma_set_detached(vma, is)	do { } while (0)
#endif

/*
 * How many readers, and the tree, can have a VMA, where its lock is a count. Such a
 * VMA can be freed, and be that of another mm, before RCU lets go of it.
 */
#if defined(CONFIG_PER_VMA_LOCK) && defined(VM_REFCNT_LIMIT)
#define MMK_VMA_REF_LIMIT	VM_REFCNT_LIMIT
#elif defined(CONFIG_PER_VMA_LOCK) && defined(VMA_REF_LIMIT)
#define MMK_VMA_REF_LIMIT	VMA_REF_LIMIT
#else
#define MMK_VMA_REF_LIMIT	0
#endif

static inline void mmk_vma_set_refs(struct vm_area_struct *vma, int refs)
{
#if MMK_VMA_REF_LIMIT
	refcount_set(&vma->vm_refcnt, refs);
#endif
}

#endif /* _MM_KUNIT_COMPAT_VMA_H */
