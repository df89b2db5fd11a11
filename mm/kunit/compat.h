/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that the suites run on, under the name that
 * the newest of them uses. Suites and fixtures include this and carry no #if of
 * their own.
 *
 * Keyed on what there is (a header, a macro) where that tells; else on versions,
 * of which 6.12 and 7.3 have been tried and those in between have not.
 */
#ifndef _MM_KUNIT_COMPAT_H
#define _MM_KUNIT_COMPAT_H

#include <linux/debug_locks.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/lockdep.h>
#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/version.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <trace/events/lock.h>
#include <trace/events/page_ref.h>
#include <trace/events/preemptirq.h>
#if __has_include("linux/swap_slots.h")
#include <linux/swap_slots.h>
#define MMK_HAVE_SWAP_SLOTS
#endif
#if __has_include("linux/folio_batch.h")
#include <linux/folio_batch.h>
#else
#include <linux/pagevec.h>
#endif
/* Where drain_all_pages() is declared, if not for everybody */
#if __has_include("../page_alloc.h")
#include "../page_alloc.h"
#endif

/*
 * A softleaf is what a pte holds when it is neither none nor present. Up to
 * 6.18 it is called a swap entry. Some stable kernels have a part of the new
 * names already.
 */
#if !__has_include("linux/leafops.h")
#undef softleaf_t
#define softleaf_t swp_entry_t
#undef softleaf_from_pte
#define softleaf_from_pte(pte) pte_to_swp_entry(pte)
#undef softleaf_to_pte
#define softleaf_to_pte(entry) swp_entry_to_pte(entry)
#undef softleaf_is_swap
#define softleaf_is_swap(entry) (!non_swap_entry(entry))
#undef softleaf_is_migration
#define softleaf_is_migration(entry) is_migration_entry(entry)
#undef softleaf_is_migration_write
#define softleaf_is_migration_write(entry) is_writable_migration_entry(entry)
#undef softleaf_is_migration_read
#define softleaf_is_migration_read(entry) is_readable_migration_entry(entry)
#undef softleaf_is_migration_read_exclusive
#define softleaf_is_migration_read_exclusive(entry) \
	is_readable_exclusive_migration_entry(entry)
#undef softleaf_is_migration_young
#define softleaf_is_migration_young(entry) is_migration_entry_young(entry)
#undef softleaf_is_migration_dirty
#define softleaf_is_migration_dirty(entry) is_migration_entry_dirty(entry)
#undef softleaf_is_device_private
#define softleaf_is_device_private(entry) is_device_private_entry(entry)
#undef softleaf_is_device_private_write
#define softleaf_is_device_private_write(entry) \
	is_writable_device_private_entry(entry)
#undef softleaf_is_device_exclusive
#define softleaf_is_device_exclusive(entry) is_device_exclusive_entry(entry)
#undef softleaf_is_hwpoison
#define softleaf_is_hwpoison(entry) is_hwpoison_entry(entry)
#undef softleaf_is_marker
#define softleaf_is_marker(entry) is_pte_marker_entry(entry)
#undef softleaf_from_pmd
#define softleaf_from_pmd(pmd) pmd_to_swp_entry(pmd)
#undef pmd_is_migration_entry
#define pmd_is_migration_entry(pmd) is_pmd_migration_entry(pmd)
#undef softleaf_has_pfn
#define softleaf_has_pfn(entry) is_pfn_swap_entry(entry)
#undef softleaf_to_pfn
#define softleaf_to_pfn(entry) swp_offset_pfn(entry)
#undef softleaf_to_page
#define softleaf_to_page(entry) pfn_swap_entry_to_page(entry)
#undef softleaf_to_folio
#define softleaf_to_folio(entry) pfn_swap_entry_folio(entry)
#undef softleaf_entry_wait_on_locked
#define softleaf_entry_wait_on_locked(entry, ptl) \
	migration_entry_wait_on_locked(entry, ptl)

