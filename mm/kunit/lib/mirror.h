/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device that mirrors an address range
 */
#ifndef _MM_KUNIT_LIB_MIRROR_H
#define _MM_KUNIT_LIB_MIRROR_H

#include <kunit/test.h>
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>

/**
 * struct mmk_mirror - A device that asks hmm_range_fault() for pages
 * @notifier: the interval notifier of the range
 * @mm: address space, with a reference until the notifier is removed
 * @busy: how often hmm_range_fault() returned -EBUSY the last time
 */
struct mmk_mirror {
	struct mmu_interval_notifier notifier;
	struct mm_struct *mm;
	int busy;
};

void mmk_mirror_insert(struct kunit *test, struct mmk_mirror *mirror,
		       struct mm_struct *mm, unsigned long addr, size_t len);
struct mmk_mirror *mmk_mirror_create(struct kunit *test, struct mm_struct *mm,
				     unsigned long addr, size_t len);
void mmk_mirror_remove(struct kunit *test, struct mmk_mirror *mirror);
int mmk_mirror_ask(struct mmk_mirror *mirror, struct hmm_range *range);

#endif /* _MM_KUNIT_LIB_MIRROR_H */
