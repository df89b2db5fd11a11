// SPDX-License-Identifier: GPL-2.0
/*
 * hmm_range_fault(): what is asked for, and what the answer is. What to expect
 * is in include/linux/hmm.h, enum hmm_pfn_flags, and in the comments of
 * hmm_range_fault().
 */
#include <kunit/test.h>
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/mirror.h"
#include "../lib/mm.h"
#include "../lib/pte.h"

#define REQ_READ	HMM_PFN_REQ_FAULT
#define REQ_WRITE	(HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE)

/* Pages that the device mirrors; the one that a case is about is in the middle. */
#define NR_PAGES	3
#define MIDDLE		1

/**
 * enum place - What is in the middle
 * @PLACE_OWN: a page that can be written to
 * @PLACE_SHARED: a page that a write copies
 * @PLACE_HOLE: nothing yet
 * @PLACE_ZERO: the zero page
 * @PLACE_READ_ONLY: a page of a VMA that cannot be written to
 * @PLACE_NO_ACCESS: a page of a VMA that cannot be read
 * @PLACE_IO: a page of a VMA of a device
 * @PLACE_PFNS: a page of a VMA that has pfns only
 * @PLACE_NO_VMA: no VMA
 */
enum place {
	PLACE_OWN,
	PLACE_SHARED,
	PLACE_HOLE,
	PLACE_ZERO,
	PLACE_READ_ONLY,
	PLACE_NO_ACCESS,
	PLACE_IO,
	PLACE_PFNS,
	PLACE_NO_VMA,
};

/* The answer is a pfn, with these flags; else it is the flags alone. */
#define RO	HMM_PFN_VALID
#define RW	(HMM_PFN_VALID | HMM_PFN_WRITE)

/**
 * struct ask_case - A question and its answer
 * @description: for the KTAP line
 * @place: what is in the middle
 * @request: what is asked for
 * @ret: what hmm_range_fault() returns
 * @answer: the flags of the answer
 */
struct ask_case {
	const char *description;
	enum place place;
	unsigned long request;
	int ret;
	unsigned long answer;
};

static const struct ask_case ask_cases[] = {
	{ "own page", PLACE_OWN, 0, 0, RW },
	{ "own page, to read", PLACE_OWN, REQ_READ, 0, RW },
	{ "own page, to write", PLACE_OWN, REQ_WRITE, 0, RW },
	{ "shared page", PLACE_SHARED, 0, 0, RO },
	{ "shared page, to read", PLACE_SHARED, REQ_READ, 0, RO },
	{ "shared page, to write", PLACE_SHARED, REQ_WRITE, 0, RW },
	{ "hole", PLACE_HOLE, 0, 0, 0 },
	{ "hole, to read", PLACE_HOLE, REQ_READ, 0, RO },
	{ "hole, to write", PLACE_HOLE, REQ_WRITE, 0, RW },
	{ "zero page", PLACE_ZERO, 0, 0, RO },
	{ "zero page, to read", PLACE_ZERO, REQ_READ, 0, RO },
	{ "zero page, to write", PLACE_ZERO, REQ_WRITE, 0, RW },
	{ "read-only VMA", PLACE_READ_ONLY, 0, 0, RO },
	{ "read-only VMA, to read", PLACE_READ_ONLY, REQ_READ, 0, RO },
	{ "read-only VMA, to write", PLACE_READ_ONLY, REQ_WRITE, -EPERM },
	{ "VMA without access", PLACE_NO_ACCESS, 0, 0, HMM_PFN_ERROR },
	{ "VMA without access, to read", PLACE_NO_ACCESS, REQ_READ, -EFAULT },
	{ "VMA of a device", PLACE_IO, 0, 0, HMM_PFN_ERROR },
	{ "VMA of a device, to read", PLACE_IO, REQ_READ, -EFAULT },
	{ "VMA of pfns", PLACE_PFNS, 0, 0, HMM_PFN_ERROR },
	{ "VMA of pfns, to read", PLACE_PFNS, REQ_READ, -EFAULT },
	{ "no VMA", PLACE_NO_VMA, 0, 0, HMM_PFN_ERROR },
	{ "no VMA, to read", PLACE_NO_VMA, REQ_READ, -EFAULT },
};