/* Named after the function that a waiter's stack has to show. */
#define MMK_ENTRY_WAIT_SYMBOL	"migration_entry_wait_on_locked"

static inline struct dev_pagemap *page_pgmap(const struct page *page)
{
	return page->pgmap;
}

static inline void mmk_zone_device_page_init(struct page *page)
{
	zone_device_page_init(page);
}

static inline struct dev_pagemap *mmk_get_dev_pagemap(unsigned long pfn)
{
	return get_dev_pagemap(pfn, NULL);
}

/* Whether get_dev_pagemap() takes a pgmap that the caller has already. */
/* What MMU notifiers are told when exclusive access of a device ends. */
#define MMK_NOTIFY_EXCLUSIVE_ENDS	MMU_NOTIFY_EXCLUSIVE

#define MMK_PGMAP_LOOKUP_CACHES	true

/* Whether pages can be handed out after memunmap_pages() has been called. */
#define MMK_PAGE_INIT_HOLDS_DYING_PGMAP	false

static inline struct dev_pagemap *
mmk_get_dev_pagemap_cached(unsigned long pfn, struct dev_pagemap *pgmap)
{
	return get_dev_pagemap(pfn, pgmap);
}

/* How many pgmaps make put_page() look for FS_DAX pages; -1: it need not. */
static inline int mmk_nr_devmap_managed(void)
{
#ifdef CONFIG_FS_DAX
	return static_key_count(&devmap_managed_key.key);
#else
	return -1;
#endif
}

/*
 * What a page has that nobody uses. FS_DAX and P2PDMA pages count from zero
 * since 6.15, as __init_zone_device_page() says.
 */
#define MMK_FSDAX_IDLE_REFS	1
#define MMK_P2PDMA_IDLE_REFS	1

/*
 * Whether do_swap_page() calls migrate_to_ram with the page locked, and waits
 * for a page that somebody else has locked as it does for a migration entry.
 * Before that, all who fault on a page get into the driver at once.
 */
#define MMK_TO_RAM_LOCKED	false

/*
 * A page of a RAM disk that only one pte needs is read past the swap cache, and
 * so is exclusive to it, whatever the entry says. Since then all go through the
 * swap cache, and the entry alone decides: do_swap_page() leaves it to
 * do_wp_page() to find out that an entry which once was shared no longer is.
 */
#define MMK_SWAPIN_PAST_CACHE	true
/* Whether a reference of somebody else keeps a page that is written to there */
#define MMK_SWAPIN_MINDS_REFS	true
/* Whether a fault that backs out frees a slot which no pte needs */
#define MMK_SWAPIN_REAPS_CACHE	false

/* Whether handle_pte_marker() knows what it has to do with a uffd-wp marker */
#define MMK_KNOWS_UFFD_WP	IS_ENABLED(CONFIG_PTE_MARKER_UFFD_WP)

/* Where those stand who wait for an FS_DAX page to be idle */
static inline void *mmk_fsdax_wait_key(struct page *page)
{
	return &page_folio(page)->_refcount;
}

static inline void mmk_fsdax_page_use(struct page *page)
{
	get_page(page);
}

/* Whether the driver is told when a GENERIC page comes back. */
#define MMK_GENERIC_CALLS_FREE	true

/* Whether the callback is looked for before anything else is done. */
#define MMK_UNTOLD_PAGE_KEEPS_MAPPING	true

