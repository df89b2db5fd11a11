// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of entry, under what only looks.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/mm.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/mm.h"
#include "../lib/proc.h"
#include "mirror.h"
#include "walk.h"

MMK_GEN_PARAMS(entry)
{
	return ew_next_entry(prev, desc);
}

MMK_GEN_PARAMS(pair)
{
	return ew_next_pair(prev, desc);
}

MMK_GEN_PARAMS(batch)
{
	return ew_next_batch(prev, desc);
}

/* What is said of all pages, or EW_MIXED if it is not the same */
static void say_also(struct ew_site *s, unsigned int page, enum ew_says says)
{
	if (!page)
		s->says = says;
	else if (s->says != says)
		s->says = EW_MIXED;
}

static void run_mincore(struct ew_walk *w)
{
	unsigned char __user *vec = (unsigned char __user *)w->mem;
	unsigned int i, page = 0;
	struct ew_site *s;
	u8 there;

	KUNIT_ASSERT_EQ(w->test, 0L, sys_mincore(w->start, w->len, vec));
	ew_for_each_inside(s, w)
		for (i = 0; i < s->nr; i++, page++) {
			KUNIT_ASSERT_EQ(w->test, 0UL,
					copy_from_user(&there, vec + page, 1));
			say_also(s, i, there & 1 ? EW_IN_MEMORY :
						   EW_NOT_IN_MEMORY);
		}
}

static const struct ew_ops mincore_ops = { .run = run_mincore };

/* In kB; what belongs to the entries, and if it is more than one, the sum. */
static void say_smaps(struct ew_walk *w, long rss, long swap)
{
	const long kb = PAGE_SIZE / SZ_1K;
	struct ew_site *s;

	if (w->nr > 1) {
		ew_for_each_site(s, w) {
			rss -= s->cell->says == EW_AS_RSS ? s->nr * kb : 0;
			swap -= s->cell->says == EW_AS_SWAP ? s->nr * kb : 0;
		}
		ew_for_each_site(s, w)
			s->says = rss || swap ? EW_MIXED : s->cell->says;
		return;
	}
	s = w->site;
	s->says = rss == s->nr * kb && !swap ? EW_AS_RSS :
		  swap == s->nr * kb && !rss ? EW_AS_SWAP :
		  !rss && !swap ? EW_NOTHING : EW_MIXED;
}

/*
 * Of one entry that counts as resident: it is anonymous, and one process has it. That of what
 * is not present is not known, but for a device-private page, which counts as present; the
 * comment of smaps_account() has it as shared. Only a pte that is present can be young.
 */
static bool smaps_fits(const struct ew_site *s, const struct mmk_smaps *smaps)
{
	const struct ew_look *look = &s->before;
	const struct folio *folio;
	bool there, used;

	if (look->huge || !look->pfn)
		return true;
	folio = page_folio(pfn_to_page(look->pfn));
	there = look->kind == MMK_PTE_PRESENT || folio_is_zone_device(folio);
	used = (look->kind == MMK_PTE_PRESENT && look->young) ||
	       folio_test_referenced(folio);
	if (smaps->anonymous != smaps->rss ||
	    smaps->referenced != (used ? smaps->rss : 0))
		return false;
	if (there && folio_mapcount(folio) > 1)
		return smaps->shared == smaps->rss && smaps->pss < smaps->rss;
	return smaps->pss == smaps->rss &&
	       (there ? smaps->private : smaps->shared) == smaps->rss;
}

static void run_smaps(struct ew_walk *w)
{
	struct mmk_smaps smaps;

	mmk_proc_smaps(w->test, w->proc, w->start, &smaps);
	say_smaps(w, smaps.rss, smaps.swap);
	if (w->nr == 1 && w->site->says == EW_AS_RSS &&
	    !smaps_fits(w->site, &smaps))
		w->site->says = EW_MIXED;
}

static const struct ew_ops smaps_ops = {
	.early = ew_need_proc,
	.run = run_smaps,
	.all = true,
};

/* What the rest of the mm counts for; a second time, with what /proc itself needs */
static void early_rollup(struct ew_walk *w)
{
	struct mmk_smaps smaps;

	ew_need_proc(w);
	mmk_proc_smaps(w->test, w->proc, 0, &smaps);
	mmk_proc_smaps(w->test, w->proc, 0, &smaps);
	w->noted[0] = smaps.rss;
	w->noted[1] = smaps.swap;
}