KUNIT_ARRAY_PARAM_DESC(ask, ask_cases, description);

static unsigned long place_make(struct kunit *test, struct mm_struct *mm,
				enum place place)
{
	unsigned long addr = mmk_map_anon(test, NR_PAGES);
	unsigned long middle = addr + MIDDLE * PAGE_SIZE;

	mmk_fill(test, addr, NR_PAGES, 1);
	switch (place) {
	case PLACE_OWN:
		break;
	case PLACE_SHARED:
		mmk_fork(test);
		/* The neighbours are copied, and this mm's own. */
		KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
		KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, middle + PAGE_SIZE, true),
				0);
		break;
	case PLACE_HOLE:
	case PLACE_ZERO:
		KUNIT_ASSERT_EQ(test, do_madvise(mm, middle, PAGE_SIZE,
						 MADV_DONTNEED), 0);
		if (place == PLACE_ZERO)
			KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, middle, false),
					0);
		break;
	case PLACE_READ_ONLY:
		KUNIT_ASSERT_EQ(test, sys_mprotect(middle, PAGE_SIZE, PROT_READ),
				0L);
		break;
	case PLACE_NO_ACCESS:
		KUNIT_ASSERT_EQ(test, sys_mprotect(middle, PAGE_SIZE, PROT_NONE),
				0L);
		break;
	case PLACE_IO:
	case PLACE_PFNS:
		/* A VMA of its own */
		KUNIT_ASSERT_EQ(test, do_madvise(mm, middle, PAGE_SIZE,
						 MADV_DONTFORK), 0);
		mmk_set_vm_flags(mm, middle, place == PLACE_IO ? VM_IO :
				 VM_PFNMAP, true);
		break;
	case PLACE_NO_VMA:
		KUNIT_ASSERT_EQ(test, vm_munmap(middle, PAGE_SIZE), 0);
		break;
	}
	return addr;
}

static unsigned long answer_of(struct mm_struct *mm, unsigned long addr,
			       unsigned long flags)
{
	return flags & HMM_PFN_VALID ? flags | pte_pfn(mmk_pte(mm, addr)) :
				       flags;
}

/* The first page that does not say what it should, or @nr */
static unsigned int first_wrong(struct mm_struct *mm, unsigned long addr,
				const unsigned long *pfns, unsigned int nr,
				unsigned long flags)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (pfns[i] != answer_of(mm, addr + i * PAGE_SIZE, flags))
			break;
	return i;
}

/**
 * enum way - How the device says what it wants
 * @WAY_DEFAULT: the same for all pages of the range
 * @WAY_EACH: for each page
 * @NR_WAYS: how many ways there are
 */
enum way {
	WAY_DEFAULT,
	WAY_EACH,
	NR_WAYS,
};

/**
 * answer_is_what_was_asked_for() - A page, and two neighbours that are there
 *
 * The answer has the pfn of the page, is valid and writable as the pte is, and
 * has at least what was asked for, or else the call fails. Nothing is mapped
 * that was not asked for. It does not matter whether it is asked for by the
 * default of the range, or for the one page alone.
 *
 * Contract: EW-1
 */
