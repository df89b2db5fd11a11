/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Large folios that ptes map
 */
#ifndef _MM_KUNIT_LIB_LARGE_H
#define _MM_KUNIT_LIB_LARGE_H

#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/types.h>

#include "huge.h"
#include "snapshot.h"

/* The orders that anonymous memory comes in */
#define MMK_MIN_ORDER	2U
#define MMK_MAX_ORDER	((unsigned int)PMD_ORDER)
#define MMK_NR_ORDERS	(MMK_MAX_ORDER - MMK_MIN_ORDER + 1)

/* Seed of their contents, see mmk_fill(). */
#define MMK_LARGE_SEED	0x69

/**
 * enum mmk_part - Which pages of a large folio are mapped
 * @MMK_PART_WHOLE: all of them
 * @MMK_PART_FIRST: the first
 * @MMK_PART_MIDDLE: those of the second and the third quarter
 * @MMK_PART_LAST: the last
 * @MMK_PART_OTHER: every second one, from the first on
 * @MMK_PART_ONE: one, which is neither the first nor the last
 * @MMK_PART_COPIED: all in the parent; all but one, which it has copied, in a child
 * @MMK_PART_CHILD: none in the parent, all in a child
 */
enum mmk_part {
	MMK_PART_WHOLE,
	MMK_PART_FIRST,
	MMK_PART_MIDDLE,
	MMK_PART_LAST,
	MMK_PART_OTHER,
	MMK_PART_ONE,
	MMK_PART_COPIED,
	MMK_PART_CHILD,
	MMK_NR_PARTS,
};

/**
 * struct mmk_large - A large folio that ptes map
 * @mm: current->mm
 * @child: forked from it, or NULL
 * @file: the file that it belongs to, or NULL if it is anonymous
 * @addr: address of its first page, in mm and child
 * @order: its order
 * @nr: its pages
 * @folio: the folio
 */
struct mmk_large {
	struct mm_struct *mm;
	struct mm_struct *child;
	struct file *file;
	unsigned long addr;
	unsigned int order;
	unsigned int nr;
	struct folio *folio;
};

/* Counters of the machine that no migration changes; see large.c. */
#define MMK_LARGE_COUNTERS	10

/**
 * struct mmk_large_state - State of a large folio and of its mappings
 * @folio: state of the folio
 * @pfn: its first page frame
 * @entire: how often it is mapped as a whole
 * @queued: it is on the deferred split queue
 * @partial: it is marked as partly mapped
 * @mm: the counters of its mm
 * @child: the counters of the child
 * @counters: those of the machine
 * @ptes: its ptes in the mm, and in the child
 * @mapped: how often each page is mapped
 * @exclusive: whether each page is exclusive
 */
struct mmk_large_state {
	struct mmk_folio_state folio;
	unsigned long pfn;
	int entire;
	bool queued;
	bool partial;
	struct mmk_mm_state mm;
	struct mmk_mm_state child;
	long counters[MMK_LARGE_COUNTERS];
	pte_t ptes[2][PTRS_PER_PTE];
	int mapped[PTRS_PER_PTE];
	bool exclusive[PTRS_PER_PTE];
};

void mmk_large_map_row(struct kunit *test, struct mmk_large *l,
		       unsigned int nr, struct mm_struct *mm,
		       unsigned int order);
void mmk_large_map(struct kunit *test, struct mmk_large *l,
		   struct mm_struct *mm, unsigned int order);
void mmk_large_map_file(struct kunit *test, struct mmk_large *l,
			struct mm_struct *mm, unsigned int order);
void mmk_large_fork(struct kunit *test, struct mmk_large *l);
void mmk_large_fork_part(struct kunit *test, struct mmk_large *l);
const char *mmk_part_name(enum mmk_part part);
bool mmk_part_has(enum mmk_part part, unsigned int i, unsigned int nr);
void mmk_large_leave(struct kunit *test, struct mmk_large *l,
		     enum mmk_part part);
void mmk_large_vary(struct kunit *test, struct mmk_large *l);

bool mmk_large_queued(struct folio *folio);
struct mmk_large_state *mmk_large_snapshot(struct kunit *test,
					   struct mmk_large *l);
void mmk_large_count(long *counters);
void mmk_expect_large_counters(struct kunit *test, const char *what,
			       const long *before);
void mmk_expect_large_same(struct kunit *test, const char *what,
			   struct mmk_large *l, struct mmk_large_state *before);
void mmk_expect_large_entries(struct kunit *test, struct mmk_large *l,
			      const struct mmk_large_state *before);
void mmk_split_pmd(struct mm_struct *mm, unsigned long addr);

#endif /* _MM_KUNIT_LIB_LARGE_H */