static void run_smaps_rollup(struct ew_walk *w)
{
	struct mmk_smaps smaps;

	mmk_proc_smaps(w->test, w->proc, 0, &smaps);
	say_smaps(w, smaps.rss - w->noted[0], smaps.swap - w->noted[1]);
}

static const struct ew_ops smaps_rollup_ops = {
	.early = early_rollup,
	.run = run_smaps_rollup,
	.all = true,
};

/* As Documentation/admin-guide/mm/pagemap.rst has it */
#define PAGEMAP_PRESENT		BIT_ULL(63)
#define PAGEMAP_SWAP		BIT_ULL(62)
#define PAGEMAP_GUARD		BIT_ULL(58)
#define PAGEMAP_UFFD		BIT_ULL(57)
#define PAGEMAP_EXCLUSIVE	BIT_ULL(56)
#define PAGEMAP_SOFT_DIRTY	BIT_ULL(55)
#define PAGEMAP_PFN		GENMASK_ULL(54, 0)
#define PAGEMAP_OFFSET_SHIFT	5

/* What is said to be swapped. Before 6.15, that is all that is said of a guard region. */
static enum ew_says as_swap(const struct ew_site *s)
{
	return !PAGE_IS_GUARD && s->entry == EW_GUARD ? EW_AS_GUARD : EW_AS_SWAP;
}

/* Of one page of an entry, of which @word is told */
static enum ew_says pagemap_says(const struct ew_walk *w,
				 const struct ew_site *s, unsigned int page,
				 u64 word)
{
	const struct ew_look *look = &s->before;
	u64 offset = (word & PAGEMAP_PFN) >> PAGEMAP_OFFSET_SHIFT;

	if (!(word & PAGEMAP_UFFD) != !(look->bits & MMK_UFFD))
		return EW_MIXED;
	word &= ~PAGEMAP_UFFD;
	if (ew_minds_soft_bits(w) &&
	    !(word & PAGEMAP_SOFT_DIRTY) != !(look->bits & MMK_SOFT_DIRTY))
		return EW_MIXED;
	/* New memory is soft-dirty, even where nothing is. */
	word &= ~PAGEMAP_SOFT_DIRTY;
	if (!word)
		return EW_NOTHING;
	if (word & PAGEMAP_PRESENT)
		return (word & PAGEMAP_PFN) == look->pfn + page &&
		       !(word & PAGEMAP_SWAP) &&
		       !!(word & PAGEMAP_EXCLUSIVE) == s->how->bytes ?
		       EW_AS_PRESENT : EW_MIXED;
	if (word & PAGEMAP_EXCLUSIVE)
		return EW_MIXED;
	if (word & PAGEMAP_GUARD)
		return EW_AS_GUARD;
	if (!(word & PAGEMAP_SWAP))
		return EW_MIXED;
	/* Up to the offset that is behind the flags of a migration entry */
	if (look->pfn && offset != look->pfn + page)
		return EW_MIXED;
	return as_swap(s);
}

static void run_pagemap(struct ew_walk *w)
{
	const size_t size = w->len / PAGE_SIZE * sizeof(u64);
	u64 *words = kunit_kzalloc(w->test, size, GFP_KERNEL), *word = words;
	struct ew_site *s;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(w->test, words);
	KUNIT_ASSERT_EQ(w->test, size,
			mmk_proc_read(w->test, w->proc, "pagemap",
				      w->start / PAGE_SIZE * sizeof(u64), words,
				      size));
	ew_for_each_inside(s, w)
		for (i = 0; i < s->nr; i++)
			say_also(s, i, pagemap_says(w, s, i, *word++));
}

static const struct ew_ops pagemap_ops = {
	.early = ew_need_proc,
	.run = run_pagemap,
};

/* As Documentation/admin-guide/mm/pagemap.rst has it */
#define SCAN_MASK	(PAGE_IS_FILE | PAGE_IS_PRESENT | PAGE_IS_SWAPPED | \
			 PAGE_IS_PFNZERO | PAGE_IS_HUGE | PAGE_IS_GUARD)
#define SCAN_REGIONS	600U

/* Of each page of an entry, which has these categories */
static enum ew_says scan_says(const struct ew_site *s, u64 is)
{
	if (!(is & ~PAGE_IS_HUGE))
		return is && !s->before.huge ? EW_MIXED : EW_NOTHING;
	if (is & PAGE_IS_FILE || !(is & PAGE_IS_HUGE) == s->before.huge)
		return EW_MIXED;
	if (is & PAGE_IS_PRESENT)
		return !(is & (PAGE_IS_SWAPPED | PAGE_IS_GUARD)) &&
		       !(is & PAGE_IS_PFNZERO) == (s->entry != EW_HUGE_ZERO) ?
		       EW_AS_PRESENT : EW_MIXED;
	if (is & PAGE_IS_PFNZERO || !(is & PAGE_IS_SWAPPED))
		return EW_MIXED;
	return is & PAGE_IS_GUARD ? EW_AS_GUARD : as_swap(s);
}

