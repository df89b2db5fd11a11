/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of each sort, and holes
 */
#ifndef _MM_KUNIT_MIGRATE_VMA_PAGES_H
#define _MM_KUNIT_MIGRATE_VMA_PAGES_H

#include <kunit/test.h>

#include "../lib/device.h"
#include "../lib/migrate.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"

/* The former MIGRATE_PFN_LOCKED */
#define PFN_LOCKED	BIT(2)

/* The source entry of a page that migrates */
static inline unsigned long src_of(struct folio *folio, bool write)
{
	return migrate_pfn(folio_pfn(folio)) | MIGRATE_PFN_MIGRATE |
	       (write ? MIGRATE_PFN_WRITE : 0);
}

/*
 * When the pte has been replaced, its dirty bit is on the folio, and stays
 * there.
 */
static inline void was_unmapped(struct mmk_page_state *was)
{
	if (pte_present(was->pte) && pte_dirty(was->pte))
		was->state.dirty = true;
}

/**
 * enum page_sort - Pages that migrate_vma_setup() can take
 * @SORT_WRITABLE: anonymous, exclusive, writable
 * @SORT_READABLE: anonymous, exclusive, in a read-only VMA
 * @SORT_SHARED: anonymous, shared with a forked child
 * @SORT_PRIVATE: device-private, writable
 * @SORT_PRIVATE_READABLE: device-private, exclusive, in a read-only VMA
 * @SORT_COHERENT: device-coherent, writable
 */
enum page_sort {
	SORT_WRITABLE,
	SORT_READABLE,
	SORT_SHARED,
	SORT_PRIVATE,
	SORT_PRIVATE_READABLE,
	SORT_COHERENT,
};

/**
 * struct pages - Three neighbouring pages of one sort
 * @mm: current->mm
 * @child: an mm that shares them, or NULL
 * @addr: of the first
 * @was: how they are mapped in @mm
 * @rss: the counters of @mm
 * @m: a round of migrate_vma_*() over the three
 */
struct pages {
	struct mm_struct *mm;
	struct mm_struct *child;
	unsigned long addr;
	struct mmk_page_state was[3];
	struct mmk_mm_state rss;
	struct mmk_vma *m;
};

void mv_make_pages(struct kunit *test, struct pages *p, enum page_sort sort);

static inline bool sort_is_writable(enum page_sort sort)
{
	return sort == SORT_WRITABLE || sort == SORT_PRIVATE ||
	       sort == SORT_COHERENT;
}

/**
 * enum target - Where a page migrates to
 * @TO_RAM: system memory
 * @TO_PRIVATE: device-private memory
 * @TO_COHERENT: device-coherent memory
 */
enum target {
	TO_RAM,
	TO_PRIVATE,
	TO_COHERENT,
};

struct mmk_dev *mv_target_create(struct kunit *test, enum target target);
void mv_copy_to_target(struct kunit *test, struct mmk_vma *m,
		       struct mmk_dev *dev);
void mv_decline(struct mmk_vma *m, unsigned long i);

#define PROT_RW	(PROT_READ | PROT_WRITE)

#endif /* _MM_KUNIT_MIGRATE_VMA_PAGES_H */
