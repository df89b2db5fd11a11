// SPDX-License-Identifier: GPL-2.0
/*
 * The bits that follow writes, of a huge page that is on a device: the pmd is not present,
 * and has them beside its entry.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>
#include <linux/userfaultfd.h>

#include "../../internal.h"
#include "../compat/param.h"
#include "../compat/uffd.h"
#include "../lib/bits.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "../lib/proc.h"
#include "../lib/uffd.h"
#include "hdev.h"

/**
 * struct bits - A huge page on a device
 * @mm: current->mm
 * @addr: where
 * @dev: the device
 * @uffd: watches it for writes
 * @bits: what its pmd has
 */
struct bits {
	struct mm_struct *mm;
	unsigned long addr;
	struct hdev *dev;
	struct mmk_uffd *uffd;
	unsigned int bits;
};

static void expect_protected(struct kunit *test, struct mm_struct *mm,
			     unsigned long addr, bool wanted)
{
	KUNIT_EXPECT_EQ(test, !!(mmk_pmd_bits(mm, addr) & MMK_UFFD), wanted);
}

static void left_alone(struct kunit *test, struct bits *b)
{
	MMK_EXPECT_PMD_BITS(test, b->mm, b->addr, b->bits);
}

static void made_readable(struct kunit *test, struct bits *b)
{
	KUNIT_EXPECT_EQ(test, sys_mprotect(b->addr, MMK_HUGE_SIZE, PROT_READ),
			0L);
	MMK_EXPECT_PMD(test, b->mm, b->addr, DEVICE_PRIVATE_READ);
	expect_protected(test, b->mm, b->addr, b->bits & MMK_UFFD);
}

static void forked(struct kunit *test, struct bits *b)
{
	struct mm_struct *child = mmk_fork(test);

	MMK_EXPECT_PMD(test, b->mm, b->addr, DEVICE_PRIVATE_READ);
	expect_protected(test, b->mm, b->addr, b->bits & MMK_UFFD);
	expect_protected(test, child, b->addr, false);
}

static void protected_there(struct kunit *test, struct bits *b)
{
	mmk_uffd_protect(test, b->uffd, b->addr, MMK_HUGE_SIZE, true);
	expect_protected(test, b->mm, b->addr, true);
	mmk_uffd_protect(test, b->uffd, b->addr, MMK_HUGE_SIZE, false);
	expect_protected(test, b->mm, b->addr, false);
}

static void taken_apart(struct kunit *test, struct bits *b)
{
	unsigned int i;

	mmk_split_pmd(b->mm, b->addr);
	for (i = 0; i < MMK_HUGE_PAGES; i++)
		if (mmk_bits(b->mm, b->addr + i * PAGE_SIZE) != b->bits)
			break;
	KUNIT_EXPECT_EQ_MSG(test, i, MMK_HUGE_PAGES,
			    "first page with other bits");
}

