/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A huge page that a pmd maps, and a device that wants it
 */
#ifndef _MM_KUNIT_LARGE_FOLIO_HPAGE_H
#define _MM_KUNIT_LARGE_FOLIO_HPAGE_H

#include <kunit/test.h>

#include "../lib/large.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "hdev.h"

/**
 * struct hpage - A huge page that a pmd maps, and a device that wants it
 * @dev: the device
 * @mm: current->mm
 * @child: forked from it, if the page is shared
 * @addr: where
 * @folio: the page
 * @state: of its folio
 * @rss: of @mm
 * @thps: anonymous huge pages of the machine
 */
struct hpage {
	struct hdev *dev;
	struct mm_struct *mm;
	struct mm_struct *child;
	unsigned long addr;
	struct folio *folio;
	struct mmk_folio_state state;
	struct mmk_mm_state rss;
	long thps;
};

void hpage_init_of(struct kunit *test, struct hpage *h, enum mmk_pte_kind kind,
		   enum memory_type type);
void hpage_init(struct kunit *test, struct hpage *h, enum mmk_pte_kind kind);

#endif /* _MM_KUNIT_LARGE_FOLIO_HPAGE_H */
