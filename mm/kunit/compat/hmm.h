/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What hmm_range_fault() has become
 */
#ifndef _MM_KUNIT_COMPAT_HMM_H
#define _MM_KUNIT_COMPAT_HMM_H

#include <linux/bits.h>
#include <linux/hmm.h>
#include <linux/kallsyms.h>

/* hmm_range_fault_unlocked_timeout(), since 7.3 */
typedef int (*mmk_hmm_unlocked_fn)(struct hmm_range *range,
				   unsigned long timeout);

static inline mmk_hmm_unlocked_fn mmk_hmm_unlocked(void)
{
	return (void *)kallsyms_lookup_name("hmm_range_fault_unlocked_timeout");
}

/* HMM_PFN_DMA_MAPPED, since 6.16: a flag of the driver in each answer */
#define MMK_HMM_DMA_MAPPED	BIT(BITS_PER_LONG - 4)

static inline bool mmk_hmm_has_dma_map(void)
{
	return kallsyms_lookup_name("hmm_dma_map_pfn");
}

#endif /* _MM_KUNIT_COMPAT_HMM_H */
