// SPDX-License-Identifier: GPL-2.0
/*
 * PAGEMAP_SCAN: what it says of writes, and what it protects; and mprotect(), which must not
 * let writes pass unseen. See Documentation/admin-guide/mm/pagemap.rst and soft-dirty.rst.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>
#include <linux/userfaultfd.h>

#include "../../internal.h"
#include "../compat/param.h"
#include "../compat/rmap.h"
#include "../compat/uffd.h"
#include "../lib/bits.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/proc.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "../lib/uffd.h"

#define SCAN_SEED	0x63

/* What has become of the pages when they are looked at */
enum scan_state {
	SCAN_PRESENT,
	SCAN_MIGRATION,
	SCAN_SWAP,
	SCAN_DEVICE,
	SCAN_HUGE,
	SCAN_HUGE_MIGRATION,
	NR_SCAN_STATES,
};

static const char * const scan_names[] = {
	"present", "under migration", "swapped out", "on a device",
	"huge", "huge, under migration",
};

/**
 * struct scan_way - Pages, and whether they are soft-dirty
 * @state: what becomes of them
 * @bits: MMK_SOFT_DIRTY or none
 */
struct scan_way {
	enum scan_state state;
	unsigned int bits;
};

static struct scan_way scan_way;

MMK_GEN_PARAMS(scan)
{
	if (!prev)
		scan_way = (struct scan_way){ };
	else if (!scan_way.bits)
		scan_way.bits = MMK_SOFT_DIRTY;
	else
		scan_way = (struct scan_way){ .state = scan_way.state + 1 };
	if (scan_way.state == NR_SCAN_STATES)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s%s", scan_names[scan_way.state],
		 scan_way.bits ? ", soft-dirty" : "");
	return &scan_way;
}

/**
 * struct scan - Pages that are looked at
 * @mm: current->mm
 * @addr: where
 * @nr: pages
 * @huge: a pmd maps them
 * @proc: the files in /proc of the mm
 * @uffd: watches them for writes, or NULL
 * @folio: theirs
 * @hold: its migration, or NULL
 */
struct scan {
	struct mm_struct *mm;
	unsigned long addr;
	unsigned int nr;
	bool huge;
	struct mmk_proc *proc;
	struct mmk_uffd *uffd;
	struct folio *folio;
	struct mmk_hold *hold;
};

static void scan_map(struct kunit *test, struct scan *s, bool huge)
{
	memset(s, 0, sizeof(*s));
	s->mm = mmk_mm_enter(test);
	s->huge = huge;
	s->nr = huge ? MMK_HUGE_PAGES : 1;
	s->addr = huge ? mmk_map_huge(test, s->mm, 1) : mmk_map_anon(test, 1);
	mmk_fill(test, s->addr, s->nr, SCAN_SEED);
	s->folio = huge ? mmk_pmd_folio(test, s->mm, s->addr) :
			  mmk_pte_folio(test, s->mm, s->addr);
	s->proc = mmk_proc_alloc(test);
}

/* Let it become what it has to be; it keeps its bits. */
static void scan_become(struct kunit *test, struct scan *s,
			enum scan_state state, struct mmk_dev *dev)
{
	switch (state) {
	case SCAN_MIGRATION:
	case SCAN_HUGE_MIGRATION:
		s->hold = mmk_hold(test, s->folio);
		try_to_migrate(s->folio, 0);
		break;
	case SCAN_SWAP:
		mmk_swap_on(test);
		KUNIT_ASSERT_EQ(test, mmk_pageout(s->addr, PAGE_SIZE), 0);
		break;
	case SCAN_DEVICE:
		mmk_migrate_to_dev(test, s->mm, s->addr, dev);
		break;
	default:
		break;
	}
}

static enum mmk_pte_kind scan_kind(struct scan *s)
{
	return s->huge ? mmk_pmd_kind(s->mm, s->addr) :
			 mmk_pte_kind(s->mm, s->addr);
}

static unsigned int scan_bits(struct scan *s)
{
	return s->huge ? mmk_pmd_bits(s->mm, s->addr) :
			 mmk_bits(s->mm, s->addr);
}

