/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults: the locks that they are taken under, and what do_swap_page() does
 *
 * The constants say what the suites expect. They depend on a declaration that
 * came at the same time as the behaviour, never on the code under test.
 */
#ifndef _MM_KUNIT_COMPAT_FAULT_H
#define _MM_KUNIT_COMPAT_FAULT_H

#include <linux/debug_locks.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/pagemap.h>

#include "vma.h"

/*
 * MMK_TO_RAM_LOCKED: do_swap_page() calls migrate_to_ram with the page locked.
 * Without that, all faults on a page call the driver at the same time.
 *
 * MMK_SWAPIN_PAST_CACHE: a page of a RAM disk that only one pte refers to is
 * read past the swap cache, and is exclusive, whatever the entry says. Without
 * it, all pages are read into the swap cache, and only the entry decides: if it
 * was shared once, and is not any more, do_wp_page() finds out.
 *
 * MMK_SWAPIN_MINDS_REFS: a page with an unexpected reference that is written to
 * stays in the swap cache.
 *
 * MMK_SWAPIN_KEEPS_WRITTEN: an exclusive page that is written to stays in the swap
 * cache: whether its slot is freed is decided once the write has been dealt with, as
 * if the page was read.
 *
 * MMK_SWAPIN_REAPS_CACHE: a fault that backs out frees a slot that no pte
 * refers to.
 *
 * MMK_KNOWS_UFFD_WP: handle_pte_marker() handles uffd-wp markers.
 */
#ifdef MMK_HAVE_PAGE_PGMAP
#define MMK_TO_RAM_LOCKED	true
#else
#define MMK_TO_RAM_LOCKED	false
#endif

#ifdef MMK_HAVE_SWAPCACHE_PREPARE
#define MMK_SWAPIN_PAST_CACHE	true
#define MMK_SWAPIN_REAPS_CACHE	false
#else
#define MMK_SWAPIN_PAST_CACHE	false
#define MMK_SWAPIN_REAPS_CACHE	true
#endif

#ifdef MMK_HAVE_SWAPIN_IF_EXCLUSIVE
#define MMK_SWAPIN_MINDS_REFS	false
#else
#define MMK_SWAPIN_MINDS_REFS	true
#endif

#define MMK_SWAPIN_KEEPS_WRITTEN \
	(!MMK_SWAPIN_PAST_CACHE && MMK_SWAPIN_MINDS_REFS)

#if __has_include("linux/leafops.h")
#define MMK_KNOWS_UFFD_WP	true
#else
#define MMK_KNOWS_UFFD_WP	IS_ENABLED(CONFIG_PTE_MARKER_UFFD_WP)
#endif

/*
 * What do_swap_page() does to a page before it calls migrate_to_ram, and after
 */
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
 * Lockdep knows, even if the kernel under test breaks the rule. Without
 * lockdep, the rule has to do.
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

#endif /* _MM_KUNIT_COMPAT_FAULT_H */
