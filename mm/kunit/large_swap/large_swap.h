/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Large folios in swap
 */
#ifndef _MM_KUNIT_LARGE_SWAP_LARGE_SWAP_H
#define _MM_KUNIT_LARGE_SWAP_LARGE_SWAP_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/types.h>

#include "../compat/leaf.h"
#include "../lib/large.h"
#include "../lib/swap.h"

/**
 * struct ls_size - How large a folio is, and how it is mapped
 * @description: for the KTAP line
 * @order: its order
 * @pmd: a pmd maps it
 */
struct ls_size {
	const char *description;
	unsigned int order;
	bool pmd;
};

#define LS_NR_SIZES	4

extern const struct ls_size ls_sizes[LS_NR_SIZES];

/**
 * struct ls - A large anonymous folio, and its swap area
 * @mm: current->mm
 * @addr: address of its first page
 * @order: its order
 * @nr: its pages
 * @folio: the folio, as long as it is there
 * @swap: the area, which nobody else uses
 * @first: the entry of its first page, once it has gone out
 */
struct ls {
	struct mm_struct *mm;
	unsigned long addr;
	unsigned int order;
	unsigned int nr;
	struct folio *folio;
	struct mmk_swap *swap;
	softleaf_t first;
};

void ls_map(struct kunit *test, struct ls *ls, const struct ls_size *size);
softleaf_t ls_entry(const struct ls *ls, unsigned int i);
void ls_out(struct kunit *test, struct ls *ls);
void ls_out_and_keep(struct kunit *test, struct ls *ls);
void ls_expect_entries(struct kunit *test, const struct ls *ls,
		       struct mm_struct *mm, unsigned int from, unsigned int to);
void ls_read_all(struct kunit *test, const struct ls *ls, struct mm_struct *mm);

#endif /* _MM_KUNIT_LARGE_SWAP_LARGE_SWAP_H */