static bool scan_writable(struct scan *s)
{
	return s->huge ? pmd_write(mmk_pmd(s->mm, s->addr)) :
			 pte_write(mmk_pte(s->mm, s->addr));
}

/* Back to what the CPU can access, without a write */
static void scan_end(struct kunit *test, struct scan *s)
{
	if (s->hold) {
		remove_migration_ptes(s->folio, s->folio, 0);
		mmk_hold_finish(test, s->hold, false);
		s->hold = NULL;
	}
	KUNIT_EXPECT_EQ(test, mmk_fault_in(s->mm, s->addr, false), 0);
}

/* The pages of which @mask is true, protected if so wanted; negative if it failed */
static long scan_pages(struct kunit *test, struct scan *s, u64 mask, u64 flags)
{
	return mmk_proc_scan_pages(test, s->proc, s->addr, s->nr, mask, flags);
}

/**
 * scan_says_what_is_soft_dirty() - PAGE_IS_SOFT_DIRTY
 *
 * Once the bits of all memory have been cleared, exactly the pages that are soft-dirty since
 * are said to be: present or not, in a pmd or in a pte.
 *
 * Contract: WP-1, EW-1
 */
static void scan_says_what_is_soft_dirty(struct kunit *test)
{
	const struct scan_way *w = test->param_value;
	struct mmk_dev *dev = NULL;
	struct scan s;

	mmk_need_bits(test, MMK_SOFT_DIRTY);
	if (w->state == SCAN_DEVICE)
		dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	scan_map(test, &s, w->state >= SCAN_HUGE);
	mmk_proc_write(test, s.proc, "clear_refs", "4");
	if (s.huge)
		mmk_pmd_set_bits(test, s.mm, s.addr, w->bits);
	else
		mmk_set_bits(test, s.mm, s.addr, w->bits);
	scan_become(test, &s, w->state, dev);
	MMK_EXPECT_THESE_BITS(test, scan_bits(&s), w->bits);
	KUNIT_EXPECT_EQ(test, scan_pages(test, &s, PAGE_IS_SOFT_DIRTY, 0),
			w->bits ? (long)s.nr : 0L);
	scan_end(test, &s);
	mmk_proc_end(test, s.proc);
	MMK_EXPECT_HOLDS(test, s.addr, s.nr, SCAN_SEED);
}

static void scan_state_name(const enum scan_state *state, char *desc)
{
	strscpy(desc, scan_names[*state], KUNIT_PARAM_DESC_SIZE);
}

static const enum scan_state scan_states[] = {
	SCAN_PRESENT, SCAN_MIGRATION, SCAN_SWAP, SCAN_DEVICE, SCAN_HUGE,
	SCAN_HUGE_MIGRATION,
};

KUNIT_ARRAY_PARAM(state, scan_states, scan_state_name);

/* What an entry is when it is protected: not writable, and nothing else changes */
static enum mmk_pte_kind scan_protected(enum mmk_pte_kind kind)
{
	if (kind == MMK_PTE_MIGRATION_WRITE)
		return MMK_PTE_MIGRATION_READ_EXCLUSIVE;
	if (kind == MMK_PTE_DEVICE_PRIVATE_WRITE)
		return MMK_PTE_DEVICE_PRIVATE_READ;
	return kind;
}

/**
 * scan_protects_what_was_written() - PM_SCAN_WP_MATCHING
 *
 * In a range that is watched with UFFD_FEATURE_WP_ASYNC, the pages that have been written to
 * are found and protected in one go. They stay soft-dirty. What is not present keeps its
 * entry, which is not writable: Documentation/mm/page_table_check.rst lets none be both. A
 * second scan finds nothing; nor does one when the page is present again: the page is not
 * writable then. Only once it has been written to is it found.
 *
 * Contract: WP-1, WP-2
 */
