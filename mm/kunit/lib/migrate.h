/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Migrations, step by step
 */
#ifndef _MM_KUNIT_LIB_MIGRATE_H
#define _MM_KUNIT_LIB_MIGRATE_H

#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/rmap.h>
#include <linux/types.h>

#include "device.h"

/**
 * struct mmk_hold - A folio in the state in which migrate_pages() unmaps it
 * @folio: the folio: locked, off the LRU, with the reference of the isolation
 * @held: whether that is still so
 * @dst: the new folio: locked and uptodate; or NULL
 * @anon_vma: pinned, so that it is not freed with the last mapping
 */
struct mmk_hold {
	struct folio *folio;
	bool held;
	struct folio *dst;
	struct anon_vma *anon_vma;
};

struct page *mmk_pin(struct kunit *test, unsigned long addr,
		     unsigned int flags);
void mmk_unpin(struct kunit *test, struct page *page);
struct mmk_hold *mmk_hold(struct kunit *test, struct folio *folio);
struct folio *mmk_hold_copy(struct kunit *test, struct mmk_hold *hold);
void mmk_hold_finish(struct kunit *test, struct mmk_hold *hold, bool moved);
int mmk_migrate(struct kunit *test, struct folio *folio);

struct mmk_dev;

#define MMK_VMA_MAX_PAGES	64

/* Room for huge pages, and as many guard entries behind them */
#define MMK_VMA_ROOM		(4 * PTRS_PER_PTE)

/**
 * struct mmk_vma - One round of migrate_vma_setup(), _pages() and _finalize()
 * @args: what the three are called with
 * @src: source pfns
 * @dst: destination pfns
 * @nr_pages: entries in use of both; the rest are guards
 * @mm: the mm that the addresses are of
 * @open: set up and not finalized yet; the deferred action then restores
 */
struct mmk_vma {
	struct migrate_vma args;
	unsigned long src[MMK_VMA_ROOM];
	unsigned long dst[MMK_VMA_ROOM];
	unsigned int nr_pages;
	struct mm_struct *mm;
	bool open;
};

struct mmk_vma *mmk_vma_alloc(struct kunit *test, struct mm_struct *mm,
			      unsigned long addr, unsigned int nr_pages,
			      unsigned long flags, void *owner);
int mmk_vma_setup(struct mmk_vma *m);
void mmk_vma_copy_to_ram(struct kunit *test, struct mmk_vma *m);
void mmk_vma_copy_to_dev(struct kunit *test, struct mmk_vma *m,
			 struct mmk_dev *dev);
void mmk_vma_pages(struct mmk_vma *m);
void mmk_vma_finalize(struct mmk_vma *m);
unsigned int mmk_vma_overrun(const struct mmk_vma *m);
struct page *mmk_migrate_to_dev(struct kunit *test, struct mm_struct *mm,
				unsigned long addr, struct mmk_dev *dev);

#endif /* _MM_KUNIT_LIB_MIGRATE_H */
