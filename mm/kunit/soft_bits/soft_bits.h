/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page with soft bits, in a range that userfaultfd watches for writes
 */
#ifndef _MM_KUNIT_SOFT_BITS_SOFT_BITS_H
#define _MM_KUNIT_SOFT_BITS_SOFT_BITS_H

#include <kunit/test.h>

#include "../lib/bits.h"
#include "../lib/scene.h"
#include "../lib/uffd.h"

/**
 * struct soft_case - A page, and the bits of its pte
 * @description: for the KTAP line
 * @backing: what is mapped
 * @bits: MMK_SOFT_DIRTY and MMK_UFFD
 * @dirty: the pte is dirty
 * @write: the pte is writable
 * @kind: the entry that a migration has to make of it
 */
struct soft_case {
	const char *description;
	enum backing backing;
	unsigned int bits;
	bool dirty;
	bool write;
	enum mmk_pte_kind kind;
};

#define SB_NR_CASES	15

extern const struct soft_case sb_cases[SB_NR_CASES];

/**
 * struct soft - A page with soft bits
 * @s: the page
 * @uffd: watches the page for writes
 * @dev: a device, of cases that need one
 */
struct soft {
	struct scene s;
	struct mmk_uffd *uffd;
	struct mmk_dev *dev;
};

void sb_map(struct kunit *test, struct soft *soft, const struct soft_case *how);
void sb_expect_mapped(struct kunit *test, struct mm_struct *mm,
		      unsigned long addr, struct folio *folio,
		      unsigned int bits, bool write);

#endif /* _MM_KUNIT_SOFT_BITS_SOFT_BITS_H */