#define MMK_PGMAP_OPS(_free, _to_ram)					\
	{ .page_free = _free##_page, .migrate_to_ram = _to_ram }
#define MMK_DEFINE_FOLIO_FREE(_free)					\
static void _free##_page(struct page *page)				\
{									\
	_free(page_folio(page));					\
}
#else
#include <linux/leafops.h>

#define MMK_ENTRY_WAIT_SYMBOL	"softleaf_entry_wait_on_locked"

static inline void mmk_zone_device_page_init(struct page *page)
{
	zone_device_page_init(page, page_pgmap(page), 0);
}

static inline struct dev_pagemap *mmk_get_dev_pagemap(unsigned long pfn)
{
	return get_dev_pagemap(pfn);
}

#define MMK_NOTIFY_EXCLUSIVE_ENDS	MMU_NOTIFY_CLEAR

#define MMK_PGMAP_LOOKUP_CACHES	false
#define MMK_PAGE_INIT_HOLDS_DYING_PGMAP	true

static inline struct dev_pagemap *
mmk_get_dev_pagemap_cached(unsigned long pfn, struct dev_pagemap *pgmap)
{
	return NULL;
}

static inline int mmk_nr_devmap_managed(void)
{
	return -1;
}

#define MMK_FSDAX_IDLE_REFS	0
#define MMK_P2PDMA_IDLE_REFS	0
#define MMK_TO_RAM_LOCKED	true
#define MMK_SWAPIN_PAST_CACHE	false
#define MMK_SWAPIN_MINDS_REFS	false
#define MMK_SWAPIN_REAPS_CACHE	true
#define MMK_KNOWS_UFFD_WP	true

static inline void *mmk_fsdax_wait_key(struct page *page)
{
	return page;
}

static inline void mmk_fsdax_page_use(struct page *page)
{
	/* From zero: not for folio_get(). */
	folio_ref_inc(page_folio(page));
}

#define MMK_GENERIC_CALLS_FREE	false
#define MMK_UNTOLD_PAGE_KEEPS_MAPPING	false

#define MMK_PGMAP_OPS(_free, _to_ram)					\
	{ .folio_free = _free, .migrate_to_ram = _to_ram }
#define MMK_DEFINE_FOLIO_FREE(_free)
#endif

/* How remove_migration_ptes() is told what the caller has and wants. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
#define TTU_USE_SHARED_ZEROPAGE	RMP_USE_SHARED_ZEROPAGE
#define MMK_REMOVE_RMAP_LOCKED	RMP_LOCKED
#else
#define MMK_REMOVE_RMAP_LOCKED	TTU_RMAP_LOCKED
#endif

/* The flags of a page: a number, or a structure around it */
static inline unsigned long *mmk_page_flags(struct page *page)
{
	BUILD_BUG_ON(sizeof(page->flags) != sizeof(unsigned long));
	return (unsigned long *)&page->flags;
}

#ifndef FOLIO_MAPPING_ANON
#define FOLIO_MAPPING_ANON	PAGE_MAPPING_ANON
#endif

#ifndef NUM_MM_FLAG_BITS
#define mm_flags_set(flag, mm)		set_bit(flag, &(mm)->flags)
#define mm_flags_clear(flag, mm)	clear_bit(flag, &(mm)->flags)
#endif

/* What shmem_file_setup() is told of a file that accounts for pages one by one */
#ifdef mk_vma_flags
#define MMK_SHMEM_NORESERVE	mk_vma_flags(VMA_NORESERVE_BIT)
#else
#define MMK_SHMEM_NORESERVE	VM_NORESERVE
#endif

/* Makes a device node under @path, which the parent's lock is held for. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define start_creating_path(dfd, name, path, flags) \
	kern_path_create(dfd, name, path, flags)
#define end_creating_path(path, dentry)	done_path_create(path, dentry)
#endif

static inline int mmk_mknod(struct path *path, struct dentry *dentry,
			    umode_t mode, dev_t dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
	return vfs_mknod(mnt_idmap(path->mnt), d_inode(path->dentry), dentry,
			 mode, dev);
#else
	return vfs_mknod(mnt_idmap(path->mnt), d_inode(path->dentry), dentry,
			 mode, dev, NULL);
#endif
}

/* Nesting of RCU read-side critical sections of a task that sleeps */
static inline int mmk_rcu_depth(struct task_struct *task)
{
#ifdef CONFIG_PREEMPT_RCU
	return READ_ONCE(task->rcu_read_lock_nesting);
#else
	return 0;
#endif
}

/* Whether huge pages are made where madvise() says so, and their flags */
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static inline void mmk_huge_on(bool on)
{
	if (on)
		set_bit(TRANSPARENT_HUGEPAGE_REQ_MADV_FLAG,
			&transparent_hugepage_flags);
	else
		clear_bit(TRANSPARENT_HUGEPAGE_REQ_MADV_FLAG,
			  &transparent_hugepage_flags);
}

static inline void mmk_huge_zero_get(void)
{
	mm_get_huge_zero_folio(&init_mm);
}

static inline void mmk_huge_set_flags(struct mm_struct *mm, unsigned long addr,
				      pmd_t *pmdp, bool young, bool dirty)
{
	pmd_t pmd = young ? pmd_mkyoung(*pmdp) : pmd_mkold(*pmdp);

	set_pmd_at(mm, addr & PMD_MASK, pmdp,
		   dirty ? pmd_mkdirty(pmd) : pmd_mkclean(pmd));
}
#else
static inline void mmk_huge_on(bool on)
{
}

static inline void mmk_huge_zero_get(void)
{
}

static inline void mmk_huge_set_flags(struct mm_struct *mm, unsigned long addr,
				      pmd_t *pmdp, bool young, bool dirty)
{
}
#endif

/* What do_swap_page() does to a page before it calls migrate_to_ram, and after */
static inline void mmk_fault_page_lock(struct page *page)
{
	if (MMK_TO_RAM_LOCKED)
		lock_page(page);
}

static inline void mmk_fault_page_unlock(struct page *page)
{
	if (MMK_TO_RAM_LOCKED)
		unlock_page(page);
}

/* Whether a task is accounted as stalled for want of memory. */
#ifdef CONFIG_PSI
#define mmk_in_memstall(task)	(!!(task)->in_memstall)
#else
#define mmk_in_memstall(task)	((void)(task), false)
#endif

/* What delay accounting knows of a task that waits for thrashing folios. */
#ifdef CONFIG_TASK_DELAY_ACCT
#define mmk_in_thrashing(task)	(!!(task)->in_thrashing)
#define mmk_nr_thrashings(task)	((task)->delays->thrashing_count)
#define mmk_thrashing_ns(task)	((task)->delays->thrashing_delay)
#else
#define mmk_in_thrashing(task)	((void)(task), false)
#define mmk_nr_thrashings(task)	((void)(task), 0U)
#define mmk_thrashing_ns(task)	((void)(task), 0ULL)
#endif

/* Calls of lock_acquire(): places to step in between two locks. */
#ifdef CONFIG_LOCKDEP
#define mmk_lock_probe_register(probe, data) \
	register_trace_lock_acquire(probe, data)
#define mmk_lock_probe_unregister(probe, data) \
	unregister_trace_lock_acquire(probe, data)
#else
#define mmk_lock_probe_register(probe, data) \
	((void)(probe), (void)(data), -EOPNOTSUPP)
#define mmk_lock_probe_unregister(probe, data) \
	((void)(probe), (void)(data))
#endif

/*
 * Counters of the whole machine, in pages. What CPUs have counted on their own
 * is added: exact as long as nobody goes on counting.
 */
static inline long mmk_node_page_state(enum node_stat_item item)
{
	long nr = atomic_long_read(&vm_node_stat[item]);
#ifdef CONFIG_SMP
	struct pglist_data *pgdat;
	int cpu;

	for_each_online_pgdat(pgdat)
		for_each_possible_cpu(cpu)
			nr += per_cpu_ptr(pgdat->per_cpu_nodestats,
					  cpu)->vm_node_stat_diff[item];
#endif
	return nr;
}

static inline long mmk_zone_page_state(enum zone_stat_item item)
{
	long nr = atomic_long_read(&vm_zone_stat[item]);
#ifdef CONFIG_SMP
	struct zone *zone;
	int cpu;

	for_each_populated_zone(zone)
		for_each_possible_cpu(cpu)
			nr += per_cpu_ptr(zone->per_cpu_zonestats,
					  cpu)->vm_stat_diff[item];
#endif
	return nr;
}

/* Pages that vmalloc() has handed out */
static inline long mmk_vmalloc_nr_pages(void)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	return vmalloc_nr_pages();
#else
	return mmk_node_page_state(NR_VMALLOC);
#endif
}