static void answer_is_what_was_asked_for(struct kunit *test)
{
	const struct ask_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long pfns[NR_PAGES + 1], addr;
	struct mmk_mirror *mirror;
	enum way way;

	for (way = 0; way < NR_WAYS; way++) {
		struct hmm_range range = { .hmm_pfns = pfns };
		enum mmk_pte_kind before;
		int ret;

		addr = place_make(test, mm, c->place);
		before = mmk_pte_kind(mm, addr + MIDDLE * PAGE_SIZE);
		mirror = mmk_mirror_create(test, mm, addr, NR_PAGES * PAGE_SIZE);
		memset(pfns, 0, sizeof(pfns));
		pfns[NR_PAGES] = ~0UL;
		if (way == WAY_EACH) {
			pfns[MIDDLE] = c->request;
			range.pfn_flags_mask = REQ_WRITE;
		} else {
			/* Without a mask, this does not count. */
			pfns[MIDDLE] = REQ_WRITE;
			range.default_flags = c->request;
		}
		range.start = addr;
		range.end = addr + NR_PAGES * PAGE_SIZE;
		ret = mmk_mirror_ask(mirror, &range);
		KUNIT_EXPECT_EQ_MSG(test, ret, c->ret, "way %d", way);
		KUNIT_EXPECT_EQ(test, pfns[NR_PAGES], ~0UL);
		if (!c->request)
			MMK_EXPECT_KIND(test, mmk_pte_kind(mm, addr + MIDDLE *
							   PAGE_SIZE), before);
		if (!ret) {
			KUNIT_EXPECT_EQ_MSG(test, pfns[MIDDLE],
					    answer_of(mm, addr + MIDDLE *
						      PAGE_SIZE, c->answer),
					    "way %d", way);
			KUNIT_EXPECT_EQ(test, pfns[0], answer_of(mm, addr, RW));
			KUNIT_EXPECT_EQ(test, pfns[2],
					answer_of(mm, addr + 2 * PAGE_SIZE, RW));
		}
		/* What is there is a page like any other, for munmap(). */
		if (c->place == PLACE_PFNS)
			mmk_set_vm_flags(mm, addr + MIDDLE * PAGE_SIZE,
					 VM_PFNMAP, false);
		mmk_mirror_remove(test, mirror);
	}
}

/* Enough for a page table, and a part of each neighbour */
#define WIDE_PAGES	(PTRS_PER_PTE + 20)

/**
 * struct wide_case - Holes that are wider than a page table
 * @description: for the KTAP line
 * @request: what is asked for, by default
 * @one: what is asked for one page in the middle
 * @answer: the flags of all answers but that one
 * @old: each place still has an answer of an earlier call
 */
struct wide_case {
	const char *description;
	unsigned long request;
	unsigned long one;
	unsigned long answer;
	bool old;
};

/* Such an answer: a page that can be written to */
#define OLD_ANSWER	(RW | 0x1234)

static const struct wide_case wide_cases[] = {
	{ "nothing", 0, 0, 0 },
	{ "nothing, after an earlier call", 0, 0, 0, true },
	{ "all, to read", REQ_READ, 0, RO },
	{ "all, to write", REQ_WRITE, 0, RW },
	{ "one, to write", 0, REQ_WRITE, 0 },
	{ "all to read, one to write", REQ_READ, REQ_WRITE, RO },
};

KUNIT_ARRAY_PARAM_DESC(wide, wide_cases, description);

/**
 * wide_hole_is_answered_page_by_page() - There is no page table yet
 *
 * The range has no page, and most of it no page table. The pages that are
 * asked for are there afterwards, each at its own place in the answer. Others
 * may be there as well, if their page table had to be made. Nothing is written
 * behind the answer, and nothing of what was in its place before is left.
 *
 * Contract: EW-1
 */
