/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages that fail
 */
#ifndef _MM_KUNIT_MEMORY_FAILURE_MEMORY_FAILURE_H
#define _MM_KUNIT_MEMORY_FAILURE_MEMORY_FAILURE_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/types.h>

#define HP_SEED		0x5d
#define HP_MAX		4

/**
 * struct hp - An address space, and pages that are out of use
 * @mm: current->mm; NULL after hp_alloc()
 * @pages: these pages, which are put back when the case ends
 * @nr: how many
 */
struct hp {
	struct mm_struct *mm;
	struct page *pages[HP_MAX];
	unsigned int nr;
};

struct hp *hp_alloc(struct kunit *test);
struct hp *hp_enter(struct kunit *test);
struct page *hp_free_page(struct kunit *test);
int hp_poison(struct kunit *test, struct hp *hp, struct page *page);
void hp_mark(struct kunit *test, struct hp *hp, struct page *page);
int hp_soft_offline(struct kunit *test, struct hp *hp, struct page *page);
void hp_expect_out_of_use(struct kunit *test, struct page *page);
void hp_expect_sigbus(struct kunit *test, struct mm_struct *mm,
		      unsigned long addr);

#endif /* _MM_KUNIT_MEMORY_FAILURE_MEMORY_FAILURE_H */