/* Kernel threads of 7.x live in an empty root. */
#ifndef scoped_with_init_fs
#define scoped_with_init_fs()	/* nothing to change */
#endif

/*
 * What stands for the TLB of an mm: User-Mode Linux notes the range that has to
 * be flushed, and does so when it is about to return to user space, which the
 * mm of a case never does.
 */
static inline void mmk_tlb_forget(struct mm_struct *mm)
{
	mm->context.sync_tlb_range_from = 0;
	mm->context.sync_tlb_range_to = 0;
}

static inline bool mmk_tlb_flushed(struct mm_struct *mm, unsigned long start,
				   unsigned long end)
{
	return mm->context.sync_tlb_range_to >= end &&
	       mm->context.sync_tlb_range_from <= start;
}

/* The lock that a fault is handled under. */
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

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define __swap_entry_to_info(entry) swp_swap_info(entry)
#define swap_cache_del_folio(folio) delete_from_swap_cache(folio)
#endif

/*
 * How many ptes have a slot. Newer kernels keep the counts of a cluster under
 * RCU, and only as long as one of its slots is in use.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define mmk_swap_count(entry)	__swap_count(entry)
#else
#define mmk_swap_count(entry)						\
({									\
	softleaf_t __entry = (entry);					\
	int __count = 0;						\
									\
	rcu_read_lock();						\
	if (swap_entry_swapped(__swap_entry_to_info(__entry), __entry))	\
		__count = __swap_count(__entry);			\
	rcu_read_unlock();						\
	__count;							\
})
#endif

/* Gives a folio that is not in the swap cache a slot. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define mmk_swap_cache_add(folio) add_to_swap(folio)
#else
#define mmk_swap_cache_add(folio) (!folio_alloc_swap(folio))
#endif

/*
 * Frees a slot if the entry is swap. Up to 6.19 the kernel finds out by itself;
 * later kernels leave that to their callers, and WARN about any other entry.
 */
