/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An MMU notifier that logs its calls
 */
#ifndef _MM_KUNIT_LIB_NOTIFIER_H
#define _MM_KUNIT_LIB_NOTIFIER_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>

#include "pte.h"

/**
 * struct mmk_notifier_event - One call of an MMU notifier
 * @at_end: invalidate_range_end, not _start
 * @event: why
 * @owner: the driver that causes it
 * @start: start of the range
 * @end: end of the range, exclusive
 * @flags: MMU_NOTIFIER_RANGE_*
 * @pte: the pte at the address that is watched
 */
struct mmk_notifier_event {
	bool at_end;
	enum mmu_notifier_event event;
	void *owner;
	unsigned long start;
	unsigned long end;
	unsigned int flags;
	enum mmk_pte_kind pte;
};

/**
 * struct mmk_notifier - An MMU notifier and its log
 * @mn: the notifier
 * @nr: calls so far
 * @log: the first calls
 * @watch: user address whose pte is logged
 * @unlock_at_end: folio to unlock in the first invalidate_range_end
 */
struct mmk_notifier {
	struct mmu_notifier mn;
	unsigned int nr;
	struct mmk_notifier_event log[16];
	unsigned long watch;
	struct folio *unlock_at_end;
};

struct mmk_notifier *mmk_notifier_alloc(struct kunit *test,
					struct mm_struct *mm,
					unsigned long watch);
void mmk_notifier_stop(struct kunit *test, struct mmk_notifier *n);

#endif /* _MM_KUNIT_LIB_NOTIFIER_H */