static void run_pagemap_scan(struct ew_walk *w)
{
	struct pm_scan_arg arg = {
		.start = w->start,
		.end = w->start + w->len,
		.return_mask = SCAN_MASK,
	};
	const unsigned int nr = w->len / PAGE_SIZE;
	struct page_region *regions, *r;
	unsigned int i, page = 0;
	struct ew_site *s;
	u64 *is;
	long n;

	regions = kunit_kcalloc(w->test, SCAN_REGIONS, sizeof(*regions),
				GFP_KERNEL);
	is = kunit_kcalloc(w->test, nr, sizeof(*is), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(w->test, regions);
	KUNIT_ASSERT_NOT_NULL(w->test, is);
	n = mmk_proc_scan(w->test, w->proc, &arg, regions, SCAN_REGIONS);
	KUNIT_ASSERT_GE(w->test, n, 0L);
	KUNIT_EXPECT_EQ(w->test, arg.walk_end, arg.end);
	for (r = regions; r < regions + n; r++)
		for (i = (r->start - w->start) / PAGE_SIZE;
		     i < (r->end - w->start) / PAGE_SIZE && i < nr; i++)
			is[i] |= r->categories;
	ew_for_each_inside(s, w)
		for (i = 0; i < s->nr; i++)
			say_also(s, i, scan_says(s, is[page++]));
}

static const struct ew_ops pagemap_scan_ops = {
	.early = ew_need_proc,
	.run = run_pagemap_scan,
};

static void run_clear_refs(struct ew_walk *w)
{
	mmk_proc_write(w->test, w->proc, "clear_refs", "1");
	ew_say(w, 0);
}

static const struct ew_ops clear_refs_ops = {
	.early = ew_need_proc,
	.run = run_clear_refs,
	.all = true,
};

static void run_hmm_snapshot(struct ew_walk *w)
{
	unsigned long *pfn;
	struct ew_site *s;
	unsigned int i;

	ew_mirror_run(w, 0);
	pfn = w->mirror->pfns;
	ew_for_each_inside(s, w)
		for (i = 0; i < s->nr; i++)
			say_also(s, i, ew_mirror_says(s, i, *pfn++));
	if (w->mirror->ret)
		ew_say(w, w->mirror->ret);
}

static const struct ew_ops hmm_snapshot_ops = {
	.early = ew_mirror_early,
	.run = run_hmm_snapshot,
};

/**
 * mincore_meets_each_entry() - mincore()
 *
 * The row "mincore": the same is said of all pages of an entry.
 *
 * Contract: EW-1
 */
static void mincore_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_MINCORE, &mincore_ops);
}

/**
 * mincore_tells_neighbours_apart() - mincore()
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void mincore_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_MINCORE, &mincore_ops);
}

/**
 * mincore_tells_huge_neighbours_apart() - mincore()
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void mincore_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_MINCORE, &mincore_ops);
}

/**
 * mincore_tells_pages_apart() - mincore()
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void mincore_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_MINCORE, &mincore_ops);
}

/**
 * smaps_meets_each_entry() - /proc/PID/smaps
 *
 * The row "smaps". What is resident is anonymous, and Pss, Shared, Private and Referenced
 * say whose it is, and whether it was used.
 *
 * Contract: EW-1
 */
static void smaps_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_SMAPS, &smaps_ops);
}

/**
 * smaps_tells_neighbours_apart() - /proc/PID/smaps
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void smaps_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_SMAPS, &smaps_ops);
}

/**
 * smaps_tells_huge_neighbours_apart() - /proc/PID/smaps
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void smaps_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_SMAPS, &smaps_ops);
}

/**
 * smaps_tells_pages_apart() - /proc/PID/smaps
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void smaps_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_SMAPS, &smaps_ops);
}

/**
 * smaps_rollup_meets_each_entry() - /proc/PID/smaps_rollup
 *
 * The row "smaps_rollup": what the entry adds to the sums of the mm.
 *
 * Contract: EW-1
 */
static void smaps_rollup_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_SMAPS_ROLLUP, &smaps_rollup_ops);
}

