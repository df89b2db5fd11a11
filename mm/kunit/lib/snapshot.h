/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Snapshots of what a migration has to conserve
 */
#ifndef _MM_KUNIT_LIB_SNAPSHOT_H
#define _MM_KUNIT_LIB_SNAPSHOT_H

#include <kunit/test.h>
#include <linux/percpu-refcount.h>
#include <linux/vm_event_item.h>
#include <linux/mm.h>
#include <linux/types.h>

/**
 * struct mmk_folio_state - State of a folio
 * @refcount: folio_ref_count()
 * @mapcount: folio_mapcount()
 * @mapping: folio->mapping, with its flag bits
 * @index: folio->index
 * @anon_exclusive: PG_anon_exclusive of its first page
 * @locked: PG_locked
 * @lru: PG_lru
 * @dirty: PG_dirty
 * @uptodate: PG_uptodate
 * @swapbacked: PG_swapbacked
 * @swapcache: in the swap cache
 * @mlocked: PG_mlocked
 * @waiters: PG_waiters
 */
struct mmk_folio_state {
	int refcount;
	int mapcount;
	unsigned long mapping;
	unsigned long index;
	bool anon_exclusive;
	bool locked;
	bool lru;
	bool dirty;
	bool uptodate;
	bool swapbacked;
	bool swapcache;
	bool mlocked;
	bool waiters;
};

/**
 * struct mmk_mm_state - Counters of an address space
 * @anon: MM_ANONPAGES
 * @file: MM_FILEPAGES
 * @shmem: MM_SHMEMPAGES
 * @swap: MM_SWAPENTS
 * @users: mm_users
 */
struct mmk_mm_state {
	long anon;
	long file;
	long shmem;
	long swap;
	int users;
};

/**
 * struct mmk_page_state - A page and its pte
 * @mm: address space
 * @addr: user address
 * @folio: the page
 * @pte: its pte at @addr
 * @state: its state
 */
struct mmk_page_state {
	struct mm_struct *mm;
	unsigned long addr;
	struct folio *folio;
	pte_t pte;
	struct mmk_folio_state state;
};

void mmk_folio_snapshot(struct folio *folio, struct mmk_folio_state *state);
void mmk_mm_snapshot(struct mm_struct *mm, struct mmk_mm_state *state);
void mmk_expect_folio_same(struct kunit *test, const char *what,
			   struct folio *folio,
			   const struct mmk_folio_state *before);
void mmk_expect_mm_same(struct kunit *test, const char *what,
			struct mm_struct *mm,
			const struct mmk_mm_state *before);
bool mmk_pte_same(pte_t a, pte_t b);
void mmk_page_snapshot(struct kunit *test, struct mmk_page_state *state,
		       struct mm_struct *mm, unsigned long addr);
void mmk_expect_page_same(struct kunit *test, const char *what,
			  const struct mmk_page_state *before);
unsigned long mmk_vm_event(enum vm_event_item item);
long mmk_percpu_ref_sum(struct percpu_ref *ref);

#endif /* _MM_KUNIT_LIB_SNAPSHOT_H */