static void scan_protects_what_was_written(struct kunit *test)
{
	const enum scan_state *state = test->param_value;
	const u64 features = UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED;
	const u64 protect = PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC;
	struct mmk_dev *dev = NULL;
	enum mmk_pte_kind kind;
	unsigned int bits;
	struct scan s;

	mmk_need_bits(test, MMK_UFFD);
	if (*state == SCAN_DEVICE)
		dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	scan_map(test, &s, *state >= SCAN_HUGE);
	s.uffd = mmk_uffd_open_with(test, features);
	mmk_uffd_watch(test, s.uffd, s.addr, s.nr * PAGE_SIZE,
		       UFFDIO_REGISTER_MODE_WP);
	scan_become(test, &s, *state, dev);
	kind = scan_kind(&s);
	bits = scan_bits(&s);
	KUNIT_EXPECT_EQ(test, scan_pages(test, &s, PAGE_IS_WRITTEN, protect),
			(long)s.nr);
	MMK_EXPECT_KIND(test, scan_kind(&s), scan_protected(kind));
	MMK_EXPECT_THESE_BITS(test, scan_bits(&s), bits | MMK_UFFD);
	KUNIT_EXPECT_EQ(test, scan_pages(test, &s, PAGE_IS_WRITTEN, 0), 0L);
	scan_end(test, &s);
	KUNIT_EXPECT_FALSE(test, scan_writable(&s));
	KUNIT_EXPECT_EQ(test, scan_pages(test, &s, PAGE_IS_WRITTEN, 0), 0L);
	MMK_EXPECT_HOLDS(test, s.addr, s.nr, SCAN_SEED);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(s.mm, s.addr, SCAN_SEED), 0);
	KUNIT_EXPECT_GT(test, scan_pages(test, &s, PAGE_IS_WRITTEN, 0), 0L);
	mmk_proc_end(test, s.proc);
}

/**
 * struct allowed_way - Pages whose writes are followed
 * @description: for the log
 * @huge: a pmd maps them
 * @bit: by which bit
 */
struct allowed_way {
	const char *description;
	bool huge;
	unsigned int bit;
};

static const struct allowed_way allowed_ways[] = {
	{ "soft-dirty", false, MMK_SOFT_DIRTY },
	{ "protected", false, MMK_UFFD },
	{ "huge, soft-dirty", true, MMK_SOFT_DIRTY },
	{ "huge, protected", true, MMK_UFFD },
};

KUNIT_ARRAY_PARAM_DESC(allowed, allowed_ways, description);

/**
 * mprotect_lets_no_write_pass_unseen() - Read-only, and back
 *
 * mprotect() may make a page writable at once that the process has for itself, so that the
 * next write needs no fault. It may not if a fault is what tells of the write: if userfaultfd
 * protects the page, or its soft-dirty bit has been cleared. A soft-dirty page need not fault.
 *
 * Contract: WP-2
 */
static void mprotect_lets_no_write_pass_unseen(struct kunit *test)
{
	const struct allowed_way *w = test->param_value;
	struct scan s;
	size_t len;

	mmk_need_bits(test, w->bit);
	scan_map(test, &s, w->huge);
	len = s.nr * PAGE_SIZE;
	if (w->bit == MMK_UFFD) {
		s.uffd = mmk_uffd_open(test);
		mmk_uffd_watch(test, s.uffd, s.addr, len,
			       UFFDIO_REGISTER_MODE_WP);
		mmk_uffd_protect(test, s.uffd, s.addr, len, true);
	} else {
		mmk_proc_write(test, s.proc, "clear_refs", "4");
		KUNIT_EXPECT_EQ(test, scan_bits(&s) & MMK_SOFT_DIRTY, 0U);
	}
	KUNIT_EXPECT_EQ(test, sys_mprotect(s.addr, len, PROT_READ), 0L);
	KUNIT_EXPECT_EQ(test, sys_mprotect(s.addr, len, PROT_READ | PROT_WRITE),
			0L);
	KUNIT_EXPECT_FALSE(test, scan_writable(&s));
	if (w->bit == MMK_SOFT_DIRTY) {
		KUNIT_EXPECT_EQ(test, scan_bits(&s) & MMK_SOFT_DIRTY, 0U);
		KUNIT_EXPECT_EQ(test, mmk_fault_in(s.mm, s.addr, true), 0);
		KUNIT_EXPECT_TRUE(test, scan_bits(&s) & MMK_SOFT_DIRTY);
	} else {
		KUNIT_EXPECT_TRUE(test, scan_bits(&s) & MMK_UFFD);
	}
	mmk_proc_end(test, s.proc);
}