/**
 * smaps_rollup_tells_neighbours_apart() - /proc/PID/smaps_rollup
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void smaps_rollup_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_SMAPS_ROLLUP, &smaps_rollup_ops);
}

/**
 * smaps_rollup_tells_huge_neighbours_apart() - /proc/PID/smaps_rollup
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void smaps_rollup_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_SMAPS_ROLLUP, &smaps_rollup_ops);
}

/**
 * smaps_rollup_tells_pages_apart() - /proc/PID/smaps_rollup
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void smaps_rollup_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_SMAPS_ROLLUP, &smaps_rollup_ops);
}

/**
 * pagemap_meets_each_entry() - /proc/PID/pagemap
 *
 * The row "pagemap": the bits and the page frame of each page of an entry.
 * Nothing but a present page is mapped exclusively.
 *
 * Contract: EW-1
 */
static void pagemap_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_PAGEMAP, &pagemap_ops);
}

/**
 * pagemap_tells_neighbours_apart() - /proc/PID/pagemap
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void pagemap_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_PAGEMAP, &pagemap_ops);
}

/**
 * pagemap_tells_huge_neighbours_apart() - /proc/PID/pagemap
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void pagemap_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_PAGEMAP, &pagemap_ops);
}

/**
 * pagemap_tells_pages_apart() - /proc/PID/pagemap
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void pagemap_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_PAGEMAP, &pagemap_ops);
}

/**
 * clear_refs_meets_each_entry() - /proc/PID/clear_refs
 *
 * The row "clear_refs".
 *
 * Contract: EW-1
 */
static void clear_refs_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_CLEAR_REFS, &clear_refs_ops);
}

/**
 * clear_refs_tells_neighbours_apart() - /proc/PID/clear_refs
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void clear_refs_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_CLEAR_REFS, &clear_refs_ops);
}

/**
 * clear_refs_tells_huge_neighbours_apart() - /proc/PID/clear_refs
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void clear_refs_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_CLEAR_REFS, &clear_refs_ops);
}

/**
 * clear_refs_tells_pages_apart() - /proc/PID/clear_refs
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void clear_refs_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_CLEAR_REFS, &clear_refs_ops);
}

/**
 * hmm_snapshot_meets_each_entry() - hmm_range_fault() that asks for nothing
 *
 * The row "hmm_range_fault, snapshot": what the caller had in its array is
 * gone, for each page of an entry.
 *
 * Contract: EW-1
 */
static void hmm_snapshot_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_HMM_SNAPSHOT, &hmm_snapshot_ops);
}

/**
 * hmm_snapshot_tells_neighbours_apart() - hmm_range_fault() that asks for nothing
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void hmm_snapshot_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_HMM_SNAPSHOT, &hmm_snapshot_ops);
}

/**
 * hmm_snapshot_tells_huge_neighbours_apart() - hmm_range_fault() that asks for nothing
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void hmm_snapshot_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_HMM_SNAPSHOT, &hmm_snapshot_ops);
}

/**
 * hmm_snapshot_tells_pages_apart() - hmm_range_fault() that asks for nothing
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable, young, dirty, exclusive, soft-dirty, protected, or not.
 *
 * Contract: EW-2
 */
static void hmm_snapshot_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_HMM_SNAPSHOT, &hmm_snapshot_ops);
}

/* Which half of the huge page the child keeps */
static const struct kept_case {
	const char *description;
	unsigned int gone;
} kept_cases[] = {
	{ "the child keeps the first half", 1 },
	{ "the child keeps the second half", 0 },
};

KUNIT_ARRAY_PARAM_DESC(kept, kept_cases, description);

/**
 * pagemap_scan_meets_each_entry() - ioctl(PAGEMAP_SCAN)
 *
 * The row "PAGEMAP_SCAN": of anonymous memory, never said to be that of a file; a pmd is
 * said to be huge, and only that.
 *
 * Contract: EW-1
 */
static void pagemap_scan_meets_each_entry(struct kunit *test)
{
	ew_run(test, EW_PAGEMAP_SCAN, &pagemap_scan_ops);
}

/**
 * pagemap_scan_tells_neighbours_apart() - ioctl(PAGEMAP_SCAN)
 *
 * The same over one range in which each kind of entry stands beside each other, and
 * beside one of its own kind, in this order and in the other.
 *
 * Contract: EW-2
 */
static void pagemap_scan_tells_neighbours_apart(struct kunit *test)
{
	ew_run_chain(test, EW_PAGEMAP_SCAN, &pagemap_scan_ops);
}

/**
 * pagemap_scan_tells_huge_neighbours_apart() - ioctl(PAGEMAP_SCAN)
 *
 * The same over two entries of which one is huge, at least.
 *
 * Contract: EW-2
 */