static inline void mmk_swap_put_if_swap(softleaf_t entry)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	free_swap_and_cache(entry);
#else
	if (softleaf_is_swap(entry))
		swap_put_entries_direct(entry, 1);
#endif
}

/*
 * Up to 6.18, a page that only one pte needs is read past the swap cache, with
 * its slot pinned meanwhile.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define mmk_swapin_pin(entry) (!swapcache_prepare(entry, 1))
#define mmk_swapin_unpin(entry) \
	swapcache_clear(swp_swap_info(entry), entry, 1)
#else
#define mmk_swapin_pin(entry) false
#define mmk_swapin_unpin(entry) do { } while (0)
#endif

/* Readers and writers of a lock, as one number that can be compared. */
static inline long mmk_mmap_lock_count(struct mm_struct *mm)
{
	return atomic_long_read(&mm->mmap_lock.count);
}

static inline long mmk_vma_lock_count(struct vm_area_struct *vma)
{
#if !defined(CONFIG_PER_VMA_LOCK)
	return 0;
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
	return atomic_long_read(&vma->vm_lock->lock.count);
#else
	return refcount_read(&vma->vm_refcnt);
#endif
}

/*
 * Up to 6.14, slots that are free or about to be used are kept in a cache per
 * CPU: give them back, so that the slots in use can be counted.
 */