static void wide_hole_is_answered_page_by_page(struct kunit *test)
{
	const struct wide_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long hole = mmk_map_huge_hole(test, mm, 3);
	unsigned long addr = hole + MMK_HUGE_SIZE - 10 * PAGE_SIZE;
	unsigned long *pfns = kunit_kcalloc(test, WIDE_PAGES + 1, sizeof(*pfns),
					    GFP_KERNEL);
	struct hmm_range range = {
		.start = addr,
		.end = addr + WIDE_PAGES * PAGE_SIZE,
		.hmm_pfns = pfns,
		.default_flags = c->request,
		.pfn_flags_mask = c->old ? 0 : REQ_WRITE,
	};
	const unsigned int one = WIDE_PAGES / 2;
	struct mmk_mirror *mirror;
	unsigned long page;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, pfns);
	KUNIT_ASSERT_EQ(test, do_madvise(mm, hole, 3 * MMK_HUGE_SIZE,
					 MADV_NOHUGEPAGE), 0);
	mirror = mmk_mirror_create(test, mm, addr, WIDE_PAGES * PAGE_SIZE);
	for (i = 0; c->old && i < WIDE_PAGES; i++)
		pfns[i] = OLD_ANSWER;
	if (!c->old)
		pfns[one] = c->one;
	pfns[WIDE_PAGES] = ~0UL;
	KUNIT_ASSERT_EQ(test, mmk_mirror_ask(mirror, &range), 0);
	KUNIT_EXPECT_EQ(test, pfns[WIDE_PAGES], ~0UL);
	if (c->one) {
		page = addr + one * PAGE_SIZE;
		KUNIT_EXPECT_EQ(test, pfns[one], answer_of(mm, page, RW));
		MMK_EXPECT_PTE(test, mm, page, PRESENT);
	}
	for (i = 0; i < WIDE_PAGES; i++) {
		page = addr + i * PAGE_SIZE;
		if (c->one && i == one)
			continue;
		/* A page that has been made on the way is told of. */
		if (c->one && (pfns[i] & HMM_PFN_VALID)) {
			KUNIT_ASSERT_EQ(test, pfns[i] & ~HMM_PFN_WRITE,
					answer_of(mm, page, RO));
			continue;
		}
		KUNIT_ASSERT_EQ_MSG(test, pfns[i],
				    answer_of(mm, page, c->answer), "page %u",
				    i);
	}
	mmk_mirror_remove(test, mirror);
}

/**
 * struct whole_case - A huge page
 * @description: for the KTAP line
 * @forked: a child has it as well
 * @request: what is asked for
 * @first: the first of its pages that the device mirrors
 */
struct whole_case {
	const char *description;
	bool forked;
	unsigned long request;
	unsigned int first;
};

static const struct whole_case whole_cases[] = {
	{ "own", false, 0, 0 },
	{ "own, a part", false, 0, 5 },
	{ "own, to write", false, REQ_WRITE, 0 },
	{ "shared", true, 0, 0 },
	{ "shared, a part", true, 0, 5 },
	{ "shared, to read", true, REQ_READ, 0 },
	{ "shared, to write", true, REQ_WRITE, 0 },
	{ "shared, a part to write", true, REQ_WRITE, 5 },
};

KUNIT_ARRAY_PARAM_DESC(whole, whole_cases, description);

/**
 * huge_page_is_answered_as_such() - With its order
 *
 * As long as a pmd maps the huge page, each answer has the pfn of its own page
 * and the order of the huge page, and is writable as the pmd is. A write to a
 * huge page that is shared gives each page that was asked for a valid and
 * writable answer. What stands behind the range asks for nothing.
 *
 * Contract: EW-1
 */
