/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A swap area whose disk can fail
 */
#ifndef _MM_KUNIT_LIB_DISK_H
#define _MM_KUNIT_LIB_DISK_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/swap.h>

#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "mm.h"
#include "pte.h"
#include "snapshot.h"
#include "swap.h"
#include "task.h"

/* For se_fail_reads(): all reads */
#define SE_ALL	-1

struct mmk_swap *se_area_on(struct kunit *test, bool slow);
void se_fail_reads(struct kunit *test, unsigned int pass, int times);
void se_reads_work(void);
void se_read_ahead(bool on);
void se_make_slow(void);

static inline bool se_is_poisoned(pte_t pte)
{
	return !pte_none(pte) && !pte_present(pte) &&
	       softleaf_from_pte(pte).val == make_poisoned_swp_entry().val;
}

#endif /* _MM_KUNIT_LIB_DISK_H */