static inline void mmk_swap_slots_drain(void)
{
#ifdef MMK_HAVE_SWAP_SLOTS
	disable_swap_slots_cache_lock();
	reenable_swap_slots_cache_unlock();
#endif
}

/* Gives the folio back locked, and with a reference; or NULL. */
static inline struct page *mmk_make_device_exclusive(struct mm_struct *mm,
						     unsigned long addr,
						     void *owner)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
	struct page *page = NULL;

	make_device_exclusive_range(mm, addr, addr + PAGE_SIZE, &page, owner);
	return page;
#else
	struct folio *folio;
	struct page *page = make_device_exclusive(mm, addr, owner, &folio);

	return IS_ERR(page) ? NULL : page;
#endif
}

/* Called whenever anybody is about to take a lock; needs lockdep. */
typedef void (*mmk_lock_probe)(void *data, struct lockdep_map *lock,
			       unsigned int subclass, int trylock, int read,
			       int check, struct lockdep_map *next_lock,
			       unsigned long ip);

static inline int mmk_lock_watch(mmk_lock_probe probe, void *data)
{
#ifdef CONFIG_LOCKDEP
	return register_trace_lock_acquire(probe, data);
#else
	return -EOPNOTSUPP;
#endif
}

static inline void mmk_lock_unwatch(mmk_lock_probe probe, void *data)
{
#ifdef CONFIG_LOCKDEP
	unregister_trace_lock_acquire(probe, data);
	tracepoint_synchronize_unregister();
#endif
}

static inline struct lockdep_map *mmk_spinlock_map(spinlock_t *lock)
{
#ifdef CONFIG_LOCKDEP
	return &lock->dep_map;
#else
	return NULL;
#endif
}

static inline struct lockdep_map *mmk_vma_lock_map(struct vm_area_struct *vma)
{
#if !defined(CONFIG_LOCKDEP) || !defined(CONFIG_PER_VMA_LOCK)
	return NULL;
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
	return &vma->vm_lock->lock.dep_map;
#else
	return &vma->vmlock_dep_map;
#endif
}

/*
 * What vma_start_write() leaves behind, and a VMA that is no longer in the tree;
 * from 6.15 on that is one without a reference, and so cannot be made up.
 */
#ifdef CONFIG_PER_VMA_LOCK
#define mmk_vma_lock_seq(vma)	((vma)->vm_lock_seq)
#define mmk_vma_set_lock_seq(vma, seq)	((vma)->vm_lock_seq = (seq))
#define mmk_vma_write_lock(vma) \
	mmk_vma_set_lock_seq(vma, (vma)->vm_mm->mm_lock_seq.sequence)
#else
#define mmk_vma_lock_seq(vma)	0
#define mmk_vma_set_lock_seq(vma, seq)	((void)(seq))
#define mmk_vma_write_lock(vma)	do { } while (0)
#endif
#if defined(CONFIG_PER_VMA_LOCK) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define MMK_VMA_DETACHED_IS_FLAG	true
#define mmk_vma_set_detached(vma, is)	((vma)->detached = (is))
#else
#define MMK_VMA_DETACHED_IS_FLAG	false
#define mmk_vma_set_detached(vma, is)	do { } while (0)
#endif

/**
 * struct mmk_held - A lock that is held across handle_mm_fault()
 * @map: lockdep's name of it, which outlives the VMA
 */
struct mmk_held {
#ifdef CONFIG_LOCKDEP
	struct lockdep_map *map;
#endif
};

static inline struct mmk_held mmk_held_lock(struct mm_struct *mm,
					    struct vm_area_struct *vma,
					    unsigned int fault_flags)
{
	struct mmk_held held = {};

#ifdef CONFIG_LOCKDEP
	held.map = &mm->mmap_lock.dep_map;
	if (fault_flags & FAULT_FLAG_VMA_LOCK)
		held.map = mmk_vma_lock_map(vma);
#endif
	return held;
}

