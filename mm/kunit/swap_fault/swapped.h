/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page that has been swapped out, its area, and the locks of its fault
 */
#ifndef _MM_KUNIT_SWAP_FAULT_SWAPPED_H
#define _MM_KUNIT_SWAP_FAULT_SWAPPED_H

#include <kunit/test.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "../../swap.h"
#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "../compat/vma.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"

/* Seed of the bytes of the page */
#define SEED	0x5a

/* The flags of the architectures' fault handlers for an access by a user */
#define USER_READ	(FAULT_FLAG_DEFAULT | FAULT_FLAG_USER)

/* Only tasks of the case use this mm. */
static inline long vma_lock_count(struct mm_struct *mm, unsigned long addr)
{
	return mmk_vma_lock_count(mmk_vma_at(mm, addr));
}

void sf_release_lock(void *folio);

/* Locked until unlock_folio(), or until the case ends. */
static inline void lock_folio(struct kunit *test, struct folio *folio)
{
	folio_lock(folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, sf_release_lock,
							folio), 0);
}

static inline void unlock_folio(struct kunit *test, struct folio *folio)
{
	kunit_release_action(test, sf_release_lock, folio);
}

/**
 * struct swapped - One page of user memory that has been swapped out
 * @mm: its address space
 * @addr: its address
 * @entry: its swap entry
 * @folio: its folio in the swap cache, with a reference of the case; or NULL
 * @idle: count of the VMA lock when it is free
 * @mmap_idle: count of mmap_lock when it is free
 */
struct swapped {
	struct mm_struct *mm;
	unsigned long addr;
	softleaf_t entry;
	struct folio *folio;
	long idle;
	long mmap_idle;
};

void sf_swap_out_filled(struct kunit *test, struct swapped *s,
			bool keep_cached);

static inline void swap_out(struct kunit *test, struct swapped *s, bool keep_cached)
{
	mmk_fill(test, s->addr, 1, SEED);
	sf_swap_out_filled(test, s, keep_cached);
}

void sf_swapped_init(struct kunit *test, struct swapped *s,
		     bool keep_cached);
void sf_expect_locks_idle(struct kunit *test, const struct swapped *s);

static inline void expect_still_swapped(struct kunit *test, const struct swapped *s)
{
	MMK_EXPECT_PTE(test, s->mm, s->addr, SWAP);
	KUNIT_EXPECT_EQ(test, softleaf_from_pte(mmk_pte(s->mm, s->addr)).val,
			s->entry.val);
}

/**
 * struct served_case - A swap fault that need not wait
 * @description: for the log
 * @cached: the folio is in the swap cache
 * @other_ref: the folio has an unexpected reference
 * @forked: a child has the entry as well
 * @child_gone: the child has exited
 * @prot_read: the VMA has become read-only
 * @mlocked: the VMA is VM_LOCKED
 * @write: the fault is a write
 * @major: the page has to be read from the area
 * @exclusive: the page ends up exclusive to this mm
 * @may_write: the pte ends up writable
 * @swapcache: the page stays in the swap cache
 * @copied: the fault copies the page; the copy is not in the swap cache
 * @reused: do_wp_page() finds out that no copy is needed
 */
struct served_case {
	const char *description;
	bool cached;
	bool other_ref;
	bool forked;
	bool child_gone;
	bool prot_read;
	bool mlocked;
	bool write;
	bool major;
	bool exclusive;
	bool may_write;
	bool swapcache;
	bool copied;
	bool reused;
};

/**
 * struct served - A served_case as it runs
 * @s: the page
 * @c: the row
 * @child: the mm of the child, or NULL
 * @rss: the counters of the mm before the fault
 * @majors: PGMAJFAULT before the fault
 * @faults: PGFAULT before the fault
 * @refaults: WORKINGSET_REFAULT_ANON before the fault
 * @reuses: PGREUSE before the fault
 */
struct served {
	struct swapped s;
	const struct served_case *c;
	struct mm_struct *child;
	struct mmk_mm_state rss;
	unsigned long majors;
	unsigned long faults;
	unsigned long refaults;
	unsigned long reuses;
};

void sf_locked_init(struct kunit *test, struct swapped *s,
		    struct mmk_folio_state *unlocked);

/**
 * struct wait_case - A fault that waits for a locked folio
 * @description: for the log
 * @flags: FAULT_FLAG_*
 * @lock: lock that handle_mm_fault() is called under
 */
struct wait_case {
	const char *description;
	unsigned int flags;
	enum mmk_lock lock;
};

#define SF_NR_LOCK_CASES	2

extern const struct wait_case sf_lock_cases[SF_NR_LOCK_CASES];

void sf_leaf_set(struct kunit *test, struct swapped *s, softleaf_t entry);

static inline softleaf_t leaf_poisoned(void)
{
	return make_poisoned_swp_entry();
}

void sf_make_exclusive(struct kunit *test, struct swapped *s);

#endif /* _MM_KUNIT_SWAP_FAULT_SWAPPED_H */