static void moved(struct kunit *test, struct bits *b)
{
	unsigned long to = mmk_map_anon(test, 2 * MMK_HUGE_PAGES);

	to = ALIGN(to, MMK_HUGE_SIZE);
	KUNIT_ASSERT_EQ(test, (unsigned long)
			sys_mremap(b->addr, MMK_HUGE_SIZE, MMK_HUGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	/* Nobody watches it there. */
	if (mmk_pmd_kind(b->mm, to) == MMK_PTE_TABLE)
		KUNIT_EXPECT_FALSE(test, mmk_bits(b->mm, to) & MMK_UFFD);
	else
		expect_protected(test, b->mm, to, false);
	b->addr = to;
}

static void brought_back(struct kunit *test, struct bits *b)
{
	KUNIT_EXPECT_EQ(test, mmk_fault_in(b->mm, b->addr, false), 0);
	MMK_EXPECT_PMD(test, b->mm, b->addr, PRESENT);
	MMK_EXPECT_PMD_BITS(test, b->mm, b->addr, b->bits);
	if (b->bits & MMK_UFFD)
		KUNIT_EXPECT_FALSE(test, pmd_write(mmk_pmd(b->mm, b->addr)));
}

/* What happens to it */
static const struct bits_event {
	const char *name;
	void (*happens)(struct kunit *test, struct bits *b);
} bits_events[] = {
	{ "moved there", left_alone },
	{ "mprotect", made_readable },
	{ "fork", forked },
	{ "protected", protected_there },
	{ "split", taken_apart },
	{ "mremap", moved },
	{ "brought back", brought_back },
};

/**
 * struct bits_way - A huge page, and what happens to it
 * @event: that
 * @bits: which its pmd has
 */
struct bits_way {
	const struct bits_event *event;
	unsigned int bits;
};

static struct bits_way bits_way;

MMK_GEN_PARAMS(bits)
{
	if (!prev)
		bits_way = (struct bits_way){ .event = bits_events };
	else if (++bits_way.bits == MMK_NR_BITS)
		bits_way = (struct bits_way){ .event = bits_way.event + 1 };
	if (bits_way.event == bits_events + ARRAY_SIZE(bits_events))
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s", bits_way.event->name,
		 mmk_bits_name(bits_way.bits));
	return &bits_way;
}

/**
 * huge_device_page_keeps_its_bits() - Soft-dirty, and that of userfaultfd
 *
 * A huge page moves to a device in one piece, and its pmd keeps its bits: there, in each part
 * when it is split, and when it comes back. That of userfaultfd is kept when permissions
 * change, set and cleared by UFFDIO_WRITEPROTECT, and not had by a child; mremap() leaves
 * nothing protected that nobody watches. The soft-dirty bit need not survive what is done to
 * the entry of a device, as the comment of copy_nonpresent_pte() has it. The bytes are
 * what they were.
 *
 * Contract: WP-1, LF-8, LF-9
 */
static void huge_device_page_keeps_its_bits(struct kunit *test)
{
	const struct bits_way *w = test->param_value;
	struct bits b = { .bits = w->bits };

	mmk_need_bits(test, MMK_SOFT_DIRTY | MMK_UFFD);
	b.dev = hdev_create(test);
	b.mm = mmk_mm_enter(test);
	b.addr = mmk_map_huge(test, b.mm, 1);
	mmk_fill(test, b.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	b.uffd = mmk_uffd_open(test);
	mmk_uffd_watch(test, b.uffd, b.addr, MMK_HUGE_SIZE,
		       UFFDIO_REGISTER_MODE_WP);
	if (w->bits & MMK_UFFD)
		mmk_uffd_protect(test, b.uffd, b.addr, MMK_HUGE_SIZE, true);
	mmk_pmd_set_flags(test, b.mm, b.addr, true, false);
	mmk_pmd_set_bits(test, b.mm, b.addr, w->bits);
	hdev_move_in(test, b.mm, b.addr, b.dev);
	w->event->happens(test, &b);
	if (w->event->happens != moved)
		mmk_uffd_protect(test, b.uffd, b.addr, MMK_HUGE_SIZE, false);
	MMK_EXPECT_HOLDS(test, b.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
}

/**
 * scan_protects_a_huge_device_page() - PM_SCAN_WP_MATCHING
 *
 * A huge page on a device has been written to: a scan says so, and protects it. Its entry is
 * not writable then, and a second scan finds nothing; nor does one when the page is back.
 * Once it is written to again, it is found.
 *
 * Contract: WP-1, WP-2
 */
static void scan_protects_a_huge_device_page(struct kunit *test)
{
	const u64 protect = PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC;
	struct mmk_proc *proc;
	struct bits b = { };

	mmk_need_bits(test, MMK_UFFD);
	b.dev = hdev_create(test);
	b.mm = mmk_mm_enter(test);
	b.addr = mmk_map_huge(test, b.mm, 1);
	mmk_fill(test, b.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	proc = mmk_proc_alloc(test);
	b.uffd = mmk_uffd_open_with(test, UFFD_FEATURE_WP_ASYNC |
					  UFFD_FEATURE_WP_UNPOPULATED);
	mmk_uffd_watch(test, b.uffd, b.addr, MMK_HUGE_SIZE,
		       UFFDIO_REGISTER_MODE_WP);
	hdev_move_in(test, b.mm, b.addr, b.dev);
	MMK_EXPECT_PMD(test, b.mm, b.addr, DEVICE_PRIVATE_WRITE);
	KUNIT_EXPECT_EQ(test, mmk_proc_scan_pages(test, proc, b.addr,
						  MMK_HUGE_PAGES,
						  PAGE_IS_WRITTEN, protect),
			(long)MMK_HUGE_PAGES);
	MMK_EXPECT_PMD(test, b.mm, b.addr, DEVICE_PRIVATE_READ);
	expect_protected(test, b.mm, b.addr, true);
	KUNIT_EXPECT_EQ(test, mmk_proc_scan_pages(test, proc, b.addr,
						  MMK_HUGE_PAGES,
						  PAGE_IS_WRITTEN, 0), 0L);
	b.bits = mmk_pmd_bits(b.mm, b.addr);
	brought_back(test, &b);
	KUNIT_EXPECT_EQ(test, mmk_proc_scan_pages(test, proc, b.addr,
						  MMK_HUGE_PAGES,
						  PAGE_IS_WRITTEN, 0), 0L);
	MMK_EXPECT_HOLDS(test, b.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	KUNIT_EXPECT_EQ(test, mmk_mm_poke(b.mm, b.addr, MMK_LARGE_SEED), 0);
	KUNIT_EXPECT_GT(test, mmk_proc_scan_pages(test, proc, b.addr,
						  MMK_HUGE_PAGES,
						  PAGE_IS_WRITTEN, 0), 0L);
	mmk_proc_end(test, proc);
}

static struct kunit_case large_folio_bits_cases[] = {
	KUNIT_CASE_PARAM(huge_device_page_keeps_its_bits, bits_gen_params),
	KUNIT_CASE(scan_protects_a_huge_device_page),
	{}
};

static struct kunit_suite large_folio_bits_suite = {
	.name = "large_folio_bits",
	.init = mmk_case_init,
	.test_cases = large_folio_bits_cases,
};

kunit_test_suite(large_folio_bits_suite);