static void huge_page_is_answered_as_such(struct kunit *test)
{
	const struct whole_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long huge = mmk_map_huge(test, mm, 1);
	unsigned long addr = huge + c->first * PAGE_SIZE, pfn, order;
	unsigned int nr = MMK_HUGE_PAGES - 2 * c->first, i;
	unsigned long *pfns = kunit_kcalloc(test, nr + 1, sizeof(*pfns),
					    GFP_KERNEL);
	bool write = !c->forked || (c->request & HMM_PFN_REQ_WRITE);
	struct hmm_range range = {
		.start = addr,
		.end = addr + nr * PAGE_SIZE,
		.hmm_pfns = pfns,
		.default_flags = c->request,
		.pfn_flags_mask = REQ_WRITE,
	};
	struct mmk_mirror *mirror;

	KUNIT_ASSERT_NOT_NULL(test, pfns);
	mmk_fill(test, huge, MMK_HUGE_PAGES, 1);
	if (c->forked)
		mmk_fork(test);
	mirror = mmk_mirror_create(test, mm, addr, nr * PAGE_SIZE);
	pfns[nr] = ~0UL;
	KUNIT_ASSERT_EQ(test, mmk_mirror_ask(mirror, &range), 0);
	KUNIT_EXPECT_EQ(test, pfns[nr], ~0UL);
	if (mmk_pmd_kind(mm, huge) == MMK_PTE_PRESENT) {
		order = (unsigned long)HPAGE_PMD_ORDER << HMM_PFN_ORDER_SHIFT;
		pfn = pmd_pfn(mmk_pmd(mm, huge)) + c->first;
		for (i = 0; i < nr; i++)
			KUNIT_ASSERT_EQ_MSG(test, pfns[i], (pfn + i) | order |
					    (write ? RW : RO), "page %u", i);
	} else {
		KUNIT_EXPECT_TRUE(test, c->forked && write);
		KUNIT_EXPECT_EQ(test, first_wrong(mm, addr, pfns, nr, RW), nr);
	}
	mmk_mirror_remove(test, mirror);
	MMK_EXPECT_MM_HOLDS(test, mm, huge, MMK_HUGE_PAGES, 1);
}

/**
 * stale_answer_is_refused() - The range has been invalidated
 *
 * Between mmu_interval_read_begin() and hmm_range_fault() a page of the range
 * is dropped: the call returns -EBUSY, whatever it was asked for. A page beside
 * the range does not matter.
 *
 * Contract: EW-1
 */
static void stale_answer_is_refused(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, NR_PAGES + 1);
	unsigned long pfns[NR_PAGES] = {};
	struct mmk_mirror *mirror;
	struct hmm_range range = {
		.start = addr,
		.end = addr + NR_PAGES * PAGE_SIZE,
		.hmm_pfns = pfns,
	};
	int ret, at;

	mmk_fill(test, addr, NR_PAGES + 1, 1);
	mirror = mmk_mirror_create(test, mm, addr, NR_PAGES * PAGE_SIZE);
	range.notifier = &mirror->notifier;
	for (at = NR_PAGES; at >= 0; at--) {
		range.notifier_seq = mmu_interval_read_begin(range.notifier);
		KUNIT_ASSERT_EQ(test, do_madvise(mm, addr + at * PAGE_SIZE,
						 PAGE_SIZE, MADV_DONTNEED), 0);
		mmap_read_lock(mm);
		ret = hmm_range_fault(&range);
		mmap_read_unlock(mm);
		KUNIT_EXPECT_EQ_MSG(test, ret, at < NR_PAGES ? -EBUSY : 0,
				    "page %d", at);
	}
	mmk_mirror_remove(test, mirror);
}

/* Else the first case that reads a huge page would seem to leak it. */
static int hmm_suite_init(struct kunit_suite *suite)
{
	mmk_huge_zero_get();
	return 0;
}

static struct kunit_case walker_hmm_cases[] = {
	KUNIT_CASE_PARAM(answer_is_what_was_asked_for, ask_gen_params),
	KUNIT_CASE_PARAM(wide_hole_is_answered_page_by_page, wide_gen_params),
	KUNIT_CASE_PARAM(huge_page_is_answered_as_such, whole_gen_params),
	KUNIT_CASE(stale_answer_is_refused),
	{}
};

static struct kunit_suite walker_hmm_suite = {
	.name = "walker_hmm",
	.suite_init = hmm_suite_init,
	.init = mmk_case_init,
	.test_cases = walker_hmm_cases,
};

kunit_test_suite(walker_hmm_suite);
