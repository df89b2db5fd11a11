/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of an address space, for kernels that lack this; see probe.mk
 */
#ifndef _MM_KUNIT_COMPAT_RSS_H
#define _MM_KUNIT_COMPAT_RSS_H

/* The counter @member of @mm, with what the CPUs have not folded yet */
#define get_mm_counter_sum(mm, member) \
	((unsigned long)percpu_counter_sum_positive(&(mm)->rss_stat[member]))

#endif /* _MM_KUNIT_COMPAT_RSS_H */