/*
 * With lockdep, ask it: the kernel under test may have the rule wrong. Without,
 * go by the rule, or the case could not go on.
 */
static inline bool mmk_still_held(const struct mmk_held *held,
				  unsigned int fault_flags, vm_fault_t ret)
{
#ifdef CONFIG_LOCKDEP
	if (debug_locks)
		return lock_is_held(held->map);
#endif
	if (ret & VM_FAULT_COMPLETED)
		return false;
	return !(ret & VM_FAULT_RETRY) ||
	       (fault_flags & FAULT_FLAG_RETRY_NOWAIT);
}

/*
 * Every lock that lockdep sees taken, just before it is, and dropped, just
 * before it is. The probes get what register_trace_lock_acquire() and
 * register_trace_lock_release() give them; 0 or an error.
 */
#if defined(CONFIG_LOCKDEP) && defined(CONFIG_TRACEPOINTS)
#define mmk_watch_locks(acquire, release, data)				\
	(register_trace_lock_acquire(acquire, data) ?:			\
	 register_trace_lock_release(release, data))
#define mmk_unwatch_locks(acquire, release, data)			\
do {									\
	unregister_trace_lock_release(release, data);			\
	unregister_trace_lock_acquire(acquire, data);			\
	tracepoint_synchronize_unregister();				\
} while (0)
#define mmk_lock_map(lock)	(&(lock)->dep_map)
#define mmk_lock_held(lock)	(lockdep_is_held(lock) == LOCK_STATE_HELD)
#else
#define mmk_watch_locks(acquire, release, data)				\
	((void)(acquire), (void)(release), (void)(data), -EOPNOTSUPP)
#define mmk_unwatch_locks(acquire, release, data)			\
	((void)(acquire), (void)(release), (void)(data))
#define mmk_lock_map(lock)	((struct lockdep_map *)NULL)
#define mmk_lock_held(lock)	((void)(lock), false)
#endif

/* Interrupts being enabled, just before they are. */
#if defined(CONFIG_TRACE_IRQFLAGS) && defined(CONFIG_PREEMPTIRQ_TRACEPOINTS)
#define mmk_watch_irq_enable(enable, data)				\
	register_trace_irq_enable(enable, data)
#define mmk_unwatch_irq_enable(enable, data)				\
do {									\
	unregister_trace_irq_enable(enable, data);			\
	tracepoint_synchronize_unregister();				\
} while (0)
#else
#define mmk_watch_irq_enable(enable, data)				\
	((void)(enable), (void)(data), -EOPNOTSUPP)
#define mmk_unwatch_irq_enable(enable, data)				\
	((void)(enable), (void)(data))
#endif

/* Changes of a page's reference count, right after they are made or refused. */
#ifdef CONFIG_DEBUG_PAGE_REF
#define mmk_watch_page_refs(mod, mod_and, data)				\
	(register_trace_page_ref_mod(mod, data) ?:			\
	 register_trace_page_ref_mod_and_test(mod_and, data) ?:		\
	 register_trace_page_ref_mod_and_return(mod_and, data) ?:	\
	 register_trace_page_ref_freeze(mod_and, data))
#define mmk_unwatch_page_refs(mod, mod_and, data)			\
do {									\
	unregister_trace_page_ref_freeze(mod_and, data);		\
	unregister_trace_page_ref_mod_and_return(mod_and, data);	\
	unregister_trace_page_ref_mod_and_test(mod_and, data);		\
	unregister_trace_page_ref_mod(mod, data);			\
	tracepoint_synchronize_unregister();				\
} while (0)
#else
#define mmk_watch_page_refs(mod, mod_and, data)				\
	((void)(mod), (void)(mod_and), (void)(data), -EOPNOTSUPP)
#define mmk_unwatch_page_refs(mod, mod_and, data)			\
	((void)(mod), (void)(mod_and), (void)(data))
#endif

#endif /* _MM_KUNIT_COMPAT_H */
