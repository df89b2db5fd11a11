/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of hugetlb, and their migration
 */
#ifndef _MM_KUNIT_HUGETLB_HUGETLB_H
#define _MM_KUNIT_HUGETLB_HUGETLB_H

#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/types.h>

#include "../lib/huge.h"

/* What every page is filled with, see mmk_fill(). */
#define HT_SEED		0x47

/**
 * struct ht - A mapping of hugetlb
 * @mm: current->mm
 * @file: the file that is mapped
 * @addr: address of its first page
 * @folio: its first page
 * @shared: it is mapped shared
 */
struct ht {
	struct mm_struct *mm;
	struct file *file;
	unsigned long addr;
	struct folio *folio;
	bool shared;
};

/**
 * struct ht_pool - Counters of huge pages, all in huge pages
 * @nr: pages that there are
 * @free: pages that nobody has
 * @reserved: free pages that are promised
 * @surplus: pages above the size of the pool
 * @used: of the pages of the mount: those in use, if they are limited
 * @held: of these: those that are reserved
 */
struct ht_pool {
	unsigned long nr;
	unsigned long free;
	unsigned long reserved;
	unsigned long surplus;
	long used;
	long held;
};

/**
 * struct ht_hold - A folio in the state in which migrate_pages() unmaps it
 * @folio: the folio: locked, isolated
 * @dst: the new folio: locked; or NULL
 * @anon_vma: pinned
 * @held: whether that is still so
 */
struct ht_hold {
	struct folio *folio;
	struct folio *dst;
	struct anon_vma *anon_vma;
	bool held;
};

void ht_map(struct kunit *test, struct ht *ht, unsigned int nr, bool shared,
	    const char *options);
void ht_pool(struct ht *ht, struct ht_pool *pool);
void ht_expect_pool(struct kunit *test, const char *when, struct ht *ht,
		    const struct ht_pool *wanted);
pte_t ht_pte(struct mm_struct *mm, unsigned long addr);
long ht_usage(struct mm_struct *mm);
void ht_expect_mapped(struct kunit *test, struct mm_struct *mm,
		      unsigned long addr, struct folio *folio, bool write);
struct ht_hold *ht_hold(struct kunit *test, struct ht *ht);
struct folio *ht_hold_end(struct kunit *test, struct ht_hold *hold, bool moved);

/* As MMK_EXPECT_PTE(), for a page of hugetlb */
#define HT_EXPECT_PTE(test, mm, addr, kind)				\
	MMK_EXPECT_KIND(test, mmk_pte_classify(ht_pte(mm, addr)),	\
			MMK_PTE_##kind)

#endif /* _MM_KUNIT_HUGETLB_HUGETLB_H */