static void pagemap_scan_tells_huge_neighbours_apart(struct kunit *test)
{
	ew_run_pair(test, EW_PAGEMAP_SCAN, &pagemap_scan_ops);
}

/**
 * pagemap_scan_tells_pages_apart() - ioctl(PAGEMAP_SCAN)
 *
 * The same over pages of large folios of which neighbours are mapped in different
 * ways: writable or not, young or not, dirty or not, exclusive or not.
 *
 * Contract: EW-2
 */
static void pagemap_scan_tells_pages_apart(struct kunit *test)
{
	ew_run_batch(test, EW_PAGEMAP_SCAN, &pagemap_scan_ops);
}

/**
 * pagemap_tells_pages_of_a_huge_page_apart() - Mapped exclusively or not
 *
 * A child unmaps one half of a huge page that the parent maps by a pmd. Of the pages
 * of that half the parent is told that they are its own (bit 56), of the others not.
 *
 * Contract: EW-1
 */
static void pagemap_tells_pages_of_a_huge_page_apart(struct kunit *test)
{
	const struct kept_case *param = test->param_value;
	const unsigned int half = MMK_HUGE_PAGES / 2;
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	struct mmk_proc *proc = mmk_proc_alloc(test);
	unsigned long addr = mmk_map_huge(test, mm, 1);
	unsigned int i, nr_wrong = 0;
	u64 *words;

	words = kunit_kcalloc(test, MMK_HUGE_PAGES, sizeof(*words), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, words);
	child = mmk_fork(test);
	KUNIT_ASSERT_EQ(test, 0,
			mmk_mm_madvise(child,
				       addr + param->gone * half * PAGE_SIZE,
				       half * PAGE_SIZE, MADV_DONTNEED));
	MMK_EXPECT_PMD(test, mm, addr, PRESENT);

	mmk_proc_read(test, proc, "pagemap", addr / PAGE_SIZE * sizeof(*words),
		      words, MMK_HUGE_PAGES * sizeof(*words));
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		nr_wrong += !!(words[i] & PAGEMAP_EXCLUSIVE) !=
			    (i / half == param->gone);
	KUNIT_EXPECT_EQ_MSG(test, nr_wrong, 0U,
			    "pages that are told of wrongly");
	mmk_proc_end(test, proc);
}

static struct kunit_case walker_look_cases[] = {
	KUNIT_CASE_PARAM(mincore_meets_each_entry, entry_gen_params),
	KUNIT_CASE(mincore_tells_neighbours_apart),
	KUNIT_CASE_PARAM(mincore_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(mincore_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(smaps_meets_each_entry, entry_gen_params),
	KUNIT_CASE(smaps_tells_neighbours_apart),
	KUNIT_CASE_PARAM(smaps_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(smaps_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(smaps_rollup_meets_each_entry, entry_gen_params),
	KUNIT_CASE(smaps_rollup_tells_neighbours_apart),
	KUNIT_CASE_PARAM(smaps_rollup_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(smaps_rollup_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(pagemap_meets_each_entry, entry_gen_params),
	KUNIT_CASE(pagemap_tells_neighbours_apart),
	KUNIT_CASE_PARAM(pagemap_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(pagemap_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(pagemap_tells_pages_of_a_huge_page_apart,
			 kept_gen_params),
	KUNIT_CASE_PARAM(pagemap_scan_meets_each_entry, entry_gen_params),
	KUNIT_CASE(pagemap_scan_tells_neighbours_apart),
	KUNIT_CASE_PARAM(pagemap_scan_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(pagemap_scan_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(clear_refs_meets_each_entry, entry_gen_params),
	KUNIT_CASE(clear_refs_tells_neighbours_apart),
	KUNIT_CASE_PARAM(clear_refs_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(clear_refs_tells_pages_apart, batch_gen_params),
	KUNIT_CASE_PARAM(hmm_snapshot_meets_each_entry, entry_gen_params),
	KUNIT_CASE(hmm_snapshot_tells_neighbours_apart),
	KUNIT_CASE_PARAM(hmm_snapshot_tells_huge_neighbours_apart,
			 pair_gen_params),
	KUNIT_CASE_PARAM(hmm_snapshot_tells_pages_apart, batch_gen_params),
	{}
};

static struct kunit_suite walker_look_suite = {
	.name = "walker_look",
	.init = mmk_case_init,
	.test_cases = walker_look_cases,
};

kunit_test_suite(walker_look_suite);
