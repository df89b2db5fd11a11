/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device that mirrors what the walk is over
 */
#ifndef _MM_KUNIT_WALKER_MIRROR_H
#define _MM_KUNIT_WALKER_MIRROR_H

#include <linux/hmm.h>

#include "../lib/mirror.h"
#include "walk.h"

/**
 * struct ew_mirror - A device that asks hmm_range_fault() for pages
 * @device: the device
 * @pfns: what was found, for each page
 * @ret: what hmm_range_fault() returned
 */
struct ew_mirror {
	struct mmk_mirror device;
	unsigned long *pfns;
	int ret;
};

void ew_mirror_early(struct ew_walk *w);
void ew_mirror_run(struct ew_walk *w, unsigned long request);
enum ew_says ew_mirror_says(const struct ew_site *s, unsigned int page,
			    unsigned long pfn);
bool ew_mirror_valid(struct ew_walk *w, const struct ew_site *s,
		     unsigned long request);

#endif /* _MM_KUNIT_WALKER_MIRROR_H */
