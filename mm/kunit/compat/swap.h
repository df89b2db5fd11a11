/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Swap slots and the swap cache
 */
#ifndef _MM_KUNIT_COMPAT_SWAP_H
#define _MM_KUNIT_COMPAT_SWAP_H

#include <linux/mempolicy.h>
#include <linux/shmem_fs.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/writeback.h>
#if __has_include("linux/swap_slots.h")
#include <linux/swap_slots.h>
#endif

#include "../../swap.h"
#include "leaf.h"

#ifndef MMK_HAVE_SWAP_ENTRY_TO_INFO
#define __swap_entry_to_info(entry) swp_swap_info(entry)
#endif

#ifndef MMK_HAVE_SWAP_CACHE_DEL_FOLIO
#define swap_cache_del_folio(folio) delete_from_swap_cache(folio)
#endif

/* The folio of a swap entry in the swap cache, with a reference; or NULL */
#ifdef MMK_HAVE_SWAP_CACHE_GET_OF_ENTRY
#define mmk_swap_cache_get(entry) swap_cache_get_folio(entry)
#else
#define mmk_swap_cache_get(entry) swap_cache_get_folio(entry, NULL, 0)
#endif

/*
 * Number of ptes that refer to a slot. Newer kernels keep the counts of a
 * cluster under RCU, and only as long as one of its slots is in use.
 */
#ifndef MMK_HAVE_SWAP_ENTRY_SWAPPED
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
#ifdef MMK_HAVE_ADD_TO_SWAP
#define mmk_swap_cache_add(folio) add_to_swap(folio)
#elif defined(MMK_HAVE_FOLIO_ALLOC_SWAP_GFP)
#define mmk_swap_cache_add(folio) \
	(!folio_alloc_swap(folio, __GFP_HIGH | __GFP_NOMEMALLOC | __GFP_NOWARN))
#else
#define mmk_swap_cache_add(folio) (!folio_alloc_swap(folio))
#endif

/*
 * Writes a folio of tmpfs, which is locked, not mapped and no longer dirty, to swap, and
 * unlocks it. It is in the swap cache then. Returns 0 or an error.
 */
static inline int mmk_shmem_write(struct folio *folio)
{
#if defined(MMK_HAVE_SHMEM_WRITE_FOLIO)
	return shmem_write_folio(folio);
#elif defined(MMK_HAVE_SHMEM_WRITEOUT)
	return shmem_writeout(folio, NULL, NULL);
#else
	struct writeback_control wbc = {
		.sync_mode	= WB_SYNC_NONE,
		.nr_to_write	= SWAP_CLUSTER_MAX,
		.range_end	= LLONG_MAX,
		.for_reclaim	= 1,
	};

	return folio->mapping->a_ops->writepage(&folio->page, &wbc);
#endif
}

/*
 * Frees the slot of a swap entry. Up to 6.19 the kernel ignores other entries;
 * later kernels WARN about them.
 */
static inline void mmk_swap_put_if_swap(softleaf_t entry)
{
#ifdef MMK_HAVE_SWAP_PUT_DIRECT
	if (softleaf_is_swap(entry))
		swap_put_entries_direct(entry, 1);
#else
	free_swap_and_cache(entry);
#endif
}

/* Whether an entry that no area has is worth a warning when it is unmapped */
#ifdef MMK_HAVE_SWAP_PUT_DIRECT
#define MMK_FOREIGN_ENTRY_WARNS	true
#else
#define MMK_FOREIGN_ENTRY_WARNS	false
#endif

/*
 * Up to 6.19, a page that only one pte needs is read past the swap cache, with
 * its slot pinned meanwhile.
 */
#ifdef MMK_HAVE_SWAPCACHE_PREPARE
#define mmk_swapin_pin(entry) (!swapcache_prepare(entry, 1))
#define mmk_swapin_unpin(entry) \
	swapcache_clear(__swap_entry_to_info(entry), entry, 1)
#else
#define mmk_swapin_pin(entry) false
#define mmk_swapin_unpin(entry) do { } while (0)
#endif

/*
 * Up to 6.14, each CPU caches free slots. They have to be returned before the
 * slots in use are counted.
 */
static inline void mmk_swap_slots_drain(void)
{
#ifdef _LINUX_SWAP_SLOTS_H
	disable_swap_slots_cache_lock();
	reenable_swap_slots_cache_unlock();
#endif
}

/**
 * mmk_policy() - The policy by which pages are allocated for current
 *
 * Return: for swap_cluster_readahead(); NULL where there is one node.
 */
static inline struct mempolicy *mmk_policy(void)
{
#ifdef CONFIG_NUMA
	return get_task_policy(current);
#else
	return NULL;
#endif
}

#endif /* _MM_KUNIT_COMPAT_SWAP_H */