/* Of a word of pagemap; see Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_SOFT_DIRTY	BIT_ULL(55)
#define PAGEMAP_UFFD		BIT_ULL(57)

static void expect_pagemap(struct kunit *test, struct scan *s, u64 bits)
{
	const unsigned int pages[] = { 0, s->nr / 2, s->nr - 1 };
	unsigned int i;
	u64 word;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		unsigned long addr = s->addr + pages[i] * PAGE_SIZE;

		KUNIT_ASSERT_EQ(test,
				mmk_proc_read(test, s->proc, "pagemap",
					      addr / PAGE_SIZE * sizeof(word),
					      &word, sizeof(word)),
				sizeof(word));
		KUNIT_EXPECT_EQ_MSG(test, word & (PAGEMAP_SOFT_DIRTY |
						  PAGEMAP_UFFD), bits,
				    "page %u", pages[i]);
	}
}

/**
 * pagemap_tells_the_bits() - Soft-dirty and protected, and not soft-dirty any more
 *
 * The word of each page in pagemap says both, whatever has become of the page. When the
 * soft-dirty bits are cleared, no page is soft-dirty: neither one that is present nor one
 * that is not. The protection stays.
 *
 * Contract: WP-1, EW-1
 */
static void pagemap_tells_the_bits(struct kunit *test)
{
	const enum scan_state *state = test->param_value;
	const unsigned int both = MMK_SOFT_DIRTY | MMK_UFFD;
	struct mmk_dev *dev = NULL;
	struct scan s;

	mmk_need_bits(test, both);
	if (*state == SCAN_DEVICE)
		dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	scan_map(test, &s, *state >= SCAN_HUGE);
	mmk_proc_write(test, s.proc, "clear_refs", "4");
	s.uffd = mmk_uffd_open(test);
	mmk_uffd_watch(test, s.uffd, s.addr, s.nr * PAGE_SIZE,
		       UFFDIO_REGISTER_MODE_WP);
	expect_pagemap(test, &s, 0);
	mmk_uffd_protect(test, s.uffd, s.addr, s.nr * PAGE_SIZE, true);
	if (s.huge)
		mmk_pmd_set_bits(test, s.mm, s.addr, both);
	else
		mmk_set_bits(test, s.mm, s.addr, both);
	scan_become(test, &s, *state, dev);
	MMK_EXPECT_THESE_BITS(test, scan_bits(&s), both);
	expect_pagemap(test, &s, PAGEMAP_SOFT_DIRTY | PAGEMAP_UFFD);

	mmk_proc_write(test, s.proc, "clear_refs", "4");
	MMK_EXPECT_THESE_BITS(test, scan_bits(&s), MMK_UFFD);
	expect_pagemap(test, &s, PAGEMAP_UFFD);
	scan_end(test, &s);
	MMK_EXPECT_THESE_BITS(test, scan_bits(&s) & MMK_UFFD, MMK_UFFD);
	mmk_proc_end(test, s.proc);
	MMK_EXPECT_HOLDS(test, s.addr, s.nr, SCAN_SEED);
}

static struct kunit_case soft_bits_scan_cases[] = {
	KUNIT_CASE_PARAM(pagemap_tells_the_bits, state_gen_params),
	KUNIT_CASE_PARAM(scan_says_what_is_soft_dirty, scan_gen_params),
	KUNIT_CASE_PARAM(scan_protects_what_was_written, state_gen_params),
	KUNIT_CASE_PARAM(mprotect_lets_no_write_pass_unseen,
			 allowed_gen_params),
	{}
};

static struct kunit_suite soft_bits_scan_suite = {
	.name = "soft_bits_scan",
	.init = mmk_case_init,
	.test_cases = soft_bits_scan_cases,
};

kunit_test_suite(soft_bits_scan_suite);
