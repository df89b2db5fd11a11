/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel with all controls has a second version of each function that one of them
 * changes, for each of these controls.  The function itself enters the version of the
 * control that was chosen, if one was: "if (mm_control_is(N)) return version_N(...);".
 */
#ifndef _LINUX_MM_CONTROLS_H
#define _LINUX_MM_CONTROLS_H

#include <linux/compiler.h>
#include <linux/types.h>

extern unsigned int mm_control;
extern bool mm_control_trace;

void mm_control_enter(void);
void mm_control_reach(unsigned int site);

/* Called by all changed functions first; @site: the number of the function. */
static __always_inline void mm_control_site(unsigned int site)
{
	if (unlikely(mm_control_trace))
		mm_control_reach(site);
}

static __always_inline bool mm_control_is(unsigned int n)
{
	if (likely(mm_control != n))
		return false;
	mm_control_enter();
	return true;
}

#endif /* _LINUX_MM_CONTROLS_H */
