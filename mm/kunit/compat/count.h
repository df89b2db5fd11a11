/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Global counters
 */
#ifndef _MM_KUNIT_COMPAT_COUNT_H
#define _MM_KUNIT_COMPAT_COUNT_H

#include <linux/mmzone.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>

/*
 * Global counters, in pages, with what the CPUs have not folded yet. Exact as
 * long as no other task changes them.
 */
static inline long mmk_node_page_state(enum node_stat_item item)
{
	long nr = atomic_long_read(&vm_node_stat[item]);
#ifdef CONFIG_SMP
	struct pglist_data *pgdat;
	int cpu;

	for_each_online_pgdat(pgdat)
		for_each_possible_cpu(cpu)
			nr += per_cpu_ptr(pgdat->per_cpu_nodestats,
					  cpu)->vm_node_stat_diff[item];
#endif
	return nr;
}

static inline long mmk_zone_page_state(enum zone_stat_item item)
{
	long nr = atomic_long_read(&vm_zone_stat[item]);
#ifdef CONFIG_SMP
	struct zone *zone;
	int cpu;

	for_each_populated_zone(zone)
		for_each_possible_cpu(cpu)
			nr += per_cpu_ptr(zone->per_cpu_zonestats,
					  cpu)->vm_stat_diff[item];
#endif
	return nr;
}

/* Pages that vmalloc() has handed out */
static inline long mmk_vmalloc_nr_pages(void)
{
#ifdef MMK_HAVE_VMALLOC_NR_PAGES
	return vmalloc_nr_pages();
#else
	return mmk_node_page_state(NR_VMALLOC);
#endif
}

/* Newer kernels declare drain_all_pages() here. */
#if __has_include("../../page_alloc.h")
#include "../../page_alloc.h"
#endif

#endif /* _MM_KUNIT_COMPAT_COUNT_H */
