/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether the TLB has been flushed when the page table lock is dropped
 */
#ifndef _MM_KUNIT_LIB_FLUSH_H
#define _MM_KUNIT_LIB_FLUSH_H

#include <kunit/test.h>
#include <linux/lockdep.h>
#include <linux/mm.h>

#include "pte.h"

/**
 * struct mmk_flush_watch - What holds whenever a page table lock is dropped
 * @mm: address space
 * @ptl: the lock
 * @ptep: the pte that tells whether something has been done
 * @kind: what that pte becomes
 * @start: of the range that has to be flushed then
 * @end: of that, exclusive
 * @nr_dropped: how often the lock was dropped with @ptep of this kind
 * @nr_early: and the TLB was not flushed
 */
struct mmk_flush_watch {
	struct mm_struct *mm;
	struct lockdep_map *ptl;
	pte_t *ptep;
	enum mmk_pte_kind kind;
	unsigned long start;
	unsigned long end;
	unsigned int nr_dropped;
	unsigned int nr_early;
};

struct mmk_flush_watch *mmk_flush_watch(struct kunit *test,
					struct mm_struct *mm,
					unsigned long addr,
					enum mmk_pte_kind kind,
					unsigned long start, size_t len);
void mmk_flush_unwatch(struct kunit *test, struct mmk_flush_watch *w);

#endif /* _MM_KUNIT_LIB_FLUSH_H */
