// SPDX-License-Identifier: GPL-2.0
/*
 * A device that mirrors what the walk is over.
 */
#include <kunit/test.h>
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../lib/huge.h"
#include "../lib/pte.h"
#include "mirror.h"
#include "walk.h"

/* Flags and a page that no answer can be taken for */
#define STALE_PFN	(HMM_PFN_VALID | HMM_PFN_WRITE | 0xa5a5)

/* The notifier comes before the entries: making one device-exclusive calls it. */
void ew_mirror_early(struct ew_walk *w)
{
	struct ew_mirror *mirror = kunit_kzalloc(w->test, sizeof(*mirror),
						 GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(w->test, mirror);
	mirror->pfns = kunit_kcalloc(w->test, w->len / PAGE_SIZE,
				     sizeof(*mirror->pfns), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(w->test, mirror->pfns);
	mmk_mirror_insert(w->test, &mirror->device, w->mm, w->start, w->len);
	w->mirror = mirror;
}

/* Asks for @request of each page, HMM_PFN_REQ_*; 0 is a snapshot. */
void ew_mirror_run(struct ew_walk *w, unsigned long request)
{
	struct ew_mirror *mirror = w->mirror;
	struct hmm_range range = {
		.start		= w->start,
		.end		= w->start + w->len,
		.hmm_pfns	= mirror->pfns,
		.default_flags	= request,
	};
	unsigned int i;

	for (i = 0; i < w->len / PAGE_SIZE; i++)
		mirror->pfns[i] = STALE_PFN;
	mirror->ret = mmk_mirror_ask(&mirror->device, &range);
}

/* What one word of a snapshot says of a page of an entry */
enum ew_says ew_mirror_says(const struct ew_site *s, unsigned int page,
			    unsigned long pfn)
{
	if (!pfn)
		return EW_NOTHING;
	if (pfn & HMM_PFN_ERROR)
		return EW_FAILS;
	if ((pfn & HMM_PFN_VALID) &&
	    (pfn & ~HMM_PFN_FLAGS) == s->before.pfn + page &&
	    !!(pfn & HMM_PFN_WRITE) == s->before.write &&
	    hmm_pfn_to_map_order(pfn) == (s->how->huge ? HPAGE_PMD_ORDER : 0))
		return EW_AS_PRESENT;
	return EW_MIXED;
}

/* Whether the device has been told of what is there now */
bool ew_mirror_valid(struct ew_walk *w, const struct ew_site *s,
		     unsigned long request)
{
	unsigned long first = (s->addr - w->start) / PAGE_SIZE, pfn;
	struct page *page;
	unsigned int i;

	for (i = 0; i < s->nr; i++) {
		pfn = w->mirror->pfns[first + i];
		if ((pfn & request) != request || (pfn & HMM_PFN_ERROR))
			return false;
		page = ew_page_at(w, s, i);
		if (!page || (pfn & ~HMM_PFN_FLAGS) != page_to_pfn(page))
			return false;
	}
	return true;
}
