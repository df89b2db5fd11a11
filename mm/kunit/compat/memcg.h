/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory cgroups
 */
#ifndef _MM_KUNIT_COMPAT_MEMCG_H
#define _MM_KUNIT_COMPAT_MEMCG_H

#include <linux/cgroup.h>
#include <linux/memcontrol.h>

/* memory.stat leaves out what CPUs have counted lately, if it is not much. */
static inline void mmk_memcg_flush(struct mem_cgroup *memcg)
{
#ifdef MMK_HAVE_CSS_RSTAT_FLUSH
	css_rstat_flush(&memcg->css);
#else
	cgroup_rstat_flush(memcg->css.cgroup);
#endif
}

#endif /* _MM_KUNIT_COMPAT_MEMCG_H */
